// SPDX-License-Identifier: GPL-2.0-only
/* The requests that the host can make. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

/**
 * answer_add() - append to an answer's text
 * @answer: the answer
 * @fmt: as of printf()
 *
 * What does not fit makes the answer an error, it is never cut in silence.
 */
void answer_add(struct answer *answer, const char *fmt, ...)
{
	size_t room = answer->size - answer->len;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(answer->text + answer->len, room, fmt, ap);
	va_end(ap);

	if ((size_t)len >= room)
		answer->error = EMSGSIZE;
	else
		answer->len += len;
}

static int do_wait(char *args, struct answer *answer)
{
	char actions[64], bdf[16], *next = actions, *action;
	int timeout_ms, ret = 0;
	int64_t time_ns;

	if (sscanf(args, "%63s %15s %d", actions, bdf, &timeout_ms) != 3)
		return -EINVAL;

	while (!ret && (action = strsep(&next, ","))) {
		ret = uevent_wait(action, bdf, timeout_ms, &time_ns);
		if (ret)
			break;
		answer_add(answer, "%s ", action);
		if (!answer->time_ns)
			answer->time_ns = time_ns;
	}

	return ret;
}

static int do_sleep(char *args, struct answer *answer)
{
	int ms = atoi(args);
	struct timespec ts = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000L,
	};

	nanosleep(&ts, NULL);

	return 0;
}

static int do_quiet(char *args, struct answer *answer)
{
	int quiet_ms, timeout_ms;

	if (sscanf(args, "%d %d", &quiet_ms, &timeout_ms) != 2)
		return -EINVAL;

	return uevent_quiet(quiet_ms, timeout_ms);
}

static int do_devices(char *args, struct answer *answer)
{
	return pci_list(answer);
}

static int do_pcie_cap(char *args, struct answer *answer)
{
	return pci_read_express_cap(args, answer);
}

static int do_pcie_cap_write16(char *args, struct answer *answer)
{
	unsigned int offset, value;
	char bdf[16];

	if (sscanf(args, "%15s %i %i", bdf, &offset, &value) != 3)
		return -EINVAL;

	return pci_write_express_cap16(bdf, offset, value);
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
	ssize_t len;
	int fd;

	fd = open(args, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	do {
		len = read(fd, answer->text + answer->len,
			   answer->size - answer->len);
		if (len > 0)
			answer->len += len;
	} while (len > 0);
	if (len < 0)
		len = -errno;
	close(fd);

	return len;
}

static int do_write(char *args, struct answer *answer)
{
	char *text = strchr(args, ' ');
	int fd, ret = 0;

	if (!text)
		return -EINVAL;
	*text++ = '\0';

	fd = open(args, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);

	return ret;
}

static int do_log(char *args, struct answer *answer)
{
	return kernel_log_fetch(answer);
}

static const struct {
	const char *name;
	int (*run)(char *args, struct answer *answer);
} requests[] = {
	{ "wait",		do_wait },
	{ "sleep",		do_sleep },
	{ "quiet",		do_quiet },
	{ "devices",		do_devices },
	{ "pcie-cap",		do_pcie_cap },
	{ "pcie-cap-write16",	do_pcie_cap_write16 },
	{ "slot",		do_slot },
	{ "exists",		do_exists },
	{ "read",		do_read },
	{ "write",		do_write },
	{ "log",		do_log },
};

/**
 * request_run() - run one request
 * @request: the host's line; is cut into words
 * @answer: receives the outcome
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
