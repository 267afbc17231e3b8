// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "progress.h"
#include "interleaving.h"
#include "points.h"
#include "run.h"
#include "scenario.h"
#include "scenario_state.h"
#include "verdict.h"

#include "guest/batch.h"
#include "guest/guest.h"
#include "util/host_clock.h"

static void go_through(struct guest *guest,
		       const struct interleaving *interleaving,
		       const struct points *points, const char *requests,
		       struct progress *progress, FILE *details)
{
	int ret;

	ret = progress_follow(guest, interleaving, points, requests, progress,
			    details);
	if (!ret)
		verdict_judge(guest, interleaving, points, progress);
	else if (guest->alive && ret != -ECANCELED)
		result_error(&guest->result, "run the interleaving: %s",
			     strerror(-ret));
}

/* Whether the kernel is to blame for a guest that has come to its end. */
static bool note_end(struct guest *guest)
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
	if (guest->result.error && !progress->ended)
		return "error";
	if (json_array_size(guest->result.problems))
		return "violation";
	if (!progress->judged)
		return progress->operated == -ECANCELED ? "inapplicable" :
							"error";
	if (progress->reached < interleaving->n_events || progress->missed)
		return "not reached";
	switch (progress->operated) {
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
 * interleaving_run() - run it in a fresh machine
 * @interleaving: the interleaving
 * @points: of the kernel
 * @states: path before the name of its scenario, where scenario_save() has left
 *	the state
 * @details: where to tell all about it, or NULL
 *
 * Return: what came of it: "id", "verdict", "problems", "host_ms".
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
		go_through(&guest, interleaving, points, start.request,
			   &progress, details);
	if (!interleaving->n_events && start.problems)
		json_array_extend(guest.result.problems, start.problems);
	json_decref(start.problems);
	progress.ended = note_end(&guest);
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
