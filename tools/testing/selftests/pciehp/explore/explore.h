/* SPDX-License-Identifier: GPL-2.0-only */
/* One event at one instruction, again and again. */
#ifndef EXPLORE_H
#define EXPLORE_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "interleaving.h"
#include "points.h"

/**
 * struct explore - one run of the program
 * @kernel: the guest's kernel
 * @vmlinux: the same with debug information
 * @dir: where results go
 * @states: where saved states are
 * @points: of the kernel
 * @jobs: how many interleavings at once
 * @seconds: after how long no more are begun, or 0
 * @limit: after how many, or 0
 * @scenarios: pattern of their names, or NULL for those of the cut
 * @operations: pattern of their names, or NULL for those of the cut
 * @functions: pattern of the functions whose points count
 * @groups: pattern of the groups, see sources[]
 * @every_instruction: not only entries and calls count
 * @full: all scenarios and operations are in the cut, not only the quick ones
 * @hits: up to which hit of a point
 * @pairs: two operations at two points; or one, which stops at a point itself
 * @once: an event is not tried in another scenario when one has told something
 * @until_found: end with the first violation that is not expected
 * @expect: path of a file that tells what is expected, or NULL
 * @replay: what makes a command of a replay's name, as of printf()
 * @coverage: what coverage_run() found, by index of the scenario
 * @n_coverage: how many of these there are so far
 * @plan: the interleavings
 * @n_plan: how many
 */
struct explore {
	const char *kernel;
	const char *vmlinux;
	const char *dir;
	char states[PATH_MAX];
	struct points points;
	unsigned int jobs;
	int seconds;
	size_t limit;
	const char *scenarios;
	const char *operations;
	const char *functions;
	const char *groups;
	bool every_instruction;
	bool full;
	int hits;
	bool pairs;
	bool once;
	bool until_found;
	const char *expect;
	const char *replay;
	json_t **coverage;
	size_t n_coverage;
	struct interleaving *plan;
	size_t n_plan;
};

#endif /* EXPLORE_H */
