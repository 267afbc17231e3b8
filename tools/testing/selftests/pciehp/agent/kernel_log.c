// SPDX-License-Identifier: GPL-2.0-only
/* Returns the whole kernel log to the host, which checks it. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "pciehp_agent.h"
#include "util/agent_protocol.h"

/* An answer has less than AGENT_LOG_SIZE bytes before its last record. */
#define RECORD_SIZE	2048
static_assert(AGENT_LOG_SIZE + RECORD_SIZE < AGENT_TEXT_SIZE,
	      "an answer to \"log\" must fit");

static int kmsg = -1;

/**
 * kernel_log_init() - open the kernel log at its first record
 *
 * Return: 0 or a negative errno.
 */
int kernel_log_init(void)
{
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	return kmsg < 0 ? -errno : 0;
}

/**
 * kernel_log_fetch() - read the records that were not fetched yet, as many as fit
 * @answer: receives them, one per line, in the format of /dev/kmsg
 *
 * Return: 0; -EPIPE if records were overwritten in the ring buffer; or another negative
 * errno.
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
