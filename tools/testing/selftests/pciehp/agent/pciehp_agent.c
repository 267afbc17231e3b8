// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID 1 of the guest. It answers the requests that the host writes to the mailbox while
 * the machine is stopped. See lib/util/agent_protocol.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pciehp_agent.h"
#include "util/agent_protocol.h"

/*
 * The linker places these at the addresses that the protocol defines. The mailbox is
 * initialised data and not bss, because old kernels map bss only in the last segment.
 */
static struct agent_mailbox mailbox __section(".mailbox") = {
	.magic = AGENT_MAGIC,
	.version = AGENT_VERSION,
};

static volatile uint32_t doorbell __section(".doorbell") = 1;

/*
 * The host has set a watchpoint on the doorbell. The machine stops at the instruction that
 * writes to it, or at the next one, and the host reads and writes the mailbox. The machine
 * resumes at AGENT_RESUME_POINT. The .org directive pads the function to that address; if
 * the code before it is too long, assembling fails.
 */
static noinline void __section(".stop_point") stop_point(void)
{
	doorbell = 1;
	asm volatile(".org %c0"
		     : : "i" (AGENT_RESUME_POINT - AGENT_STOP_POINT) : "memory");
}

static void publish(const struct answer *answer)
{
	const char *verdict = answer->error ? "error" : "ok";
	char *to = mailbox.answer;
	int len;

	if (answer->error)
		len = snprintf(to, AGENT_ANSWER_SIZE, "%lld %s %d ",
			       (long long)answer->time_ns, verdict,
			       answer->error);
	else
		len = snprintf(to, AGENT_ANSWER_SIZE, "%lld %s ",
			       (long long)answer->time_ns, verdict);

	memcpy(to + len, answer->text, answer->len);
	mailbox.answer_len = len + answer->len;
	mailbox.now_ns = now_ns();
	mailbox.seqnum = uevent_seqnum();
}

/*
 * When one CPU stops at the watchpoint, the other CPUs run until QEMU has stopped them
 * too, which depends on the host. Guest time is exact only if they are idle then. Give
 * them time to finish their work.
 */
static void let_other_cpus_idle(void)
{
	const struct timespec delay = { .tv_nsec = 1300000 };

	if (sysconf(_SC_NPROCESSORS_ONLN) > 1)
		nanosleep(&delay, NULL);
}

int main(void)
{
	static char text[AGENT_ANSWER_SIZE - 64];
	char request[AGENT_REQUEST_SIZE];
	struct answer answer = { .text = text, .size = sizeof(text) };
	int modules;

	if (getpid() != 1) {
		fprintf(stderr, "pciehp_agent: runs as PID 1 of a test guest only\n");
		return 1;
	}

	boot_stay_on_cpu0();
	boot_mount_filesystems();
	mailbox.nesting_level = atoi(getenv(AGENT_NESTING_LEVEL) ?: "0");
	answer.error = -kernel_log_init();
	if (!answer.error)
		answer.error = -uevent_init();

	modules = boot_load_modules();
	agent_log("ready, %d modules loaded, %lld ns since boot, %lld ns by the machine's clock",
		  modules, (long long)now_ns(), (long long)machine_ns());
	answer.time_ns = now_ns();

	for (;;) {
		let_other_cpus_idle();
		publish(&answer);
		stop_point();

		memcpy(request, mailbox.request, sizeof(request));
		request[sizeof(request) - 1] = '\0';

		answer.error = 0;
		answer.len = 0;
		request_run(request, &answer);
	}
}
