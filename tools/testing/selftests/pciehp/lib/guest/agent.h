/* SPDX-License-Identifier: GPL-2.0-only */
/* The host side of the link to the agent in the guest. */
#ifndef LIBPCIEHP_GUEST_AGENT_H
#define LIBPCIEHP_GUEST_AGENT_H

#include <stdint.h>

#include "qemu/gdbstub.h"
#include "util/agent_protocol.h"
#include "util/compiler.h"

/**
 * struct moment - a moment at which the machine has stopped
 * @ns: guest time in ns
 * @seqnum: number of the kernel's last uevent; only a uevent with a greater number can
 *	result from what the host does to the stopped machine
 */
struct moment {
	int64_t ns;
	uint64_t seqnum;
};

/**
 * struct agent - the link to one agent
 * @gdb: the debugger of its machine
 * @answer: the last answer; @text points into it
 * @text: text of the last answer
 * @text_len: bytes of @text, which may be of a file that is no text
 * @time_ns: guest time of the last answer in ns
 * @now: the moment at which the machine has stopped
 * @nesting_level: nesting level of the agent, see AGENT_NESTING_LEVEL
 * @error: why the link failed, as text
 * @failure: why the link failed, as a negative errno
 * @serve: called when the machine stops while the host waits for an answer, or NULL.
 *	Returns 0 if the machine has stopped with the answer; -EAGAIN if it has stopped for
 *	another reason and was resumed; or a negative errno
 * @serve_context: argument of @serve
 */
struct agent {
	struct gdbstub *gdb;
	char answer[AGENT_ANSWER_SIZE + 1];
	const char *text;
	size_t text_len;
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
