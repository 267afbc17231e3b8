/* SPDX-License-Identifier: GPL-2.0-only */
/* Scripts for a fake gdbstub whose machine contains an agent. */
#ifndef LIBPCIEHP_TESTS_FAKE_AGENT_H
#define LIBPCIEHP_TESTS_FAKE_AGENT_H

#include "guest/agent.h"
#include "tests/fake_peer.h"

/* The stub's packet for a stop at the doorbell. */
#define FAKE_AGENT_STOPPED	"T05thread:01;"

/* The moment at which the machine has stopped, unless a script sets another one. */
#define FAKE_AGENT_NOW		((struct moment){ .ns = 77, .seqnum = 7 })

void fake_agent_watch(struct fake_peer *peer);
void fake_agent_start(struct fake_peer *peer);
void fake_agent_boot(struct fake_peer *peer);
void fake_agent_expect(struct fake_peer *peer, const char *request);
void fake_agent_show(struct fake_peer *peer, const struct agent_mailbox *head);
void fake_agent_answer(struct fake_peer *peer, const char *answer);
void fake_agent_answer_at(struct fake_peer *peer, struct moment now,
			  const char *answer);
void fake_agent_answer_of(struct fake_peer *peer, unsigned int nesting_level,
			  const char *answer);

#endif /* LIBPCIEHP_TESTS_FAKE_AGENT_H */
