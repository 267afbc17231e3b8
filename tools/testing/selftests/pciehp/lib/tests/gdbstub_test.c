// SPDX-License-Identifier: GPL-2.0-only
/* The client of the GDB Remote Serial Protocol, tested with a fake gdbstub. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../kselftest_harness.h"

#include "qemu/gdbstub.h"
#include "tests/fake_stub.h"
#include "util/host_clock.h"

/* Long enough for any answer that comes, also on a busy machine. */
#define TIMEOUT_MS	3000

/* For answers that do not come. */
#define SHORT_MS	60

#define ADDR		0x1000000

/* Registers of 64 bits, as a little-endian guest has them. */
#define REG_0		"0000000000000000"
#define REG_1		"1122334455667788"
#define REG_2		"ffffffffffffffff"

FIXTURE(gdbstub)
{
	struct fake_peer peer;
	struct gdbstub gdb;
};

static void expect_packet(FIXTURE_DATA(gdbstub) *self, const char *packet)
{
	fake_stub_expect(&self->peer, packet);
}

static void send_packet(FIXTURE_DATA(gdbstub) *self, const char *packet)
{
	fake_stub_send(&self->peer, packet);
}

static void send_raw(FIXTURE_DATA(gdbstub) *self, const char *bytes)
{
	fake_peer_send(&self->peer, bytes, strlen(bytes));
}

static void connect_client(FIXTURE_DATA(gdbstub) *self)
{
	gdb_init(&self->gdb, fake_peer_start(&self->peer), TIMEOUT_MS);
}

/* Close the connection. Fails if the peer has received something unexpected. */
static int disconnect(FIXTURE_DATA(gdbstub) *self)
{
	int ret;

	gdb_cleanup(&self->gdb);
	ret = fake_peer_finish(&self->peer);
	fake_peer_cleanup(&self->peer);

	return ret;
}

/* Wrappers for the requests, with the same prototype, for use in tables. */
static int set_breakpoint(struct gdbstub *gdb)
{
	return gdb_set_breakpoint(gdb, ADDR);
}

static int clear_breakpoint(struct gdbstub *gdb)
{
	return gdb_clear_breakpoint(gdb, ADDR);
}

static int set_watchpoint(struct gdbstub *gdb)
{
	return gdb_set_watchpoint(gdb, GDB_WRITE, ADDR, 4);
}

static int watch_any_access(struct gdbstub *gdb)
{
	return gdb_set_watchpoint(gdb, GDB_ACCESS, ADDR, 8);
}

static int clear_watchpoint(struct gdbstub *gdb)
{
	return gdb_clear_watchpoint(gdb, GDB_READ, ADDR, 8);
}

/* Reads the second of three registers, which must contain 0x8877665544332211. */
static int read_register_1(struct gdbstub *gdb)
{
	uint64_t value;
	int ret;

	ret = gdb_read_register(gdb, 1, &value);
	if (!ret && value != 0x8877665544332211)
		return -EUCLEAN;

	return ret;
}

/* Changes the second of two registers, which has 32 bits. */
static int change_flags(struct gdbstub *gdb)
{
	uint32_t was;

	return gdb_change_flags(gdb, 1, 0, 1, &was);
}

/* Writes 0x8877665544332211 to the second register. */
static int write_register(struct gdbstub *gdb)
{
	return gdb_write_register(gdb, 1, 0x8877665544332211);
}

static int physical(struct gdbstub *gdb)
{
	return gdb_set_physical(gdb, true);
}

static int not_physical(struct gdbstub *gdb)
{
	return gdb_set_physical(gdb, false);
}

static int read_ab12(struct gdbstub *gdb)
{
	uint8_t data[2];
	int ret;

	ret = gdb_read(gdb, ADDR, data, sizeof(data));
	if (!ret && memcmp(data, "\xab\x12", 2))
		return -EUCLEAN;

	return ret;
}

static int write_ab12(struct gdbstub *gdb)
{
	return gdb_write(gdb, ADDR, "\xab\x12", 2);
}

static int run(struct gdbstub *gdb)
{
	return gdb_continue(gdb) ?: gdb_wait_stop(gdb, TIMEOUT_MS);
}

static int step(struct gdbstub *gdb)
{
	return gdb_step(gdb) ?: gdb_wait_stop(gdb, TIMEOUT_MS);
}

FIXTURE_SETUP(gdbstub)
{
	self->gdb.fd = -1;
	fake_peer_init(&self->peer);
}

FIXTURE_TEARDOWN(gdbstub)
{
	EXPECT_EQ(0, disconnect(self));
}

