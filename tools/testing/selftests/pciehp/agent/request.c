// SPDX-License-Identifier: GPL-2.0-only
/* The requests of the protocol, see lib/util/agent_protocol.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pciehp_agent.h"

/* Wait for the uevents of one device, in the order of @actions. */
static int wait_for_actions(const char *actions, const char *bdf,
			    uint64_t seqnum, int64_t deadline_ns,
			    struct answer *answer)
{
	char words[64], *next = words, *action;
	int64_t time_ns;
	int ret = 0;

	snprintf(words, sizeof(words), "%s", actions);
	while (!ret && (action = strsep(&next, ","))) {
		ret = uevent_wait(action, bdf, deadline_ns, &seqnum, &time_ns);
		if (ret)
			break;
		answer_add(answer, "%s %s %lld\n", action, bdf,
			   (long long)time_ns);
		if (!answer->time_ns)
			answer->time_ns = time_ns;
	}

	return ret;
}

static int do_wait(char *args, struct answer *answer)
{
	static char bdfs[AGENT_REQUEST_SIZE];
	char actions[64], *next = bdfs, *bdf;
	int timeout_ms, ret = 0, last;
	unsigned long long seqnum;
	int64_t deadline_ns;

	if (sscanf(args, "%63s %4095s %llu %d", actions, bdfs, &seqnum,
		   &timeout_ms) != 4)
		return -EINVAL;

	deadline_ns = now_ns() + timeout_ms * NSEC_PER_MSEC;
	while ((bdf = strsep(&next, ","))) {
		last = wait_for_actions(actions, bdf, seqnum, deadline_ns,
					answer);
		if (last)
			ret = last;
	}

	return ret;
}

static int do_sleep(char *args, struct answer *answer)
{
	return uevent_sleep(now_ns() + atoi(args) * NSEC_PER_MSEC);
}

static int do_appears(char *args, struct answer *answer)
{
	int64_t deadline_ns;
	char path[256];
	int timeout_ms, ret;

	if (sscanf(args, "%255s %d", path, &timeout_ms) != 2)
		return -EINVAL;

	deadline_ns = now_ns() + timeout_ms * NSEC_PER_MSEC;
	while (access(path, F_OK)) {
		if (now_ns() > deadline_ns)
			return -ETIMEDOUT;
		ret = uevent_sleep(now_ns() + 10 * NSEC_PER_MSEC);
		if (ret)
			return ret;
	}

	return 0;
}

static int do_quiet(char *args, struct answer *answer)
{
	int quiet_ms, timeout_ms;

	if (sscanf(args, "%d %d", &quiet_ms, &timeout_ms) != 2)
		return -EINVAL;

	return uevent_wait_quiet(quiet_ms, timeout_ms);
}

static int do_devices(char *args, struct answer *answer)
{
	return pci_list(answer);
}

static int do_slot_registers(char *args, struct answer *answer)
{
	int ret = 0;
	char *bdf;

	while (!ret && (bdf = strsep(&args, ",")))
		ret = pci_read_slot_registers(bdf, answer);

	return ret;
}

static int do_slot_control(char *args, struct answer *answer)
{
	unsigned int value;
	char bdf[16];

	if (sscanf(args, "%15s %i", bdf, &value) != 2)
		return -EINVAL;

	return pci_write_slot_control(bdf, value);
}

static int do_slot(char *args, struct answer *answer)
{
	return pci_slot_name(args, answer);
}

static int do_exists(char *args, struct answer *answer)
{
	answer_add(answer, "%s", access(args, F_OK) ? "no" : "yes");

	return 0;
}

