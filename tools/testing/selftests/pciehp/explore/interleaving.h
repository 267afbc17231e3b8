/* SPDX-License-Identifier: GPL-2.0-only */
/* An interleaving: a scenario, and operations at given points of it. */
#ifndef EXPLORE_INTERLEAVING_H
#define EXPLORE_INTERLEAVING_H

#include <stddef.h>

#include "operations.h"
#include "points.h"
#include "scenario.h"

#define ID_SIZE		256
#define EVENTS_MAX	2

/**
 * struct event - an operation at a point
 * @operation: the operation
 * @point: the point at which the machine stops for the operation
 * @hit: number of the hit of @point at which it stops, counted from 1 and from the
 *	previous event
 * @stop: with two CPUs, the point at which the CPU that runs the operation stops while
 *	the other CPU continues from @point as far as it can; or NULL
 * @stop_hit: number of the hit of @stop, counted from 1
 */
struct event {
	const struct operation *operation;
	const struct point *point;
	int hit;
	const struct point *stop;
	int stop_hit;
};

/**
 * struct interleaving - a scenario, and the events in it
 * @scenario: the scenario
 * @events: the events, in the order in which they happen
 * @n_events: number of events; 0 runs the scenario alone
 */
struct interleaving {
	const struct scenario *scenario;
	struct event events[EVENTS_MAX];
	int n_events;
};

void interleaving_format(const struct interleaving *interleaving,
			 char id[ID_SIZE]);
int interleaving_parse(struct interleaving *interleaving, const char *id,
		       const struct points *points, char *why, size_t size);
const char *interleaving_events(const char *id);

#endif /* EXPLORE_INTERLEAVING_H */
