// SPDX-License-Identifier: GPL-2.0-only
/* The check of the driver's trace events, tested with made-up traces. No guest is needed. */
#include <stdio.h>
#include <string.h>

#include "../../../kselftest_harness.h"

#include "check/trace_contract.h"

#define EVENT		"     <...>-38      [000] d..1.     0.123456: pciehp_"
#define COMMAND		EVENT "command: "
#define INTERRUPT	EVENT "interrupt: "
#define DONE		EVENT "command_done: "

#define ENABLES		"0000:00:08.0 old=0x07c0 new=0x17f1 intended=0x1031\n"
#define DISABLES	"0000:00:08.0 old=0x17f1 new=0x07c0 intended=0x1031\n"
#define COMPLETES	"0000:00:08.0 slot_ctrl=0x17f1 completed latency=0 ms\n"
#define IGNORED		"0000:00:08.0 slot_status=0x0000 intended=0x0000 ignored\n"
#define HANDLED		"0000:00:08.0 slot_status=0x0010 intended=0x1031 handled\n"

FIXTURE(contract)
{
	int violations;
	char why[128];
};

FIXTURE_SETUP(contract)
{
}

FIXTURE_TEARDOWN(contract)
{
}

static void count(void *context, const char *why, const char *event)
{
	FIXTURE_DATA(contract) *self = context;

	self->violations++;
	snprintf(self->why, sizeof(self->why), "%s", why);
}

TEST_F(contract, kept)
{
	EXPECT_EQ(6, contract_check(COMMAND ENABLES INTERRUPT HANDLED
				    DONE COMPLETES COMMAND DISABLES
				    DONE COMPLETES INTERRUPT IGNORED,
				    count, self));
	EXPECT_EQ(0, self->violations);
}

/* The defect of the report: the new value of Slot Control is not stored yet. */
TEST_F(contract, completion_thrown_away)
{
	contract_check(COMMAND ENABLES INTERRUPT IGNORED, count, self);
	EXPECT_EQ(1, self->violations);
	EXPECT_NE(NULL, strstr(self->why, "a command has enabled it"));
}

TEST_F(contract, intended_too_late)
{
	contract_check(COMMAND "0000:00:08.0 old=0x07c0 new=0x17f1 intended=0x0000\n",
		       count, self);
	EXPECT_EQ(1, self->violations);
	EXPECT_NE(NULL, strstr(self->why, "before it is intended"));
}

TEST_F(contract, thrown_away_though_intended)
{
	contract_check(INTERRUPT "0000:00:08.0 slot_status=0x0000 intended=0x1031 ignored\n",
		       count, self);
	EXPECT_EQ(1, self->violations);
	EXPECT_NE(NULL, strstr(self->why, "though it is intended"));
}

TEST_F(contract, command_timed_out)
{
	contract_check(COMMAND ENABLES
		       DONE "0000:00:08.0 slot_ctrl=0x17f1 timed out latency=1000 ms\n",
		       count, self);
	EXPECT_EQ(1, self->violations);
	EXPECT_NE(NULL, strstr(self->why, "does not complete"));
}

/* The interrupt of another port may be disabled. */
TEST_F(contract, ports_are_told_apart)
{
	contract_check(COMMAND ENABLES
		       INTERRUPT "0000:00:08.1 slot_status=0x0000 intended=0x0000 ignored\n",
		       count, self);
	EXPECT_EQ(0, self->violations);
}

/* One of the lost events may be a command that disables the interrupt. */
TEST_F(contract, events_were_lost)
{
	contract_check(COMMAND ENABLES "CPU:0 [LOST 17 EVENTS]\n" INTERRUPT IGNORED,
		       count, self);
	EXPECT_EQ(0, self->violations);
}

TEST_F(contract, format_changed)
{
	contract_check(COMMAND "0000:00:08.0 0x17f1\n" INTERRUPT "0000:00:08.0\n",
		       count, self);
	EXPECT_EQ(2, self->violations);
	EXPECT_NE(NULL, strstr(self->why, "without its values"));
}

TEST_F(contract, no_events)
{
	EXPECT_EQ(0, contract_check("", count, self));
	EXPECT_EQ(0, contract_check("a line\n\n", count, self));
	EXPECT_EQ(0, self->violations);
}

TEST_HARNESS_MAIN