TEST_F(gdbstub, replies)
{
	static const struct {
		int (*run)(struct gdbstub *gdb);
		const char *request;
		const char *reply;
		int ret;
	} cases[] = {
		{ set_breakpoint, "Z1,1000000,1", "OK", 0 },
		{ set_breakpoint, "Z1,1000000,1", "E22", -EREMOTEIO },
		{ set_breakpoint, "Z1,1000000,1", "", -EOPNOTSUPP },
		{ set_breakpoint, "Z1,1000000,1", "OKAY", -EPROTO },
		{ clear_breakpoint, "z1,1000000,1", "OK", 0 },
		{ clear_breakpoint, "z1,1000000,1", "E22", -EREMOTEIO },
		{ clear_breakpoint, "z1,1000000,1", "", -EOPNOTSUPP },
		{ set_watchpoint, "Z2,1000000,4", "OK", 0 },
		{ set_watchpoint, "Z2,1000000,4", "E22", -EREMOTEIO },
		{ set_watchpoint, "Z2,1000000,4", "", -EOPNOTSUPP },
		{ watch_any_access, "Z4,1000000,8", "OK", 0 },
		{ clear_watchpoint, "z3,1000000,8", "OK", 0 },
		{ clear_watchpoint, "z3,1000000,8", "E22", -EREMOTEIO },
		{ read_register_1, "g", REG_0 REG_1 REG_2, 0 },
		{ read_register_1, "g", REG_0 REG_1, 0 },
		{ read_register_1, "g", REG_0 REG_2 REG_1, -EUCLEAN },
		{ read_register_1, "g", REG_0 "11223344556677", -EPROTO },
		{ read_register_1, "g", REG_0 "112233445566778x", -EPROTO },
		{ read_register_1, "g", REG_0, -EPROTO },
		{ read_register_1, "g", "", -EPROTO },
		{ read_register_1, "g", "E14", -EREMOTEIO },
		{ change_flags, "g", REG_0 "112233", -EPROTO },
		{ change_flags, "g", REG_0 "1122334x", -EPROTO },
		{ change_flags, "g", "", -EPROTO },
		{ change_flags, "g", "E14", -EREMOTEIO },
		{ write_register, "g", REG_0 "11223344556677", -EPROTO },
		{ write_register, "g", REG_0, -EPROTO },
		{ write_register, "g", "", -EPROTO },
		{ write_register, "g", "E14", -EREMOTEIO },
		{ physical, "Qqemu.PhyMemMode:1", "OK", 0 },
		{ physical, "Qqemu.PhyMemMode:1", "", -EOPNOTSUPP },
		{ physical, "Qqemu.PhyMemMode:1", "E22", -EREMOTEIO },
		{ not_physical, "Qqemu.PhyMemMode:0", "OK", 0 },
		{ read_ab12, "m1000000,2", "ab12", 0 },
		{ read_ab12, "m1000000,2", "AB12", 0 },
		{ read_ab12, "m1000000,2", "E14", -EREMOTEIO },
		{ read_ab12, "m1000000,2", "", -EPROTO },
		{ read_ab12, "m1000000,2", "ab1", -EPROTO },
		{ read_ab12, "m1000000,2", "ab123", -EPROTO },
		{ read_ab12, "m1000000,2", "ab1234", -EPROTO },
		{ read_ab12, "m1000000,2", "ab1g", -EPROTO },
		{ read_ab12, "m1000000,2", "ab 1", -EPROTO },
		{ read_ab12, "m1000000,2", "ab-1", -EPROTO },
		{ write_ab12, "M1000000,2:ab12", "OK", 0 },
		{ write_ab12, "M1000000,2:ab12", "E14", -EREMOTEIO },
		{ write_ab12, "M1000000,2:ab12", "", -EOPNOTSUPP },
		{ run, "c", "T05thread:01;", 0 },
		{ run, "c", "S05", 0 },
		{ run, "c", "T02thread:01;", -EINTR },
		{ run, "c", "S11", -EPROTO },
		{ run, "c", "OK", -EPROTO },
		{ run, "c", "", -EPROTO },
		{ run, "c", "W00", -ESHUTDOWN },
		{ run, "c", "X09", -ESHUTDOWN },
		{ step, "s", "T05thread:01;", 0 },
		{ step, "s", "X09", -ESHUTDOWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		expect_packet(self, cases[i].request);
		send_packet(self, cases[i].reply);
		connect_client(self);
		EXPECT_EQ(cases[i].ret, cases[i].run(&self->gdb)) {
			TH_LOG("%s: %s", cases[i].request, cases[i].reply);
		}
		EXPECT_EQ(0, disconnect(self));
	}
}

/* All registers are sent back, and only one has changed. */
TEST_F(gdbstub, register_written)
{
	expect_packet(self, "g");
	send_packet(self, REG_2 REG_0 REG_2);
	expect_packet(self, "G" REG_2 REG_1 REG_2);
	send_packet(self, "OK");
	connect_client(self);
	EXPECT_EQ(0, write_register(&self->gdb));
}

TEST_F(gdbstub, broken_packets)
{
	static const struct {
		const char *bytes;
		int ret;
	} cases[] = {
		{ "$OK#9a",	0 },
		{ "$OK#9A",	0 },
		{ "$OK#9b",	-EBADMSG },
		{ "$OJ#9a",	-EBADMSG },
		{ "$OK#-1",	-EBADMSG },
		{ "$#zz",	-EBADMSG },
		{ "$#0x",	-EBADMSG },
		{ "$OK#9",	-EPIPE },
		{ "$OK",	-EPIPE },
		{ "OK#9a",	-EPIPE },
		{ "-",		-EPIPE },
		{ "",		-EPIPE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		expect_packet(self, "Z1,1000000,1");
		send_raw(self, cases[i].bytes);
		fake_peer_hang_up(&self->peer);
		connect_client(self);
		EXPECT_EQ(cases[i].ret, set_breakpoint(&self->gdb)) {
			TH_LOG("packet: %s", cases[i].bytes);
		}
		EXPECT_EQ(0, disconnect(self));
	}
}

TEST_F(gdbstub, packets_byte_by_byte)
{
	self->peer.max_piece = 1;
	expect_packet(self, "m1000000,2");
	send_packet(self, "ab12");
	expect_packet(self, "c");
	send_packet(self, "T05thread:01;");
	connect_client(self);
	EXPECT_EQ(0, read_ab12(&self->gdb));
	EXPECT_EQ(0, run(&self->gdb));
}

TEST_F(gdbstub, acknowledgments_everywhere)
{
	expect_packet(self, "m1000000,2");
	send_raw(self, "++-+");
	send_packet(self, "ab12");
	send_raw(self, "+");
	expect_packet(self, "Z1,1000000,1");
	send_raw(self, "+$OK#9a+");
	fake_peer_expect(&self->peer, "+", 1);
	connect_client(self);
	EXPECT_EQ(0, read_ab12(&self->gdb));
	EXPECT_EQ(0, set_breakpoint(&self->gdb));
}

TEST_F(gdbstub, two_packets_in_one_read)
{
	expect_packet(self, "Z1,1000000,1");
	send_raw(self, "$OK#9a+$S05#b8");
	fake_peer_expect(&self->peer, "++", 2);
	connect_client(self);
	EXPECT_EQ(0, set_breakpoint(&self->gdb));
	EXPECT_EQ(0, gdb_wait_stop(&self->gdb, 0));
}

TEST_F(gdbstub, memory_of_many_packets)
{
	static uint8_t memory[3 * GDB_MEMORY_MAX + 1], copy[sizeof(memory)];
	const size_t lens[] = {
		0, 1, GDB_MEMORY_MAX - 1, GDB_MEMORY_MAX, GDB_MEMORY_MAX + 1,
		2 * GDB_MEMORY_MAX, sizeof(memory),
	};
	unsigned int seed = 1;

	for (size_t i = 0; i < sizeof(memory); i++)
		memory[i] = rand_r(&seed);

	for (size_t i = 0; i < ARRAY_SIZE(lens); i++) {
		fake_stub_expect_read(&self->peer, ADDR, memory, lens[i]);
		fake_stub_expect_write(&self->peer, ~0ULL - sizeof(memory),
				       memory, lens[i]);
		connect_client(self);
		memset(copy, 0, sizeof(copy));
		ASSERT_EQ(0, gdb_read(&self->gdb, ADDR, copy, lens[i]));
		EXPECT_EQ(0, memcmp(memory, copy, lens[i]));
		EXPECT_EQ(0, gdb_write(&self->gdb, ~0ULL - sizeof(memory),
				       memory, lens[i]));
		EXPECT_EQ(0, disconnect(self));
	}
}

TEST_F(gdbstub, error_in_a_later_packet)
{
	static uint8_t memory[GDB_MEMORY_MAX + 16];

	fake_stub_expect_read(&self->peer, 0x1000, memory, GDB_MEMORY_MAX);
	expect_packet(self, "m17e0,10");
	send_packet(self, "E14");
	connect_client(self);
	EXPECT_EQ(-EREMOTEIO, gdb_read(&self->gdb, 0x1000, memory,
				       sizeof(memory)));
}

TEST_F(gdbstub, endless_packet)
{
	char bytes[sizeof(self->gdb.buf)];

	memset(bytes, 'a', sizeof(bytes));
	bytes[0] = '$';
	expect_packet(self, "m1000000,2");
	fake_peer_send(&self->peer, bytes, sizeof(bytes));
	connect_client(self);
	EXPECT_EQ(-EMSGSIZE, read_ab12(&self->gdb));
}

/* The packet is complete, but longer than the maximum. */
TEST_F(gdbstub, long_packet)
{
	char bytes[GDB_PACKET_MAX + 4];

	memset(bytes, 'a', sizeof(bytes));
	bytes[0] = '$';
	bytes[sizeof(bytes) - 3] = '#';
	expect_packet(self, "m1000000,2");
	fake_peer_send(&self->peer, bytes, sizeof(bytes));
	connect_client(self);
	EXPECT_EQ(-EMSGSIZE, read_ab12(&self->gdb));
}

TEST_F(gdbstub, silent_peer)
{
	int64_t start;

	expect_packet(self, "Z1,1000000,1");
	expect_packet(self, "c");
	connect_client(self);
	self->gdb.timeout_ms = SHORT_MS;
	start = host_now_ms();
	EXPECT_EQ(-ETIMEDOUT, set_breakpoint(&self->gdb));
	EXPECT_LE(SHORT_MS, host_now_ms() - start);
	EXPECT_GT(TIMEOUT_MS, host_now_ms() - start);

	/* gdb_wait_stop() has its own timeout */
	self->gdb.timeout_ms = TIMEOUT_MS;
	start = host_now_ms();
	ASSERT_EQ(0, gdb_continue(&self->gdb));
	EXPECT_EQ(-ETIMEDOUT, gdb_wait_stop(&self->gdb, SHORT_MS));
	EXPECT_LE(SHORT_MS, host_now_ms() - start);
	EXPECT_GT(TIMEOUT_MS, host_now_ms() - start);
}

TEST_F(gdbstub, peer_gone_before_the_request)
{
	fake_peer_hang_up(&self->peer);
	connect_client(self);
	ASSERT_EQ(0, fake_peer_finish(&self->peer));
	EXPECT_EQ(-EPIPE, set_breakpoint(&self->gdb));
	EXPECT_EQ(-EPIPE, gdb_continue(&self->gdb));
	EXPECT_EQ(-EPIPE, gdb_wait_stop(&self->gdb, TIMEOUT_MS));
}

/* QEMU does not wait for the acknowledgment. */
TEST_F(gdbstub, peer_gone_after_its_last_words)
{
	send_raw(self, "$W00#b7");
	fake_peer_hang_up(&self->peer);
	connect_client(self);
	ASSERT_EQ(0, fake_peer_finish(&self->peer));
	EXPECT_EQ(-ESHUTDOWN, gdb_wait_stop(&self->gdb, TIMEOUT_MS));
}

TEST_F(gdbstub, random_pieces)
{
	const int rounds = 300;

	self->peer.max_piece = 6;
	for (int i = 0; i < rounds; i++) {
		expect_packet(self, "m1000000,2");
		send_packet(self, "ab12");
		expect_packet(self, "c");
		send_packet(self, "T05thread:01;");
	}
	connect_client(self);
	for (int i = 0; i < rounds; i++) {
		ASSERT_EQ(0, read_ab12(&self->gdb));
		ASSERT_EQ(0, run(&self->gdb));
	}
}

TEST_F(gdbstub, random_corruption)
{
	unsigned int seed = 1;
	int failed = 0;

	for (int i = 0; i < 3000; i++) {
		int ret;

		expect_packet(self, "Z1,1000000,1");
		send_packet(self, "OK");
		expect_packet(self, "m1000000,2");
		send_packet(self, "ab12");
		expect_packet(self, "c");
		send_packet(self, "T05thread:01;");
		if (i % 2)
			fake_stub_corrupt(&self->peer, &seed);
		for (int n = rand_r(&seed) % 4; n > 0; n--)
			fake_peer_corrupt(&self->peer, &seed);

		gdb_init(&self->gdb, fake_peer_start_unchecked(&self->peer),
			 TIMEOUT_MS);
		ret = set_breakpoint(&self->gdb);
		if (!ret)
			ret = read_ab12(&self->gdb);
		if (!ret)
			ret = run(&self->gdb);
		if (ret) {
			failed++;
			ASSERT_GT(0, ret);
			ASSERT_NE(-ETIMEDOUT, ret);
		}
		ASSERT_EQ(0, disconnect(self));
	}

	EXPECT_LT(0, failed);
	EXPECT_GT(3000, failed);
}

TEST_HARNESS_MAIN
