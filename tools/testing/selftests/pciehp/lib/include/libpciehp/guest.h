/* SPDX-License-Identifier: GPL-2.0-only */
/* A booted guest under test: machine, agent and findings in one. */
#ifndef LIBPCIEHP_GUEST_H
#define LIBPCIEHP_GUEST_H

#include <stdbool.h>

#include <libpciehp/agent.h>
#include <libpciehp/result.h>
#include <libpciehp/vm.h>

/**
 * struct guest - one guest under test
 * @vm: its machine
 * @agent: the link into it
 * @result: what was found
 * @port: QEMU's id of the port under test
 * @log: the kernel's messages fetched so far, one a line
 * @log_len: bytes of @log
 * @alive: booted, and the link has not failed since
 */
struct guest {
	struct vm vm;
	struct agent agent;
	struct result result;
	const char *port;
	char *log;
	size_t log_len;
	bool alive;
};

int guest_boot(struct guest *guest, const char *name,
	       const char *const *devices, bool shared);
void guest_end(struct guest *guest);
__printf(2, 3)
int guest_request(struct guest *guest, const char *fmt, ...);
int guest_fetch_log(struct guest *guest);

#endif /* LIBPCIEHP_GUEST_H */
