// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interleaving.h"
#include "points.h"
#include "progress.h"
#include "run.h"
#include "scenario.h"
#include "scenario_state.h"
#include "verdict.h"

#include "check/gcov.h"
#include "guest/batch.h"
#include "guest/guest.h"
#include "util/host_clock.h"

static void run_and_judge(struct guest *guest,
			  const struct interleaving *interleaving,
			  const struct points *points, const char *requests,
			  struct progress *progress, FILE *details)
{
	int ret;

	ret = progress_run(guest, interleaving, points, requests, progress,
			   details);
	if (!ret)
		verdict_judge(guest, interleaving, points, progress);
	else if (guest->alive && ret != -ECANCELED)
		result_error(&guest->result, "run the interleaving: %s",
			     strerror(-ret));
}

/* Records a panic or a hang as a problem. Returns false if the guest is alive. */
static bool report_dead_guest(struct guest *guest)
{
	if (guest->agent.failure == -ESHUTDOWN)
		result_problem(&guest->result, "the guest panicked");
	else if (guest->agent.failure == -ETIMEDOUT)
		result_problem(&guest->result, GUEST_HANGS);
	else
		return false;

	return true;
}

static const char *name_verdict(const struct guest *guest,
				const struct interleaving *interleaving,
				const struct progress *progress)
{
	if (guest->result.skip[0])
		return "skipped";
	if (guest->result.error && !progress->guest_died)
		return "error";
	if (json_array_size(guest->result.problems))
		return "violation";
	if (!progress->judged)
		return progress->operation_error == -ECANCELED ? "inapplicable" :
							"error";
	if (progress->reached < interleaving->n_events || progress->missed_stop)
		return "not reached";
	switch (progress->operation_error) {
	case 0:
		return "clean";
	case -EREMOTEIO:
		return "refused";
	case -ECANCELED:
	case -EOPNOTSUPP:
		return "inapplicable";
	}

	return "error";
}

static void print_details(struct guest *guest, FILE *details)
{
	const char *problem;
	json_t *value;
	size_t i;

	json_array_foreach(guest->result.problems, i, value) {
		problem = json_string_value(value);
		fprintf(details, "found: %s\n", problem ?: "");
	}
	fflush(guest->result.timeline_file);
	fprintf(details, "requests to the guest:\n%s", guest->result.timeline);
	fprintf(details, "kernel log:\n%s", guest->log ?: "");
	fprintf(details, "trace events:\n%s", guest->trace ?: "(none)\n");
}

/**
 * interleaving_run() - run an interleaving in a new machine, and judge it
 * @interleaving: the interleaving
 * @points: injection points of the kernel
 * @states: directory in which scenario_save() has saved the scenario's state
 * @details: file to which to print registers, requests, log and trace, or NULL
 *
 * Return: the result, an object with "id", "verdict", "problems" and "host_ms".
 */
json_t *interleaving_run(const struct interleaving *interleaving,
			 const struct points *points, const char *states,
			 FILE *details)
{
	char state[PATH_MAX], id[ID_SIZE];
	int64_t start_ms = host_now_ms();
	struct progress progress = { 0 };
	struct scenario_start start;
	struct guest guest;
	const char *verdict;
	json_t *outcome;

	interleaving_format(interleaving, id);
	snprintf(state, sizeof(state), "%s/%s", states,
		 interleaving->scenario->name);
	if (!scenario_load(&guest, interleaving->scenario, state, NULL,
			   &start))
		run_and_judge(&guest, interleaving, points, start.request,
			      &progress, details);
	if (!interleaving->n_events && start.problems)
		json_array_extend(guest.result.problems, start.problems);
	json_decref(start.problems);
	progress.guest_died = report_dead_guest(&guest);
	gcov_save(&guest);
	if (details)
		print_details(&guest, details);

	verdict = name_verdict(&guest, interleaving, &progress);
	outcome = json_pack("{s:s, s:s, s:O, s:I}", "id", id, "verdict", verdict,
			    "problems", guest.result.problems, "host_ms",
			    (json_int_t)(host_now_ms() - start_ms));
	batch_free(&progress.batch);
	guest_cleanup(&guest);
	result_cleanup(&guest.result);

	return outcome;
}
