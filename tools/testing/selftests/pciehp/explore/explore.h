/* SPDX-License-Identifier: GPL-2.0-only */
/* The options of one run of pciehp_explore, and what it has found so far. */
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
 * @kernel: path of the guest's kernel image
 * @vmlinux: path of the same kernel with debug information
 * @dir: directory for results
 * @states: directory of saved machine states
 * @points: injection points of the kernel
 * @jobs: number of interleavings to run at once
 * @seconds: time after which no interleaving is started, or 0 for no limit
 * @limit: maximum number of interleavings, or 0 for no limit
 * @part: run only that part of the interleavings, from 1
 * @parts: number of parts
 * @scenarios: pattern of the scenarios to run, or NULL for the quick cut
 * @operations: pattern of the operations to run, or NULL for the quick cut
 * @functions: pattern of the functions whose points are used
 * @groups: pattern of the groups whose points are used, see sources[]
 * @every_instruction: use every instruction as a point, not only entries and calls
 * @full: run all scenarios and operations, not only the quick cut
 * @hits: use this many hits of each point
 * @pairs: run two operations at two points, or one operation that stops at a point
 *	itself
 * @once: do not run an event in another scenario after a conclusive verdict
 * @until_found: end with the first violation that is not expected
 * @expect: path of a file with the expected violations, or NULL
 * @replay_command: command that replays an interleaving if its name is appended
 * @coverage: results of coverage_run(), by index of the scenario
 * @n_coverage: number of scenarios with such a result
 * @plan: the interleavings to run
 * @n_plan: number of interleavings in @plan
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
	size_t part;
	size_t parts;
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
	const char *replay_command;
	json_t **coverage;
	size_t n_coverage;
	struct interleaving *plan;
	size_t n_plan;
};

#endif /* EXPLORE_H */
