// SPDX-License-Identifier: GPL-2.0-only
/* The host side of the agent link, tested with a fake machine. No guest is needed. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../kselftest_harness.h"

#include "tests/fake_agent.h"
#include "tests/fake_stub.h"
#include "util/host_clock.h"

/* Long enough for any answer that comes, also on a busy machine. */
#define TIMEOUT_MS	3000

/* For answers that do not come. */
#define SHORT_MS	60

FIXTURE(agent)
{
	struct fake_peer peer;
	struct gdbstub gdb;
	struct agent agent;
	int served;
};

static int boot(FIXTURE_DATA(agent) *self)
{
	gdb_init(&self->gdb, fake_peer_start(&self->peer), TIMEOUT_MS);

	return agent_init(&self->agent, &self->gdb, TIMEOUT_MS);
}

/* Close the connection. Fails if the peer has received something unexpected. */
static int disconnect(FIXTURE_DATA(agent) *self)
{
	int ret;

	gdb_cleanup(&self->gdb);
	ret = fake_peer_finish(&self->peer);
	fake_peer_cleanup(&self->peer);

	return ret;
}

FIXTURE_SETUP(agent)
{
	self->gdb.fd = -1;
	fake_peer_init(&self->peer);
}

FIXTURE_TEARDOWN(agent)
{
	EXPECT_EQ(0, disconnect(self));
}

TEST_F(agent, boot)
{
	fake_agent_boot(&self->peer);
	ASSERT_EQ(0, boot(self));
	EXPECT_EQ(5, self->agent.time_ns);
	EXPECT_EQ(FAKE_AGENT_NOW.ns, self->agent.now.ns);
	EXPECT_STREQ("", self->agent.text);
}

/* Only uevents after that moment count. */
TEST_F(agent, moment_is_that_of_the_last_answer)
{
	fake_agent_boot(&self->peer);
	fake_agent_expect(&self->peer, "sleep 1");
	fake_agent_answer_at(&self->peer, (struct moment){ 88, 9 }, "80 ok ");
	ASSERT_EQ(0, boot(self));
	EXPECT_EQ(FAKE_AGENT_NOW.seqnum, self->agent.now.seqnum);
	ASSERT_EQ(0, agent_request(&self->agent, "sleep 1"));
	EXPECT_EQ(80, self->agent.time_ns);
	EXPECT_EQ(88, self->agent.now.ns);
	EXPECT_EQ(9U, self->agent.now.seqnum);
}

TEST_F(agent, attach_to_one_that_rests)
{
	fake_agent_watch(&self->peer);
	fake_agent_answer(&self->peer, "5 ok ");
	fake_agent_expect(&self->peer, "log");
	fake_agent_answer(&self->peer, "123 ok end");
	gdb_init(&self->gdb, fake_peer_start(&self->peer), TIMEOUT_MS);
	ASSERT_EQ(0, agent_attach(&self->agent, &self->gdb));
	EXPECT_EQ(FAKE_AGENT_NOW.ns, self->agent.now.ns);
	ASSERT_EQ(0, agent_request(&self->agent, "log"));
	EXPECT_STREQ("end", self->agent.text);
	EXPECT_EQ(strlen("end"), self->agent.text_len);
}

TEST_F(agent, boot_answered_with_an_error)
{
	fake_agent_start(&self->peer);
	fake_agent_answer(&self->peer, "5 error 2 no /sys");
	ASSERT_EQ(-ENOENT, boot(self));
	EXPECT_STREQ("no /sys", self->agent.text);
}

TEST_F(agent, boot_that_never_ends)
{
	const int64_t start = host_now_ms();

	fake_agent_watch(&self->peer);
	fake_stub_expect(&self->peer, "c");
	gdb_init(&self->gdb, fake_peer_start(&self->peer), TIMEOUT_MS);
	EXPECT_EQ(-ENOLINK, agent_init(&self->agent, &self->gdb, SHORT_MS));
	EXPECT_STREQ("wait for the guest: no answer in time",
		     self->agent.error);
	EXPECT_LE(SHORT_MS, host_now_ms() - start);
	EXPECT_GT(TIMEOUT_MS, host_now_ms() - start);
}

TEST_F(agent, watchpoint_refused)
{
	fake_stub_expect(&self->peer, "Z2,60030000,4");
	fake_stub_send(&self->peer, "");
	EXPECT_EQ(-ENOLINK, boot(self));
	EXPECT_NE(NULL, strstr(self->agent.error, "watch the doorbell"));
}

