// SPDX-License-Identifier: GPL-2.0-only
/* Runs all interleavings of a plan, several at once. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coverage.h"
#include "explore.h"
#include "interleaving.h"
#include "plan.h"
#include "points.h"
#include "report.h"
#include "results.h"
#include "run.h"
#include "scenario.h"
#include "scenarios.h"
#include "signature.h"
#include "sweep.h"
#include "workers.h"

#include "util/compiler.h"
#include "util/host_clock.h"

#define REPLAYS		3
#define SIGNATURE_SIZE	1024

/**
 * struct sweep - state of a sweep
 * @explore: the run
 * @results: all results, also those of earlier runs
 * @todo: indices of the interleavings that are to be run
 * @n_todo: number of these, or 0 once the sweep is to end
 * @done: number of interleavings that were run
 * @violations: number of these with a violation
 * @start_ms: host time at the start
 * @error: error of writing the results, or 0
 * @conclusive: the events that have a conclusive verdict
 */
struct sweep {
	struct explore *explore;
	json_t *results;
	size_t *todo;
	size_t n_todo;
	size_t done;
	size_t violations;
	int64_t start_ms;
	int error;
	json_t *conclusive;
};

/* On a terminal, a line replaces the previous one. Elsewhere, one line in @every is printed. */
__printf(3, 4)
static void show_progress(size_t done, size_t every, const char *fmt, ...)
{
	bool terminal = isatty(STDERR_FILENO);
	va_list ap;

	if (!terminal && done % every)
		return;
	va_start(ap, fmt);
	fputs(terminal ? "\r\033[K" : "", stderr);
	vfprintf(stderr, fmt, ap);
	fputs(terminal ? "" : "\n", stderr);
	va_end(ap);
}

/* The library prints errors that are also in the results. */
static void silence_stderr(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	dup2(null, STDERR_FILENO);
	close(null);
}

static json_t *run_coverage(void *context, size_t job)
{
	struct explore *explore = context;

	silence_stderr();

	return coverage_run(&scenarios[job], &explore->points, explore->states);
}

static bool coverage_done(void *context, size_t job, json_t *result)
{
	struct explore *explore = context;
	const char *error;

	explore->coverage[job] = json_incref(result);
	error = json_string_value(json_object_get(result, "error")) ?:
		json_string_value(json_object_get(result, "skip"));
	if (error)
		fprintf(stderr, "%s is left out: %s\n", scenarios[job].name,
			error);
	explore->n_coverage++;
	show_progress(explore->n_coverage, 10, "%zu scenarios run: %s",
		      explore->n_coverage, scenarios[job].name);

	return true;
}

static bool coverage_wanted(void *context, size_t job)
{
	return plan_has_scenario(context, &scenarios[job]);
}

/**
 * sweep_coverage() - save the start of all scenarios, and find the points that they hit
 * @explore: the run, whose @coverage is filled
 *
 * Return: 0 or a negative errno.
 */
int sweep_coverage(struct explore *explore)
{
	const struct work work = {
		.n = n_scenarios,
		.parallel = explore->jobs,
		.wanted = coverage_wanted,
		.run = run_coverage,
		.done = coverage_done,
		.context = explore,
	};

	explore->coverage = calloc(n_scenarios, sizeof(*explore->coverage));

	return explore->coverage ? workers_run(&work) : -ENOMEM;
}

static void format_signature(json_t *result,
			     const struct interleaving *interleaving,
			     char signature[SIGNATURE_SIZE])
{
	signature_format(interleaving->scenario->name,
			 json_object_get(result, "problems"), signature,
			 SIGNATURE_SIZE);
}

static bool is_violation(json_t *result)
{
	const char *verdict;

	verdict = json_string_value(json_object_get(result, "verdict"));

	return verdict && !strcmp(verdict, "violation");
}

static bool hangs(json_t *result)
{
	json_t *problem;
	size_t i;

	json_array_foreach(json_object_get(result, "problems"), i, problem) {
		if (!strcmp(json_string_value(problem) ?: "", GUEST_HANGS))
			return true;
	}

	return false;
}

/*
 * Replays a violation, and counts how often it is the same. The first replay writes the
 * details to a file. If that file exists, another worker has replayed this signature.
 */
static void replay(struct sweep *sweep, const struct interleaving *interleaving,
		   json_t *result, const char *signature)
{
	bool known = report_expects(sweep->explore->expect, result);
	char path[PATH_MAX], again[SIGNATURE_SIZE];
	json_t *other;
	int same = 0;
	FILE *details;

	snprintf(path, sizeof(path), "%s/%s-%016llx.txt", sweep->explore->dir,
		 known ? "known-violation" : "violation",
		 (unsigned long long)signature_hash(signature));
	details = fopen(path, "wxe");
	if (!details && !hangs(result))
		return;
	for (int i = 0; i < REPLAYS; i++) {
		other = interleaving_run(interleaving, &sweep->explore->points,
					 sweep->explore->states,
					 i ? NULL : details);
		format_signature(other, interleaving, again);
		same += is_violation(other) && !strcmp(signature, again);
		json_decref(other);
	}
	if (details)
		fclose(details);
	/* the host was too slow, which proves nothing about the guest */
	if (!same && hangs(result)) {
		json_object_set_new(result, "verdict", json_string("error"));
		if (details)
			unlink(path);
		return;
	}
	if (!details)
		return;
	json_object_set_new(result, "replays", json_integer(REPLAYS));
	json_object_set_new(result, "same", json_integer(same));
	json_object_set_new(result, "details", json_string(path));
}

