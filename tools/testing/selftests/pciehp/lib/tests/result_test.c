// SPDX-License-Identifier: GPL-2.0-only
/* The verdict and the latency in the result of a case. No guest is needed. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../../kselftest_harness.h"

#include "util/result.h"

FIXTURE(outcome)
{
	struct result result;
	char dir[32];
	json_t *written;
};

FIXTURE_SETUP(outcome)
{
	result_init(&self->result, "case");
	snprintf(self->dir, sizeof(self->dir), "/tmp/result.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	self->result.complete = true;
}

FIXTURE_TEARDOWN(outcome)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/case.json", self->dir);
	unlink(path);
	rmdir(self->dir);
	json_decref(self->written);
	result_cleanup(&self->result);
}

/* Write the result, and read it as the runner does. */
static json_t *write_and_read(FIXTURE_DATA(outcome) *self)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/case.json", self->dir);
	json_decref(self->written);
	self->written = NULL;
	if (!result_write(&self->result, self->dir, 0))
		self->written = json_load_file(path, 0, NULL);

	return self->written;
}

static const char *verdict(FIXTURE_DATA(outcome) *self)
{
	json_t *verdict = json_object_get(write_and_read(self), "verdict");

	return json_string_value(verdict) ?: "none";
}

TEST_F(outcome, ok)
{
	EXPECT_TRUE(result_ok(&self->result));
	EXPECT_STREQ("ok", verdict(self));
}

TEST_F(outcome, problem)
{
	result_problem(&self->result, "wrong");
	EXPECT_FALSE(result_ok(&self->result));
	EXPECT_STREQ("FAIL", verdict(self));
}

/* The verdict contains the worst finding and the timeouts. */
TEST_F(outcome, lost_event_and_timeouts)
{
	self->result.pending = 0x10;
	self->result.asleep = true;
	result_lost(&self->result, "lost");
	EXPECT_STREQ("LOST", verdict(self));
	for (int i = 0; i < 2; i++)
		json_array_append_new(self->result.timeouts, json_string("late"));
	EXPECT_STREQ("LOST, TIMEOUT x 2", verdict(self));
	self->result.lost = false;
	EXPECT_STREQ("ASLEEP, TIMEOUT x 2", verdict(self));
	self->result.asleep = false;
	EXPECT_STREQ("PENDING 0x0010, TIMEOUT x 2", verdict(self));
	self->result.pending = 0;
	EXPECT_STREQ("TIMEOUT x 2", verdict(self));
}

TEST_F(outcome, error_counts_most)
{
	result_lost(&self->result, "lost");
	result_error(&self->result, "no answer");
	EXPECT_FALSE(result_ok(&self->result));
	EXPECT_STREQ("ERROR", verdict(self));
}

/* The guest was not running when the invariants were to be checked. */
TEST_F(outcome, incomplete_is_an_error)
{
	self->result.complete = false;
	EXPECT_FALSE(result_ok(&self->result));
	EXPECT_STREQ("ERROR", verdict(self));
}

TEST_F(outcome, skip_has_its_reason)
{
	result_skip(&self->result, "no card");
	self->result.complete = false;
	EXPECT_TRUE(result_ok(&self->result));
	EXPECT_STREQ("SKIP no card", verdict(self));
}

TEST_F(outcome, skip_hides_no_problem)
{
	result_lost(&self->result, "lost");
	result_skip(&self->result, "no card");
	EXPECT_FALSE(result_ok(&self->result));
	EXPECT_STREQ("LOST", verdict(self));
	result_error(&self->result, "no answer");
	EXPECT_STREQ("ERROR", verdict(self));
}

/* The longest of all steps of the same kind as the last one. */
TEST_F(outcome, latency)
{
	json_t *latency;

	result_step(&self->result, "hot-add", 0, 90000000);
	result_step(&self->result, "hot-remove", 100000000, 130000000);
	result_step(&self->result, "hot-remove", 200000000, 210000000);
	latency = json_object_get(write_and_read(self), "latency_ms");
	EXPECT_EQ(30.0, json_real_value(latency));
}

TEST_HARNESS_MAIN