TEST_F(agent, machine_stopped_elsewhere)
{
	fake_agent_watch(&self->peer);
	fake_stub_expect(&self->peer, "c");
	fake_stub_send(&self->peer, "T02thread:01;");
	EXPECT_EQ(-ENOLINK, boot(self));
	EXPECT_NE(NULL, strstr(self->agent.error, "wait for the guest"));
}

/* The mailbox of the agent in a guest in a guest. */
static const struct agent_mailbox head_of_inner = {
	.magic = AGENT_MAGIC,
	.version = AGENT_VERSION,
	.answer_len = 5,
	.nesting_level = 1,
};

/* The nesting level in the mailbox shows which of the two agents has answered. */
TEST_F(agent, two_on_one_machine)
{
	struct agent inner;
	unsigned int stopped_level;

	fake_agent_boot(&self->peer);
	fake_agent_expect(&self->peer, "await port");
	fake_agent_show(&self->peer, &head_of_inner);
	fake_agent_answer_of(&self->peer, 1, "9 ok ");
	fake_agent_expect(&self->peer, "quiet 1 1");
	fake_agent_answer(&self->peer, "12 ok woken");
	ASSERT_EQ(0, boot(self));
	agent_join(&inner, &self->gdb, 1);
	ASSERT_EQ(0, agent_begin(&self->agent, "await port"));
	ASSERT_EQ(0, agent_wait_any(&inner, TIMEOUT_MS, &stopped_level));
	EXPECT_EQ(1U, stopped_level);
	ASSERT_EQ(0, agent_take_answer(&inner));
	EXPECT_EQ(9, inner.time_ns);

	ASSERT_EQ(0, agent_begin(&inner, "quiet 1 1"));
	ASSERT_EQ(0, agent_finish(&self->agent));
	EXPECT_STREQ("woken", self->agent.text);
}

TEST_F(agent, answer_of_another)
{
	fake_agent_boot(&self->peer);
	fake_agent_expect(&self->peer, "log");
	fake_agent_show(&self->peer, &head_of_inner);
	ASSERT_EQ(0, boot(self));
	EXPECT_EQ(-ENOLINK, agent_request(&self->agent, "log"));
	EXPECT_EQ(-EXDEV, self->agent.failure);
}

/* An answer can be read without waiting for a stop of the machine. */
TEST_F(agent, answer_of_one_that_rests)
{
	fake_agent_boot(&self->peer);
	fake_agent_answer(&self->peer, "123 ok rested");
	fake_agent_answer(&self->peer, "124 error 19 ");
	ASSERT_EQ(0, boot(self));
	ASSERT_EQ(0, agent_take_answer(&self->agent));
	EXPECT_STREQ("rested", self->agent.text);
	EXPECT_EQ(-ENODEV, agent_take_answer(&self->agent));
	EXPECT_EQ(124, self->agent.time_ns);
}

