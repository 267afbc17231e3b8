// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that are sent together, and how their answers are handled. The agent is a fake.
 * No guest is needed.
 */
#include <errno.h>
#include <string.h>

#include "../../../kselftest_harness.h"

#include "guest/request.h"
#include "slot/check.h"
#include "tests/fake_agent.h"

/* Long enough for any answer that comes, also on a busy machine. */
#define TIMEOUT_MS	3000

#define CARD	"0000:01:00.0"

/* The moment of an action of the host, before the last stop of the machine. */
#define SINCE	((struct moment){ .ns = 1000000, .seqnum = 5 })

FIXTURE(batch)
{
	struct fake_peer peer;
	struct guest guest;
	struct batch batch;
	struct plug card;
};

FIXTURE_SETUP(batch)
{
	self->card = (struct plug){
		.model = "virtio-net-pci", .driver = "virtio-pci", .id = "dev0",
	};
	self->guest = (struct guest){
		.vm = VM_NONE,
		.ports = { { .bdf = "0000:00:08.0", .bus = 1 } },
		.n_ports = 1,
		.alive = true,
	};
	result_init(&self->guest.result, "batch");
	fake_peer_init(&self->peer);
	fake_agent_boot(&self->peer);
}

FIXTURE_TEARDOWN(batch)
{
	gdb_cleanup(&self->guest.vm.gdb);
	EXPECT_EQ(0, fake_peer_finish(&self->peer));
	fake_peer_cleanup(&self->peer);
	batch_free(&self->batch);
	result_cleanup(&self->guest.result);
}

static int boot(FIXTURE_DATA(batch) *self)
{
	struct gdbstub *gdb = &self->guest.vm.gdb;

	gdb_init(gdb, fake_peer_start(&self->peer), TIMEOUT_MS);

	return agent_init(&self->guest.agent, gdb, TIMEOUT_MS);
}

/* Request two files, and let the agent send this answer. */
static int ask_for_two(FIXTURE_DATA(batch) *self, const char *answer)
{
	fake_agent_expect(&self->peer, "all read /a;read /b");
	fake_agent_answer(&self->peer, answer);

	return boot(self) ?: batch_ask(&self->batch, &self->guest,
				       "read /a;read /b");
}

TEST_F(batch, answers_are_told_apart)
{
	ASSERT_EQ(0, ask_for_two(self, "9 ok 0 7 9\nyes\n2 8 02 8 3\nno\n"));
	ASSERT_EQ(2, self->batch.n);
	EXPECT_EQ(0, self->batch.answers[0].error);
	EXPECT_EQ(7, self->batch.answers[0].time_ns);
	EXPECT_STREQ("yes\n2 8 0", self->batch.answers[0].text);
	EXPECT_EQ(-ENOENT, self->batch.answers[1].error);
	EXPECT_EQ(8, self->batch.answers[1].time_ns);
	EXPECT_STREQ("no\n", self->batch.answers[1].text);
	EXPECT_EQ(&self->batch.answers[1],
		  batch_find(&self->batch, "read /b"));
	EXPECT_EQ(NULL, batch_find(&self->batch, "read /"));
}

TEST_F(batch, answer_is_cut)
{
	EXPECT_EQ(-EPROTO, ask_for_two(self, "9 ok 0 7 3\nyes0 8 3\nno"));
	EXPECT_TRUE(self->guest.result.error);
}

TEST_F(batch, answer_is_missing)
{
	EXPECT_EQ(-EPROTO, ask_for_two(self, "9 ok 0 7 3\nyes"));
	EXPECT_TRUE(self->guest.result.error);
}

/* The moment of the host's action counts, and not the last stop of the machine. */
TEST_F(batch, event_has_to_come_since)
{
	fake_agent_expect(&self->peer, "wait add " CARD " 5 3000");
	fake_agent_answer(&self->peer, "9000000 ok add " CARD " 9000000\n");
	ASSERT_EQ(0, boot(self));
	EXPECT_EQ(0, guest_wait_event(&self->guest, "add", CARD, SINCE, 3000));
	EXPECT_EQ(9000000, self->guest.agent.time_ns);
}

static int wait_added(FIXTURE_DATA(batch) *self, const char *answer)
{
	fake_agent_expect(&self->peer, "all wait add,bind " CARD " 5 15000");
	fake_agent_answer(&self->peer, answer);

	return boot(self) ?: slot_wait_added(&self->guest, &self->card, SINCE);
}

/* The time of the first uevent counts, and not that of the whole answer. */
TEST_F(batch, addition_has_its_own_time)
{
	json_int_t from, to;

	ASSERT_EQ(0, wait_added(self,
				"99000000 ok 0 9000000 51\n"
				"add " CARD " 9000000\nbind " CARD " 9500000\n"));
	EXPECT_TRUE(!result_first_problem(&self->guest.result));
	ASSERT_EQ(0, json_unpack(self->guest.result.steps, "[{s:I, s:I}]",
				 "from_ns", &from, "to_ns", &to));
	EXPECT_EQ(SINCE.ns, from);
	EXPECT_EQ(9000000, to);
}

TEST_F(batch, addition_that_does_not_come_is_lost)
{
	EXPECT_EQ(-ETIMEDOUT, wait_added(self, "99 ok 110 98 0\n"));
	EXPECT_TRUE(self->guest.result.lost);
	EXPECT_EQ(0U, json_array_size(self->guest.result.steps));
}

static int wait_gone(FIXTURE_DATA(batch) *self, const char *answer)
{
	fake_agent_expect(&self->peer,
			  "all wait remove " CARD " 5 20000;sleep 1500");
	fake_agent_answer(&self->peer, answer);

	return boot(self) ?: slot_wait_gone(&self->guest, &self->card, SINCE);
}

TEST_F(batch, removal)
{
	EXPECT_EQ(0, wait_gone(self,
			       "99 ok 0 98 23\nremove " CARD " 98\n0 99 0\n"));
	EXPECT_FALSE(self->guest.result.lost);
	EXPECT_EQ(1U, json_array_size(self->guest.result.steps));
}

TEST_F(batch, removal_that_does_not_come_is_lost)
{
	EXPECT_EQ(-ETIMEDOUT, wait_gone(self, "99 ok 110 98 0\n0 99 0\n"));
	EXPECT_TRUE(self->guest.result.lost);
	EXPECT_EQ(0U, json_array_size(self->guest.result.steps));
}

/* A card that was removed before the check counts as removed, even if it is back. */
TEST_F(batch, card_that_went_does_not_stay)
{
	fake_agent_expect(&self->peer, "wait remove " CARD " 5 8000");
	fake_agent_answer(&self->peer, "9 ok remove " CARD " 8\n");
	ASSERT_EQ(0, boot(self));
	slot_check_kept(&self->guest, &self->card, SINCE);
	EXPECT_TRUE(self->guest.result.lost);
}

TEST_HARNESS_MAIN
