// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/fake_agent.h"
#include "tests/fake_stub.h"

/**
 * fake_agent_watch() - script: expect the watchpoint on the doorbell
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
 * fake_agent_start() - script: fake_agent_watch(), then run until a stop
 * @peer: the stub
 */
void fake_agent_start(struct fake_peer *peer)
{
	fake_agent_watch(peer);
	fake_stub_expect(peer, "c");
	fake_stub_send(peer, FAKE_AGENT_STOPPED);
}

/**
 * fake_agent_boot() - script: fake_agent_start(), then the first answer of the agent
 * @peer: the stub
 */
void fake_agent_boot(struct fake_peer *peer)
{
	fake_agent_start(peer);
	fake_agent_answer(peer, "5 ok ");
}

/**
 * fake_agent_expect() - script: expect a request, then stop the machine
 * @peer: the stub
 * @request: the request
 *
 * The machine must be resumed at the resume point, with the watchpoint still set.
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
 * fake_agent_show() - script: expect a read of the mailbox up to the request
 * @peer: the stub
 * @head: content of the mailbox
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
 * fake_agent_answer() - script: expect a read of the answer
 * @peer: the stub
 * @answer: the answer, in the format of struct agent_mailbox
 */
void fake_agent_answer(struct fake_peer *peer, const char *answer)
{
	answer_with(peer, 0, FAKE_AGENT_NOW, answer);
}

/**
 * fake_agent_answer_at() - fake_agent_answer() at another moment
 * @peer: the stub
 * @now: the moment at which the machine has stopped
 * @answer: the answer
 */
void fake_agent_answer_at(struct fake_peer *peer, struct moment now,
			  const char *answer)
{
	answer_with(peer, 0, now, answer);
}

/**
 * fake_agent_answer_of() - fake_agent_answer() of an agent of another nesting level
 * @peer: the stub
 * @nesting_level: nesting level of the agent
 * @answer: the answer
 */
void fake_agent_answer_of(struct fake_peer *peer, unsigned int nesting_level,
			  const char *answer)
{
	answer_with(peer, nesting_level, FAKE_AGENT_NOW, answer);
}