TEST_F(agent, mailbox_of_something_else)
{
	static const struct {
		uint32_t magic;
		uint32_t version;
		uint32_t answer_len;
	} cases[] = {
		{ 0, 0, 0 },
		{ AGENT_MAGIC + 1, AGENT_VERSION, 5 },
		{ AGENT_MAGIC, AGENT_VERSION + 1, 5 },
		{ AGENT_MAGIC, AGENT_VERSION, AGENT_ANSWER_SIZE + 1 },
		{ AGENT_MAGIC, AGENT_VERSION, UINT32_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct agent_mailbox head = {
			.magic = cases[i].magic,
			.version = cases[i].version,
			.answer_len = cases[i].answer_len,
		};

		fake_agent_start(&self->peer);
		fake_agent_show(&self->peer, &head);
		EXPECT_EQ(-ENOLINK, boot(self)) {
			TH_LOG("case %zu", i);
		}
		EXPECT_NE(NULL, strstr(self->agent.error, "read the mailbox"));
		EXPECT_EQ(0, disconnect(self));
	}
}

TEST_F(agent, answers)
{
	static const struct {
		const char *answer;
		int ret;
		int64_t time_ns;
		const char *text;
	} cases[] = {
		{ "123 ok yes", 0, 123, "yes" },
		{ "123 ok ", 0, 123, "" },
		{ "123 ok  two\nlines\n", 0, 123, " two\nlines\n" },
		{ "123 ok error 5", 0, 123, "error 5" },
		{ "9000000000000000000 ok x", 0, 9000000000000000000, "x" },
		{ "123 error 110 ", -ETIMEDOUT, 123, "" },
		{ "123 error 110", -ETIMEDOUT, 123, "" },
		{ "123 error 2 no file", -ENOENT, 123, "no file" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fake_agent_boot(&self->peer);
		fake_agent_expect(&self->peer, "exists /x");
		fake_agent_answer(&self->peer, cases[i].answer);
		ASSERT_EQ(0, boot(self));
		EXPECT_EQ(cases[i].ret,
			  agent_request(&self->agent, "exists %s", "/x")) {
			TH_LOG("answer: %s", cases[i].answer);
		}
		EXPECT_EQ(cases[i].time_ns, self->agent.time_ns);
		EXPECT_STREQ(cases[i].text, self->agent.text);
		EXPECT_EQ(0, disconnect(self));
	}
}

TEST_F(agent, malformed_answers)
{
	static const char *const cases[] = {
		"", " ", "123", " 123", "ok ", "ok yes", "123 ok", "123 okay yes",
		"123 fine yes", "x ok yes", "123 error", "123 error x",
		"123 error 0 x", "123 error -5 x", "error 5 x",
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fake_agent_boot(&self->peer);
		fake_agent_expect(&self->peer, "exists /x");
		fake_agent_answer(&self->peer, cases[i]);
		ASSERT_EQ(0, boot(self));
		EXPECT_EQ(-ENOLINK, agent_request(&self->agent, "exists /x")) {
			TH_LOG("answer: %s", cases[i]);
		}
		EXPECT_NE(NULL, strstr(self->agent.error,
				       "read the agent's answer"));
		EXPECT_EQ(0, disconnect(self));
	}
}

TEST_F(agent, largest_answer)
{
	char answer[AGENT_ANSWER_SIZE + 1] = "123 ok ";
	const size_t head = strlen(answer);

	for (size_t i = head; i < AGENT_ANSWER_SIZE; i++)
		answer[i] = 'a' + i % 26;
	answer[AGENT_ANSWER_SIZE] = '\0';

	fake_agent_boot(&self->peer);
	fake_agent_expect(&self->peer, "log");
	fake_agent_answer(&self->peer, answer);
	/* a shorter answer must not contain the rest of it */
	fake_agent_expect(&self->peer, "log");
	fake_agent_answer(&self->peer, "124 ok end");
	ASSERT_EQ(0, boot(self));
	ASSERT_EQ(0, agent_request(&self->agent, "log"));
	EXPECT_STREQ(answer + head, self->agent.text);
	ASSERT_EQ(0, agent_request(&self->agent, "log"));
	EXPECT_STREQ("end", self->agent.text);
}

TEST_F(agent, stop_points_take_turns)
{
	char request[32];

	fake_agent_boot(&self->peer);
	for (int i = 0; i < 5; i++) {
		snprintf(request, sizeof(request), "sleep %d", i);
		fake_agent_expect(&self->peer, request);
		fake_agent_answer(&self->peer, "123 ok ");
	}
	ASSERT_EQ(0, boot(self));
	for (int i = 0; i < 5; i++) {
		ASSERT_EQ(0, agent_begin(&self->agent, "sleep %d", i));
		ASSERT_EQ(0, agent_finish(&self->agent));
	}
}

/* The first two stops are caused by another watchpoint. */
static int serve_twice(void *context)
{
	FIXTURE_DATA(agent) *self = context;

	if (++self->served > 2)
		return 0;

	return gdb_continue(&self->gdb) ?: -EAGAIN;
}

TEST_F(agent, stops_of_another_watchpoint)
{
	fake_agent_boot(&self->peer);
	fake_agent_expect(&self->peer, "log");
	for (int i = 0; i < 2; i++) {
		fake_stub_expect(&self->peer, "c");
		fake_stub_send(&self->peer, FAKE_AGENT_STOPPED);
	}
	fake_agent_answer(&self->peer, "123 ok end");
	ASSERT_EQ(0, boot(self));
	self->agent.serve = serve_twice;
	self->agent.serve_context = self;
	ASSERT_EQ(0, agent_request(&self->agent, "log"));
	EXPECT_STREQ("end", self->agent.text);
	EXPECT_EQ(3, self->served);
}

static int cannot_serve(void *context)
{
	return -EFAULT;
}

TEST_F(agent, stop_that_nobody_serves)
{
	fake_agent_boot(&self->peer);
	fake_agent_expect(&self->peer, "log");
	ASSERT_EQ(0, boot(self));
	self->agent.serve = cannot_serve;
	EXPECT_EQ(-ENOLINK, agent_request(&self->agent, "log"));
	EXPECT_EQ(-EFAULT, self->agent.failure);
}

/* If the stub refuses a packet, the request fails, and the machine is not resumed. */
TEST_F(agent, requests_that_the_stub_refuses)
{
	static const struct {
		const char *request;
		const char *error;
	} cases[] = {
		{ "M60010020,4:6c6f6700",	"write the mailbox" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fake_agent_boot(&self->peer);
		for (size_t k = 0; k <= i; k++) {
			fake_stub_expect(&self->peer, cases[k].request);
			fake_stub_send(&self->peer, k < i ? "OK" : "E14");
		}
		ASSERT_EQ(0, boot(self));
		EXPECT_EQ(-ENOLINK, agent_request(&self->agent, "log"));
		EXPECT_NE(NULL, strstr(self->agent.error, cases[i].error)) {
			TH_LOG("%s: %s", cases[i].request, self->agent.error);
		}
		EXPECT_EQ(0, disconnect(self));
	}
}

TEST_F(agent, longest_request)
{
	char request[AGENT_REQUEST_SIZE];

	memset(request, 'r', sizeof(request));
	request[sizeof(request) - 1] = '\0';
	fake_agent_boot(&self->peer);
	fake_agent_expect(&self->peer, request);
	fake_agent_answer(&self->peer, "123 ok ");
	ASSERT_EQ(0, boot(self));
	EXPECT_EQ(0, agent_request(&self->agent, "%s", request));

	/* one byte more is refused, and nothing is sent to the machine */
	EXPECT_EQ(-ENOLINK, agent_request(&self->agent, "%s+", request));
	EXPECT_NE(NULL, strstr(self->agent.error, "make a request"));
}

/* At whatever step QEMU ends, the link fails with the reason. */
TEST_F(agent, peer_dies_at_every_step)
{
	size_t nr_steps = 2;

	/* the last step reads an acknowledgment that the host does not wait for */
	for (size_t i = 0; i < nr_steps - 1; i++) {
		int ret;

		fake_agent_boot(&self->peer);
		fake_agent_expect(&self->peer, "quiet 1 2");
		fake_agent_answer(&self->peer, "123 ok ");
		nr_steps = self->peer.nr_steps;
		fake_peer_cut(&self->peer, i);
		fake_peer_hang_up(&self->peer);

		ret = boot(self);
		if (!ret)
			ret = agent_request(&self->agent, "quiet 1 2");
		EXPECT_EQ(-ENOLINK, ret) {
			TH_LOG("step %zu", i);
		}
		EXPECT_NE(NULL, strstr(self->agent.error, ": Broken pipe")) {
			TH_LOG("step %zu: %s", i, self->agent.error);
		}
		EXPECT_EQ(0, disconnect(self));
	}
}

TEST_F(agent, machine_exits)
{
	fake_agent_watch(&self->peer);
	fake_stub_expect(&self->peer, "c");
	fake_stub_send(&self->peer, "W00");
	EXPECT_EQ(-ENOLINK, boot(self));
	EXPECT_NE(NULL, strstr(self->agent.error, "the machine went down"));
}

TEST_F(agent, random_pieces)
{
	const int rounds = 50;

	self->peer.max_piece = 16;
	fake_agent_boot(&self->peer);
	for (int i = 0; i < rounds; i++) {
		fake_agent_expect(&self->peer, "read /proc/version");
		fake_agent_answer(&self->peer, "123 ok Linux");
	}
	ASSERT_EQ(0, boot(self));
	for (int i = 0; i < rounds; i++) {
		ASSERT_EQ(0, agent_request(&self->agent, "read %s",
					   "/proc/version"));
		ASSERT_STREQ("Linux", self->agent.text);
	}
}

TEST_F(agent, random_corruption)
{
	unsigned int seed = 1;
	int failed = 0;

	for (int i = 0; i < 3000; i++) {
		int ret;

		fake_agent_boot(&self->peer);
		fake_agent_expect(&self->peer, "devices");
		fake_agent_answer(&self->peer, i % 3 ? "123 ok 0000:00:01.0 8086:3420" :
					     "123 error 110 ");
		for (int n = rand_r(&seed) % 4; n >= 0; n--)
			fake_stub_corrupt(&self->peer, &seed);
		if (i % 8 == 0)
			fake_peer_corrupt(&self->peer, &seed);

		gdb_init(&self->gdb, fake_peer_start_unchecked(&self->peer),
			 TIMEOUT_MS);
		ret = agent_init(&self->agent, &self->gdb, TIMEOUT_MS);
		if (!ret)
			ret = agent_request(&self->agent, "devices");
		if (ret)
			ASSERT_GT(0, ret);
		if (ret == -ENOLINK) {
			failed++;
			ASSERT_NE(NULL, strstr(self->agent.error, ": "));
		} else {
			ASSERT_GE(strlen(self->agent.answer),
				  strlen(self->agent.text));
		}
		ASSERT_EQ(0, disconnect(self));
	}

	EXPECT_LT(0, failed);
	EXPECT_GT(3000, failed);
}

TEST_HARNESS_MAIN
