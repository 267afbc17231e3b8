// SPDX-License-Identifier: GPL-2.0-only
/* Trace events of the driver, which the command line turns on before it runs. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "pciehp_agent.h"
#include "util/agent_protocol.h"

#define TRACING	"/sys/kernel/tracing"

/**
 * trace_fetch() - the events not yet fetched, as much of them as fits
 * @answer: receives them as text, one a line, whose last may be cut
 *
 * Return: 0 or a negative errno; -ENOENT when the kernel has no such events.
 */
int trace_fetch(struct answer *answer)
{
	static int pipe = -1;
	ssize_t len;

	if (access(TRACING "/events/pciehp", F_OK))
		return -ENOENT;
	if (pipe < 0)
		pipe = open(TRACING "/trace_pipe",
			    O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (pipe < 0)
		return -errno;

	while (answer->len < AGENT_LOG_SIZE) {
		len = read(pipe, answer->text + answer->len,
			   AGENT_LOG_SIZE - answer->len);
		if (len < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (!len)
			break;
		answer->len += len;
	}

	return 0;
}
