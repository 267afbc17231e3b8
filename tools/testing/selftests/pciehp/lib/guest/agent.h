/* SPDX-License-Identifier: GPL-2.0-only */
/* The host's end of the link to the agent in the guest. */
#ifndef LIBPCIEHP_GUEST_AGENT_H
#define LIBPCIEHP_GUEST_AGENT_H

#include <stdint.h>

#include "qemu/gdbstub.h"
#include "util/agent_protocol.h"
#include "util/compiler.h"

/**
 * struct moment - when the machine rests, before the host does something to it
 * @ns: guest time
 * @seqnum: the number of the kernel's last uevent; an event counts as an answer to what
 *	the host does only if its number is greater
 */
struct moment {
	int64_t ns;
	uint64_t seqnum;
};

/**
 * struct agent - the link to one agent
 * @gdb: the debugger of its machine
 * @answer: the last answer; @text points into it
 * @text: the last answer's text
 * @time_ns: the last answer's guest time
 * @now: the moment at which the machine rests
 * @nesting_level: which of the machine's agents it is, see AGENT_NESTING_LEVEL
 * @error: why the link failed, for people
 * @failure: the same as a negative errno
 * @serve: called when the machine stops while an answer is awaited, or NULL; returns 0
 *	if it stopped with that, -EAGAIN if not, and it runs again, or a negative errno
 * @serve_context: what @serve is called with
 */
struct agent {
	struct gdbstub *gdb;
	char answer[AGENT_ANSWER_SIZE + 1];
	const char *text;
	int64_t time_ns;
	struct moment now;
	unsigned int nesting_level;
	char error[256];
	int failure;
	int (*serve)(void *context);
	void *serve_context;
};

int agent_prepare(struct agent *agent, struct gdbstub *gdb);
int agent_init(struct agent *agent, struct gdbstub *gdb, int timeout_ms);
int agent_attach(struct agent *agent, struct gdbstub *gdb);
void agent_join(struct agent *agent, struct gdbstub *gdb, unsigned int nesting_level);
__printf(2, 3)
int agent_begin(struct agent *agent, const char *fmt, ...);
int agent_finish(struct agent *agent);
int agent_take_answer(struct agent *agent);
int agent_wait_any(struct agent *agent, int timeout_ms, unsigned int *nesting_level);
__printf(2, 3)
int agent_request(struct agent *agent, const char *fmt, ...);

#endif /* LIBPCIEHP_GUEST_AGENT_H */
