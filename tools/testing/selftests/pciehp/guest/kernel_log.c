// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's log, handed to the host in full; the host judges it. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "pciehp_agent.h"
#include "util/agent_protocol.h"

/* What the last record may be longer must fit the answer too. */
#define RECORD_SIZE	2048
static_assert(AGENT_LOG_SIZE + RECORD_SIZE < AGENT_TEXT_SIZE,
	      "an answer to \"log\" must fit");

static int kmsg = -1;

/**
 * kernel_log_init() - open the log at its first record
 *
 * Return: 0 or a negative errno.
 */
int kernel_log_init(void)
{
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	return kmsg < 0 ? -errno : 0;
}

/**
 * kernel_log_fetch() - the records not yet fetched, as many as fit
 * @answer: receives them, one a line, in the form of /dev/kmsg
 *
 * Return: 0 or a negative errno; -EPIPE when the ring buffer overran.
 */
int kernel_log_fetch(struct answer *answer)
{
	char record[RECORD_SIZE];
	ssize_t len;

	while (answer->len < AGENT_LOG_SIZE) {
		len = read(kmsg, record, sizeof(record) - 1);
		if (len < 0)
			return errno == EAGAIN ? 0 : -errno;
		record[len] = '\0';
		answer_add(answer, "%s", record);
	}

	return 0;
}
