/* SPDX-License-Identifier: GPL-2.0-only */
/* The result of one case: text on stderr, and a JSON file. */
#ifndef LIBPCIEHP_UTIL_RESULT_H
#define LIBPCIEHP_UTIL_RESULT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "util/compiler.h"

/**
 * struct result - the result of one case
 * @name: fixture, variant and test, separated by dots
 * @steps: operations, and the guest times at which the guest detected them
 * @problems: texts of all failures
 * @timeouts: the kernel's "Timeout on hotplug command" messages
 * @lost: the guest did not detect an event
 * @pending: events in Slot Status whose interrupt is lost
 * @asleep: a port is suspended and nothing can wake it
 * @timeline: every request to the guest, and the guest time of its answer
 * @timeline_size: bytes of @timeline
 * @timeline_file: stream that writes to @timeline
 * @skip: why the case cannot be run, or empty
 * @booted: the guest's agent has answered
 * @complete: the guest was still running when its invariants were checked
 * @error: the case could not be completed
 * @start_ms: host time at which the case began
 */
struct result {
	char name[128];
	json_t *steps;
	json_t *problems;
	json_t *timeouts;
	bool lost;
	uint16_t pending;
	bool asleep;
	char *timeline;
	size_t timeline_size;
	FILE *timeline_file;
	char skip[256];
	bool booted;
	bool complete;
	bool error;
	int64_t start_ms;
};

void result_init(struct result *result, const char *name);
void result_cleanup(struct result *result);
void result_step(struct result *result, const char *step, int64_t from_ns,
		 int64_t to_ns);
void result_request(struct result *result, const char *request);
void result_answer(struct result *result, int error, int64_t time_ns,
		   int64_t now_ns);
__printf(2, 3)
const char *result_skip(struct result *result, const char *fmt, ...);
__printf(2, 3)
void result_lost(struct result *result, const char *fmt, ...);
__printf(2, 3)
void result_problem(struct result *result, const char *fmt, ...);
const char *result_first_problem(const struct result *result);
__printf(2, 3)
void result_error(struct result *result, const char *fmt, ...);
void result_merge(struct result *result, const struct result *from,
		  const char *whose);
bool result_ok(const struct result *result);
int result_write(const struct result *result, const char *dir,
		 long peak_kib);
int result_write_timeline(struct result *result, const char *dir,
			  const char *log);
int result_write_trace(const struct result *result, const char *dir,
		       const char *trace);

#endif /* LIBPCIEHP_UTIL_RESULT_H */
