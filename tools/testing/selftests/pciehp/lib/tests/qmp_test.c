// SPDX-License-Identifier: GPL-2.0-only
/* The QMP client, tested with a fake QEMU. No guest is needed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../../kselftest_harness.h"

#include "qemu/qmp.h"
#include "qemu/stream.h"
#include "tests/fake_qmp.h"
#include "util/host_clock.h"

/* Long enough for any answer that comes, also on a busy machine. */
#define TIMEOUT_MS	3000

/* For answers that do not come. */
#define SHORT_MS	60

#define GREETING	"{'QMP': {'version': {}, 'capabilities': []}}\n"
#define DELETED(id)	"{'event': 'DEVICE_DELETED', 'data': {'device': '" \
			id "', 'path': '/machine'}}\n"
#define RETURN		FAKE_QMP_RETURN
#define STOP		"{'execute':'stop'}"

FIXTURE(qmp)
{
	struct fake_peer peer;
	struct qmp qmp;
};

static void expect_json(FIXTURE_DATA(qmp) *self, const char *json)
{
	fake_qmp_expect(&self->peer, json);
}

static void send_json(FIXTURE_DATA(qmp) *self, const char *json)
{
	fake_qmp_send(&self->peer, json);
}

static void send_greeting(FIXTURE_DATA(qmp) *self)
{
	fake_qmp_greet(&self->peer);
}

static int connect_client(FIXTURE_DATA(qmp) *self)
{
	return qmp_init(&self->qmp, fake_peer_start(&self->peer), TIMEOUT_MS);
}

/* Close the connection. Fails if the peer has received something unexpected. */
static int disconnect(FIXTURE_DATA(qmp) *self)
{
	int ret;

	qmp_cleanup(&self->qmp);
	ret = fake_peer_finish(&self->peer);
	fake_peer_cleanup(&self->peer);

	return ret;
}

static int wait_deleted(FIXTURE_DATA(qmp) *self, const char *id, int timeout_ms)
{
	return qmp_wait_event(&self->qmp, "DEVICE_DELETED", id, timeout_ms);
}

FIXTURE_SETUP(qmp)
{
	self->qmp.fd = -1;
	fake_peer_init(&self->peer);
}

FIXTURE_TEARDOWN(qmp)
{
	EXPECT_EQ(0, disconnect(self));
}

TEST_F(qmp, greeting_byte_by_byte)
{
	self->peer.max_piece = 1;
	send_greeting(self);
	EXPECT_EQ(0, connect_client(self));
}