static int do_read(char *args, struct answer *answer)
{
	char block[4096];
	ssize_t len = 0;
	int fd, ret = 0;

	fd = open(args, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	while (!ret && (len = read(fd, block, sizeof(block))) > 0) {
		if ((size_t)len > answer->size - answer->len) {
			ret = -EMSGSIZE;
		} else {
			memcpy(answer->text + answer->len, block, len);
			answer->len += len;
		}
	}
	if (len < 0)
		ret = -errno;
	close(fd);

	return ret;
}

static int do_write(char *args, struct answer *answer)
{
	char *text = strchr(args, ' ');

	if (!text)
		return -EINVAL;
	*text++ = '\0';

	return write_text(args, text);
}

static int do_write_until_error(char *args, struct answer *answer)
{
	return disk_write_until_error(args, answer);
}

static int do_write_and_compare(char *args, struct answer *answer)
{
	unsigned int blocks;
	char path[64];

	if (sscanf(args, "%63s %u", path, &blocks) != 2)
		return -EINVAL;

	return disk_write_and_compare(path, blocks);
}

static int do_network_up(char *args, struct answer *answer)
{
	char name[16];
	int timeout_ms;

	if (sscanf(args, "%15s %d", name, &timeout_ms) != 2)
		return -EINVAL;

	return network_up(name, timeout_ms);
}

static int do_ask_gateway(char *args, struct answer *answer)
{
	unsigned int times;
	char name[16];

	if (sscanf(args, "%15s %u", name, &times) != 2)
		return -EINVAL;

	return network_ask_gateway(name, times);
}

static int do_repeat(char *args, struct answer *answer)
{
	char words[AGENT_REQUEST_SIZE], *request = strchr(args, ' ');
	int n = atoi(args);

	if (!request || n < 1)
		return -EINVAL;
	while (n-- && !answer->error) {
		snprintf(words, sizeof(words), "%s", request + 1);
		request_run(words, answer);
	}

	return -answer->error;
}

static int do_start(char *args, struct answer *answer)
{
	return process_start(args);
}

static int do_join(char *args, struct answer *answer)
{
	return process_join(atoi(args), answer);
}

/* A request that fails has an answer too, and the requests after it are still run. */
static int do_all(char *args, struct answer *answer)
{
	static char text[AGENT_TEXT_SIZE];
	char *request;

	while ((request = strsep(&args, ";"))) {
		struct answer one = { .text = text, .size = sizeof(text) };

		request_run(request + strspn(request, " "), &one);
		answer_add(answer, "%d %lld %zu\n", one.error,
			   (long long)one.time_ns, one.len);
		answer_add(answer, "%.*s", (int)one.len, text);
	}

	return -answer->error;
}

static int do_irq_worker(char *args, struct answer *answer)
{
	char bdf[16];
	int cpu, pos;

	if (sscanf(args, "%15s %d %n", bdf, &cpu, &pos) != 2)
		return -EINVAL;

	return irq_worker_start(bdf, cpu, args + pos);
}

static int do_irq_worker_ended(char *args, struct answer *answer)
{
	return irq_worker_ended(answer);
}

static int do_symbol(char *args, struct answer *answer)
{
	return system_find_symbol(args, answer);
}

static int do_interrupts(char *args, struct answer *answer)
{
	return system_count_interrupts(args, answer);
}

static int do_reboot(char *args, struct answer *answer)
{
	return system_reboot();
}

static int do_kexec(char *args, struct answer *answer)
{
	return system_kexec(args);
}

static int do_log(char *args, struct answer *answer)
{
	return kernel_log_fetch(answer);
}

static int do_trace(char *args, struct answer *answer)
{
	return trace_fetch(answer);
}

static int do_spawn(char *args, struct answer *answer)
{
	return host_spawn(args);
}

static int do_await(char *args, struct answer *answer)
{
	return host_await(args, answer);
}

static int do_nvme_admin(char *args, struct answer *answer)
{
	return host_nvme_admin(args, answer);
}

static const struct {
	const char *name;
	int (*run)(char *args, struct answer *answer);
} requests[] = {
	{ "wait",		do_wait },
	{ "appears",		do_appears },
	{ "sleep",		do_sleep },
	{ "quiet",		do_quiet },
	{ "devices",		do_devices },
	{ "slot-registers",	do_slot_registers },
	{ "slot-control",	do_slot_control },
	{ "slot",		do_slot },
	{ "exists",		do_exists },
	{ "read",		do_read },
	{ "write",		do_write },
	{ "write-until-error",	do_write_until_error },
	{ "write-and-compare",	do_write_and_compare },
	{ "network-up",		do_network_up },
	{ "ask-gateway",	do_ask_gateway },
	{ "repeat",		do_repeat },
	{ "start",		do_start },
	{ "join",		do_join },
	{ "all",		do_all },
	{ "irq-worker",		do_irq_worker },
	{ "irq-worker-ended",	do_irq_worker_ended },
	{ "symbol",		do_symbol },
	{ "interrupts",		do_interrupts },
	{ "reboot",		do_reboot },
	{ "kexec",		do_kexec },
	{ "spawn",		do_spawn },
	{ "await",		do_await },
	{ "nvme-admin",		do_nvme_admin },
	{ "log",		do_log },
	{ "trace",		do_trace },
};

/**
 * request_run() - run one request
 * @request: the request, which is modified
 * @answer: receives the answer
 */
void request_run(char *request, struct answer *answer)
{
	char *args = strchrnul(request, ' ');
	int ret = -EOPNOTSUPP;

	if (*args)
		*args++ = '\0';

	answer->time_ns = 0;
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		if (!strcmp(request, requests[i].name)) {
			ret = requests[i].run(args, answer);
			break;
		}
	}

	if (ret)
		answer->error = -ret;
	if (!answer->time_ns)
		answer->time_ns = now_ns();
}