static void record_conclusive(struct sweep *sweep, json_t *result)
{
	const char *id = json_string_value(json_object_get(result, "id"));

	if (id && result_is_conclusive(result))
		json_object_set_new(sweep->conclusive, interleaving_events(id),
				    json_true());
}

static bool interleaving_wanted(void *context, size_t job)
{
	const struct sweep *sweep = context;
	const char *events;
	char id[ID_SIZE];

	interleaving_format(&sweep->explore->plan[sweep->todo[job]], id);
	events = interleaving_events(id);

	return !sweep->explore->once || !*events ||
	       !json_object_get(sweep->conclusive, events);
}

static json_t *run_interleaving(void *context, size_t job)
{
	struct sweep *sweep = context;
	const struct interleaving *interleaving;
	char signature[SIGNATURE_SIZE];
	json_t *result;

	silence_stderr();
	interleaving = &sweep->explore->plan[sweep->todo[job]];
	result = interleaving_run(interleaving, &sweep->explore->points,
				  sweep->explore->states, NULL);
	if (!is_violation(result))
		return result;
	format_signature(result, interleaving, signature);
	json_object_set_new(result, "signature", json_string(signature));
	replay(sweep, interleaving, result, signature);

	return result;
}

static bool time_is_up(const struct sweep *sweep)
{
	const struct explore *explore = sweep->explore;

	return explore->seconds &&
	       host_now_ms() - sweep->start_ms > explore->seconds * 1000LL;
}

static bool interleaving_done(void *context, size_t job, json_t *result)
{
	struct sweep *sweep = context;
	const struct explore *explore = sweep->explore;
	char id[ID_SIZE];

	interleaving_format(&explore->plan[sweep->todo[job]], id);
	if (!json_is_object(result))
		result = json_pack("{s:s, s:s, s:[s]}", "id", id, "verdict",
				   "error", "problems", "the worker died");
	else
		json_incref(result);
	sweep->done++;
	record_conclusive(sweep, result);
	sweep->error = results_add(explore, sweep->results, result);
	if (is_violation(result))
		sweep->violations++;
	show_progress(sweep->done, 100, "%zu of %zu, %.1f a second, %zu violations: %s",
		      sweep->done, sweep->n_todo,
		      sweep->done * 1000.0 / (host_now_ms() - sweep->start_ms + 1),
		      sweep->violations, id);
	if (explore->until_found && is_violation(result) &&
	    !report_expects(explore->expect, result))
		sweep->n_todo = 0;
	json_decref(result);

	return !sweep->error && sweep->n_todo && !time_is_up(sweep);
}

/* Details of another kernel's violations, or of a replay that was interrupted. */
static void remove_old_details(const struct sweep *sweep)
{
	json_t *kept = json_object(), *result;
	const char *id, *details;
	char pattern[PATH_MAX];
	glob_t found;

	json_object_foreach(sweep->results, id, result) {
		details = json_string_value(json_object_get(result, "details"));
		if (details)
			json_object_set_new(kept, details, json_true());
	}
	snprintf(pattern, sizeof(pattern), "%s/*violation-*.txt",
		 sweep->explore->dir);
	if (!glob(pattern, 0, NULL, &found)) {
		for (size_t i = 0; i < found.gl_pathc; i++) {
			if (!json_object_get(kept, found.gl_pathv[i]))
				unlink(found.gl_pathv[i]);
		}
		globfree(&found);
	}
	json_decref(kept);
}

static int list_todo(struct sweep *sweep)
{
	struct explore *explore = sweep->explore;
	char id[ID_SIZE];
	const char *key;
	json_t *result;

	json_object_foreach(sweep->results, key, result)
		record_conclusive(sweep, result);
	sweep->todo = calloc(explore->n_plan ?: 1, sizeof(*sweep->todo));
	if (!sweep->todo)
		return -ENOMEM;
	for (size_t i = 0; i < explore->n_plan; i++) {
		if (explore->limit && i >= explore->limit)
			break;
		if (i % explore->parts != explore->part - 1)
			continue;
		interleaving_format(&explore->plan[i], id);
		if (!result_is_final(json_object_get(sweep->results, id)))
			sweep->todo[sweep->n_todo++] = i;
	}

	return 0;
}

/**
 * sweep_run() - run the planned interleavings that have no result yet
 * @explore: the run
 * @results: from results_open()
 *
 * Return: 0, also if the time is up; -EINTR; or another negative errno.
 */
int sweep_run(struct explore *explore, json_t *results)
{
	struct sweep sweep = {
		.explore = explore,
		.results = results,
		.start_ms = host_now_ms(),
		.conclusive = json_object(),
	};
	struct work work = {
		.parallel = explore->jobs,
		.wanted = interleaving_wanted,
		.run = run_interleaving,
		.done = interleaving_done,
		.context = &sweep,
	};
	int ret;

	remove_old_details(&sweep);
	ret = list_todo(&sweep);
	work.n = sweep.n_todo;
	if (!ret && work.n)
		ret = workers_run(&work);
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
	if (!ret)
		ret = sweep.error;
	free(sweep.todo);
	json_decref(sweep.conclusive);

	return ret;
}
