// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID 1 of the guest: answers the requests that the host leaves in the mailbox
 * while the machine is stopped. See lib/util/agent_protocol.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pciehp_agent.h"
#include "util/agent_protocol.h"

/*
 * The linker puts these at the addresses that the protocol fixes. The mailbox
 * is initialised data and not bss: old kernels map bss of the last segment
 * only.
 */
static struct agent_mailbox mailbox __section(".mailbox") = {
	.magic = AGENT_MAGIC,
	.version = AGENT_VERSION,
};

static volatile uint32_t doorbell __section(".doorbell") = 1;

/*
 * The host watches the doorbell. While the machine rests at the instruction that
 * rings it, or behind it, the host reads and writes the mailbox. It resumes at the
 * address to which the assembler goes on, or complains that it is past it.
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
 * When a CPU stops at the breakpoint, QEMU lets the others run on for as long as it
 * takes the host to stop them too. In guest time that is exact only if they sleep:
 * let them end what they are at.
 */
static void let_other_cpus_idle(void)
{
	const struct timespec rest = { .tv_nsec = 1300000 };

	if (sysconf(_SC_NPROCESSORS_ONLN) > 1)
		nanosleep(&rest, NULL);
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
	agent_log("ready, %d modules loaded", modules);
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
