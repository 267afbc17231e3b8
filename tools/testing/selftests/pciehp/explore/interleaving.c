// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interleaving.h"
#include "operations.h"
#include "points.h"
#include "scenario.h"
#include "scenarios.h"

#define NAME_SIZE	64

/**
 * interleaving_format() - format the name of an interleaving
 * @interleaving: the interleaving
 * @id: receives SCENARIO, followed by /OPERATION@FUNCTION+OFFSET#HIT for each event; an
 *	operation that stops at a point has ~FUNCTION+OFFSET#HIT appended
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
		if (event->stop && len < ID_SIZE)
			len += snprintf(id + len, ID_SIZE - len, "~%s+%#x#%d",
					event->stop->function,
					event->stop->offset,
					event->stop_hit);
	}
}

/**
 * interleaving_events() - find the events in the name of an interleaving
 * @id: the name
 *
 * Return: the part of @id after the scenario's name, empty if there are no events.
 */
const char *interleaving_events(const char *id)
{
	return id + strcspn(id, "/");
}

/* Returns the length of "FUNCTION+OFFSET#HIT", or -ENOENT. */
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

/* Returns the length of one event's text, or -ENOENT. */
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
	ret = parse_point(&event->stop, &event->stop_hit, text + len + 1,
			  points, why, size);

	return ret < 0 ? ret : len + 1 + ret;
}

/* An operation that stops at a point needs a CPU other than the one at its event. */
static bool can_stop(const struct interleaving *interleaving)
{
	const struct scenario *scenario = interleaving->scenario;

	for (int i = 0; i < interleaving->n_events; i++) {
		const struct event *event = &interleaving->events[i];

		if (event->stop &&
		    (event->stop == event->point ||
		     !operation_uses_second_cpu(event->operation, scenario)))
			return false;
	}

	return true;
}

/**
 * interleaving_parse() - parse the name of an interleaving
 * @interleaving: receives the interleaving
 * @id: a name as formatted by interleaving_format()
 * @points: injection points of the kernel
 * @why: receives the reason if there is no such interleaving
 * @size: size of @why
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
