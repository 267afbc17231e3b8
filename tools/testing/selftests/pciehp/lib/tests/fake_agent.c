// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/fake_agent.h"
#include "tests/fake_stub.h"

/**
 * fake_agent_watch() - the doorbell must now be watched
 * @peer: the stub
 */
void fake_agent_watch(struct fake_peer *peer)
{
	char packet[64];

	snprintf(packet, sizeof(packet), "Z2,%x,4", AGENT_DOORBELL);
	fake_stub_expect(peer, packet);
	fake_stub_send(peer, "OK");
}

/**
 * fake_agent_start() - likewise, and then the machine runs until it stops
 * @peer: the stub
 */
void fake_agent_start(struct fake_peer *peer)
{
	fake_agent_watch(peer);
	fake_stub_expect(peer, "c");
	fake_stub_send(peer, FAKE_AGENT_STOPPED);
}

/**
 * fake_agent_boot() - likewise, and the agent is ready
 * @peer: the stub
 */
void fake_agent_boot(struct fake_peer *peer)
{
	fake_agent_start(peer);
	fake_agent_answer(peer, "5 ok ");
}

/**
 * fake_agent_expect() - the agent must now be made a request; then the machine stops
 * @peer: the stub
 * @request: the request
 *
 * The watchpoint stays, and the machine resumes behind what it watches.
 */
void fake_agent_expect(struct fake_peer *peer, const char *request)
{
	char packet[32];

	fake_stub_expect_write(peer, AGENT_MAILBOX +
			       offsetof(struct agent_mailbox, request),
			       request, strlen(request) + 1);
	snprintf(packet, sizeof(packet), "c%x", AGENT_RESUME_POINT);
	fake_stub_expect(peer, packet);
	fake_stub_send(peer, FAKE_AGENT_STOPPED);
}

/**
 * fake_agent_show() - the mailbox must now be read, but for request and answer
 * @peer: the stub
 * @head: what is there
 */
void fake_agent_show(struct fake_peer *peer, const struct agent_mailbox *head)
{
	fake_stub_expect_read(peer, AGENT_MAILBOX, head,
			      offsetof(struct agent_mailbox, request));
}

static void answer_with(struct fake_peer *peer, unsigned int nesting_level,
			struct moment now, const char *answer)
{
	const struct agent_mailbox head = {
		.magic = AGENT_MAGIC,
		.version = AGENT_VERSION,
		.answer_len = strlen(answer),
		.nesting_level = nesting_level,
		.now_ns = now.ns,
		.seqnum = now.seqnum,
	};

	fake_agent_show(peer, &head);
	fake_stub_expect_read(peer, AGENT_MAILBOX +
			      offsetof(struct agent_mailbox, answer),
			      answer, strlen(answer));
}

/**
 * fake_agent_answer() - an answer must now be read
 * @peer: the stub
 * @answer: the answer, as struct agent_mailbox has it
 */
void fake_agent_answer(struct fake_peer *peer, const char *answer)
{
	answer_with(peer, 0, FAKE_AGENT_NOW, answer);
}

/**
 * fake_agent_answer_at() - likewise
 * @peer: the stub
 * @now: the moment at which the machine rests
 * @answer: the answer
 */
void fake_agent_answer_at(struct fake_peer *peer, struct moment now,
			  const char *answer)
{
	answer_with(peer, 0, now, answer);
}

/**
 * fake_agent_answer_of() - likewise
 * @peer: the stub
 * @nesting_level: which of the machine's agents it is
 * @answer: the answer
 */
void fake_agent_answer_of(struct fake_peer *peer, unsigned int nesting_level,
			  const char *answer)
{
	answer_with(peer, nesting_level, FAKE_AGENT_NOW, answer);
}