TEST_F(qmp, greeting_of_something_else)
{
	static const struct {
		const char *greeting;
		int error;
	} cases[] = {
		{ "SSH-2.0-OpenSSH_9.9\n",	-EBADMSG },
		{ "\n",				-EBADMSG },
		{ "['QMP']\n",			-EBADMSG },
		{ "{'QMP': {}\n",		-EBADMSG },
		{ "{'hello': 'QMP'}\n",		-EPROTO },
		{ RETURN,			-EPROTO },
		{ "{'QMP': {}",			-EPIPE },
		{ "",				-EPIPE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		send_json(self, cases[i].greeting);
		fake_peer_hang_up(&self->peer);
		EXPECT_EQ(cases[i].error, connect_client(self)) {
			TH_LOG("greeting: %s", cases[i].greeting);
		}
		EXPECT_NE('\0', self->qmp.error[0]);
		EXPECT_EQ(0, disconnect(self));
	}
}

TEST_F(qmp, capabilities_refused)
{
	send_json(self, GREETING);
	expect_json(self, "{'execute':'qmp_capabilities'}");
	send_json(self, "{'error': {'class': 'GenericError', 'desc': 'no'}}\n");
	EXPECT_EQ(-EREMOTEIO, connect_client(self));
}

TEST_F(qmp, command_with_arguments_and_result)
{
	json_t *result = NULL;

	send_greeting(self);
	expect_json(self, "{'execute':'qom-get','arguments':{'path':'/machine'}}");
	send_json(self, "{'return': 'off'}\n");
	ASSERT_EQ(0, connect_client(self));
	ASSERT_EQ(0, qmp_command(&self->qmp, "qom-get",
				 json_pack("{s:s}", "path", "/machine"),
				 &result));
	EXPECT_STREQ("off", json_string_value(result));
	json_decref(result);
}

TEST_F(qmp, replies_that_are_failures)
{
	static const struct {
		const char *reply;
		int ret;
		const char *error;
	} cases[] = {
		{ "{'error': {'class': 'DeviceNotFound', 'desc': 'it left'}}\n",
		  -EREMOTEIO, "it left" },
		{ "{'error': {}}\n", -EREMOTEIO, "no reason given" },
		{ "{'id': 1}\n", -EBADMSG, "neither return nor error" },
		{ "[{'return': {}}]\n", -EBADMSG, "no JSON object" },
		{ "{'return': {}\n", -EBADMSG, "no JSON object" },
		{ "{'return'", -EPIPE, "Broken pipe" },
		{ "", -EPIPE, "Broken pipe" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		send_greeting(self);
		expect_json(self, STOP);
		send_json(self, cases[i].reply);
		fake_peer_hang_up(&self->peer);
		ASSERT_EQ(0, connect_client(self));
		EXPECT_EQ(cases[i].ret,
			  qmp_command(&self->qmp, "stop", NULL, NULL)) {
			TH_LOG("reply: %s", cases[i].reply);
		}
		EXPECT_NE(NULL, strstr(self->qmp.error, cases[i].error)) {
			TH_LOG("error: %s", self->qmp.error);
		}
		EXPECT_EQ(0, disconnect(self));
	}
}

TEST_F(qmp, peer_gone_before_the_command)
{
	send_greeting(self);
	fake_peer_hang_up(&self->peer);
	ASSERT_EQ(0, connect_client(self));
	ASSERT_EQ(0, fake_peer_finish(&self->peer));
	EXPECT_EQ(-EPIPE, qmp_command(&self->qmp, "stop", NULL, NULL));
	EXPECT_EQ(-EPIPE, wait_deleted(self, NULL, TIMEOUT_MS));
}

TEST_F(qmp, event_before_the_reply_is_kept)
{
	send_greeting(self);
	expect_json(self, STOP);
	send_json(self, DELETED("dev0"));
	send_json(self, RETURN);
	ASSERT_EQ(0, connect_client(self));
	ASSERT_EQ(0, qmp_command(&self->qmp, "stop", NULL, NULL));
	EXPECT_EQ(0, wait_deleted(self, "dev0", 0));
	/* the event counts only once */
	EXPECT_EQ(-ETIMEDOUT, wait_deleted(self, "dev0", 0));
}

TEST_F(qmp, event_after_the_reply_in_the_same_read)
{
	send_greeting(self);
	expect_json(self, STOP);
	send_json(self, RETURN DELETED("dev0"));
	ASSERT_EQ(0, connect_client(self));
	ASSERT_EQ(0, qmp_command(&self->qmp, "stop", NULL, NULL));
	EXPECT_EQ(0, wait_deleted(self, "dev0", 0));
}

TEST_F(qmp, event_of_another_device_or_kind)
{
	send_greeting(self);
	send_json(self, DELETED("dev1"));
	send_json(self, "{'event': 'RESUME', 'data': {'device': 'dev0'}}\n");
	send_json(self, "{'event': 'DEVICE_DELETED'}\n");
	ASSERT_EQ(0, connect_client(self));
	EXPECT_EQ(-ETIMEDOUT, wait_deleted(self, "dev0", SHORT_MS));
}

TEST_F(qmp, event_without_its_device_given)
{
	send_greeting(self);
	send_json(self, "{'event': 'RESUME'}\n" DELETED("dev1"));
	ASSERT_EQ(0, connect_client(self));
	EXPECT_EQ(0, wait_deleted(self, NULL, TIMEOUT_MS));
	EXPECT_EQ(0, qmp_wait_event(&self->qmp, "RESUME", NULL, 0));
}

TEST_F(qmp, events_waited_for_in_another_order)
{
	send_greeting(self);
	send_json(self, DELETED("dev0"));
	send_json(self, DELETED("dev1"));
	send_json(self, DELETED("dev2"));
	ASSERT_EQ(0, connect_client(self));
	EXPECT_EQ(0, wait_deleted(self, "dev2", TIMEOUT_MS));
	EXPECT_EQ(0, wait_deleted(self, "dev0", 0));
	EXPECT_EQ(0, wait_deleted(self, "dev1", 0));
}

/* A second removal needs another event. */
TEST_F(qmp, event_answers_once)
{
	send_greeting(self);
	expect_json(self, STOP);
	send_json(self, DELETED("dev0") RETURN);
	ASSERT_EQ(0, connect_client(self));
	ASSERT_EQ(0, qmp_command(&self->qmp, "stop", NULL, NULL));
	EXPECT_EQ(0, wait_deleted(self, "dev0", 0));
	EXPECT_EQ(-ETIMEDOUT, wait_deleted(self, "dev0", SHORT_MS));
}

TEST_F(qmp, silent_peer)
{
	int64_t start;

	send_greeting(self);
	expect_json(self, STOP);
	ASSERT_EQ(0, connect_client(self));
	self->qmp.timeout_ms = SHORT_MS;
	start = host_now_ms();
	EXPECT_EQ(-ETIMEDOUT, qmp_command(&self->qmp, "stop", NULL, NULL));
	EXPECT_LE(SHORT_MS, host_now_ms() - start);
	EXPECT_GT(TIMEOUT_MS, host_now_ms() - start);
}

TEST_F(qmp, slow_pieces_do_not_extend_the_timeout)
{
	send_greeting(self);
	expect_json(self, STOP);
	for (int i = 0; i < 3; i++) {
		send_json(self, DELETED("dev0"));
		fake_peer_sleep(&self->peer, SHORT_MS / 2);
	}
	send_json(self, RETURN DELETED("dev1"));
	ASSERT_EQ(0, connect_client(self));
	self->qmp.timeout_ms = SHORT_MS;
	EXPECT_EQ(-ETIMEDOUT, qmp_command(&self->qmp, "stop", NULL, NULL));
	/* keep the connection until the peer has sent everything */
	EXPECT_EQ(0, wait_deleted(self, "dev1", TIMEOUT_MS));
}

struct runs {
	int left;
	int sock;
	int error;
};

/* Run a peer that needs several slices to send anything. */
static int run(void *context)
{
	struct runs *runs = context;

	if (!runs->left)
		return runs->error;
	if (!--runs->left)
		stream_write(runs->sock, "{\"return\": {}}\n", 15);

	return 0;
}

TEST_F(qmp, peer_runs_in_slices)
{
	struct runs runs = { .left = 3 };
	int fds[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	runs.sock = fds[1];
	ASSERT_EQ(0, stream_write(fds[1], "{\"QMP\": {}}\n", 12));
	ASSERT_EQ(0, qmp_init_halted(&self->qmp, fds[0], TIMEOUT_MS, run, &runs));
	EXPECT_EQ(0, runs.left);
	/* the peer sends nothing, and then fails */
	EXPECT_EQ(-ETIMEDOUT, wait_deleted(self, NULL, SHORT_MS));
	runs.error = -ENOLINK;
	EXPECT_EQ(-ENOLINK, qmp_command(&self->qmp, "stop", NULL, NULL));
	close(fds[1]);
}

TEST_F(qmp, endless_line)
{
	/* the maximum that the client reads, so that the peer can send all of it */
	const size_t len = 1 << 20;
	char *line = malloc(len);

	ASSERT_NE(NULL, line);
	memset(line, ' ', len);
	fake_peer_send(&self->peer, line, len);
	free(line);
	EXPECT_EQ(-EMSGSIZE, connect_client(self));
}

TEST_F(qmp, random_pieces)
{
	const int rounds = 500;

	self->peer.max_piece = 24;
	send_greeting(self);
	for (int i = 0; i < rounds; i++) {
		expect_json(self, STOP);
		send_json(self, i % 2 ? DELETED("dev1") RETURN DELETED("dev0") :
				   RETURN);
	}
	ASSERT_EQ(0, connect_client(self));
	for (int i = 0; i < rounds; i++) {
		ASSERT_EQ(0, qmp_command(&self->qmp, "stop", NULL, NULL));
		if (i % 2 == 0)
			continue;
		ASSERT_EQ(0, wait_deleted(self, "dev0", TIMEOUT_MS));
		ASSERT_EQ(0, wait_deleted(self, "dev1", 0));
	}
}

TEST_F(qmp, random_corruption)
{
	unsigned int seed = 1;
	int failed = 0;

	for (int i = 0; i < 3000; i++) {
		int ret;

		send_greeting(self);
		send_json(self, DELETED("dev0") "{'return': {'a': [1, 'b']}}\n");
		send_json(self, "{'error': {'class': 'C', 'desc': 'd'}}\n");
		for (int n = rand_r(&seed) % 4; n >= 0; n--)
			fake_peer_corrupt(&self->peer, &seed);

		ret = qmp_init(&self->qmp, fake_peer_start_unchecked(&self->peer),
			       TIMEOUT_MS);
		if (!ret)
			ret = qmp_command(&self->qmp, "stop", NULL, NULL);
		if (!ret)
			ret = wait_deleted(self, "dev0", TIMEOUT_MS);
		if (ret) {
			failed++;
			ASSERT_GT(0, ret);
			ASSERT_NE(-ETIMEDOUT, ret);
			ASSERT_NE('\0', self->qmp.error[0]);
		}
		ASSERT_EQ(0, disconnect(self));
	}

	EXPECT_LT(0, failed);
	EXPECT_GT(3000, failed);
}

TEST_HARNESS_MAIN
