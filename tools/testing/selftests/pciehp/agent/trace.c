// SPDX-License-Identifier: GPL-2.0-only
/* Reads the driver's trace events, which the kernel's command line enables at boot. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "pciehp_agent.h"
#include "util/agent_protocol.h"

#define TRACING	"/sys/kernel/tracing"

/**
 * trace_fetch() - read the trace events that were not fetched yet, as many as fit
 * @answer: receives them as text, one per line; the rest of an incomplete last line is in
 *	the next answer
 *
 * Return: 0; -ENOENT if the kernel has no such events; or another negative errno.
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
