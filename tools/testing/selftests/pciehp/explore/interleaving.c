// SPDX-License-Identifier: GPL-2.0-only
/* One scenario, with one or two events: its name, and what comes of it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"

#define NAME_SIZE	64

/**
 * interleaving_format() - its name
 * @interleaving: the interleaving
 * @id: receives SCENARIO, and /OPERATION@FUNCTION+OFFSET#HIT for each event, with
 *	~FUNCTION+OFFSET#HIT after it for where the operation stops
 */
void interleaving_format(const struct interleaving *interleaving,
			 char id[ID_SIZE])
{
	int len = snprintf(id, ID_SIZE, "%s", interleaving->scenario->name);

	for (int i = 0; i < interleaving->n_events && len < ID_SIZE; i++) {
		const struct event *event = &interleaving->events[i];

		len += snprintf(id + len, ID_SIZE - len, "/%s@%s+%#x#%d",
				event->operation->name, event->point->function,
				event->point->offset, event->hit);
		if (event->until && len < ID_SIZE)
			len += snprintf(id + len, ID_SIZE - len, "~%s+%#x#%d",
					event->until->function,
					event->until->offset,
					event->until_hit);
	}
}

/**
 * interleaving_events() - its name without that of the scenario
 * @id: the name
 *
 * Return: the rest of it, which is empty if nothing happens.
 */
const char *interleaving_events(const char *id)
{
	return id + strcspn(id, "/");
}

/* The length of "FUNCTION+OFFSET#HIT", or -ENOENT. */
static int parse_point(const struct point **point, int *hit, const char *text,
		       const struct points *points, char *why, size_t size)
{
	char function[NAME_SIZE];
	unsigned int offset;
	int len = 0;

	if (sscanf(text, "%63[^+]+%x#%d%n", function, &offset, hit,
		   &len) != 3 || *hit < 1) {
		snprintf(why, size,
			 "'%s' is not of the form FUNCTION+0xOFFSET#HIT", text);
		return -ENOENT;
	}
	*point = points_find(points, function, offset);
	if (!*point)
		snprintf(why, size, "the kernel has no point %s+%#x", function,
			 offset);

	return *point ? len : -ENOENT;
}

/* The length of one event's text, or -ENOENT. */
static int parse_event(struct event *event, const char *text,
		       const struct points *points, char *why, size_t size)
{
	char operation[NAME_SIZE];
	int len = 0, ret;

	if (sscanf(text, "/%63[^@]@%n", operation, &len) != 1 || !len) {
		snprintf(why, size,
			 "'%s' is not of the form /OPERATION@FUNCTION+0xOFFSET#HIT",
			 text);
		return -ENOENT;
	}
	event->operation = operation_find(operation);
	if (!event->operation) {
		snprintf(why, size, "no operation is called '%s'", operation);
		return -ENOENT;
	}
	ret = parse_point(&event->point, &event->hit, text + len, points, why,
			  size);
	if (ret < 0)
		return ret;
	len += ret;
	if (text[len] != '~')
		return len;
	ret = parse_point(&event->until, &event->until_hit, text + len + 1,
			  points, why, size);

	return ret < 0 ? ret : len + 1 + ret;
}

/* Does each operation that is to stop somewhere run on a CPU of its own? */
static bool can_stop(const struct interleaving *interleaving)
{
	const struct scenario *scenario = interleaving->scenario;

	for (int i = 0; i < interleaving->n_events; i++) {
		const struct event *event = &interleaving->events[i];

		if (event->until &&
		    (event->until == event->point ||
		     !operation_has_cpu(event->operation, scenario)))
			return false;
	}

	return true;
}

/**
 * interleaving_parse() - the interleaving of a name
 * @interleaving: receives it
 * @id: the name, as of interleaving_format()
 * @points: of the kernel
 * @why: receives the reason when there is none of that name
 * @size: room in @why
 *
 * Return: 0 or -ENOENT.
 */
int interleaving_parse(struct interleaving *interleaving, const char *id,
		       const struct points *points, char *why, size_t size)
{
	char scenario[NAME_SIZE];
	int len;

	*interleaving = (struct interleaving){ .n_events = 0 };
	snprintf(scenario, sizeof(scenario), "%.*s", (int)strcspn(id, "/"), id);
	interleaving->scenario = scenario_find(scenario);
	if (!interleaving->scenario) {
		snprintf(why, size, "no scenario is called '%s'", scenario);
		return -ENOENT;
	}
	for (id += strcspn(id, "/"); *id; id += len) {
		if (interleaving->n_events == EVENTS_MAX) {
			snprintf(why, size, "it has more than %d events",
				 EVENTS_MAX);
			return -ENOENT;
		}
		len = parse_event(&interleaving->events[interleaving->n_events++],
				  id, points, why, size);
		if (len < 0)
			return len;
	}
	if (!can_stop(interleaving)) {
		snprintf(why, size,
			 "no CPU can stop there while another stays at the point");
		return -ENOENT;
	}

	return 0;
}

static void go_through(struct guest *guest,
		       const struct interleaving *interleaving,
		       const struct points *points, const char *requests,
		       struct course *course, FILE *details)
{
	int ret;

	ret = course_follow(guest, interleaving, points, requests, course,
			    details);
	if (!ret)
		verdict_judge(guest, interleaving, points, course);
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
				const struct course *course)
{
	if (guest->result.skip[0])
		return "skipped";
	if (guest->result.error && !course->ended)
		return "error";
	if (json_array_size(guest->result.problems))
		return "violation";
	if (!course->judged)
		return course->operated == -ECANCELED ? "inapplicable" :
							"error";
	if (course->reached < interleaving->n_events || course->missed)
		return "not reached";
	switch (course->operated) {
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
	struct course course = { 0 };
	struct beginning beginning;
	struct guest guest;
	const char *verdict;
	json_t *outcome;

	interleaving_format(interleaving, id);
	snprintf(state, sizeof(state), "%s/%s", states,
		 interleaving->scenario->name);
	if (!scenario_load(&guest, interleaving->scenario, state, NULL,
			   &beginning))
		go_through(&guest, interleaving, points, beginning.request,
			   &course, details);
	if (!interleaving->n_events && beginning.problems)
		json_array_extend(guest.result.problems, beginning.problems);
	json_decref(beginning.problems);
	course.ended = note_end(&guest);
	if (details)
		print_details(&guest, details);

	verdict = name_verdict(&guest, interleaving, &course);
	outcome = json_pack("{s:s, s:s, s:O, s:I}", "id", id, "verdict", verdict,
			    "problems", guest.result.problems, "host_ms",
			    (json_int_t)(host_now_ms() - start_ms));
	batch_free(&course.batch);
	guest_forget(&guest);
	result_cleanup(&guest.result);

	return outcome;
}
