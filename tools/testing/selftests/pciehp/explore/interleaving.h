/* SPDX-License-Identifier: GPL-2.0-only */
/* One scenario, with one or two events. */
#ifndef EXPLORE_INTERLEAVING_H
#define EXPLORE_INTERLEAVING_H

#include <stddef.h>

#include "operations.h"
#include "points.h"
#include "scenario.h"

#define ID_SIZE		256
#define EVENTS_MAX	2

/**
 * struct event - something that happens at a point
 * @operation: what
 * @point: where the machine stops for it
 * @hit: at the how many-th time that it reaches there, from 1, after the event
 *	before
 * @until: with two CPUs, where the one that does the operation stops, until the other
 *	has gone on from @point as far as it can; or NULL
 * @until_hit: at the how many-th time
 */
struct event {
	const struct operation *operation;
	const struct point *point;
	int hit;
	const struct point *until;
	int until_hit;
};

/**
 * struct interleaving - one scenario, and what happens meanwhile
 * @scenario: the scenario
 * @events: what happens, one after the other
 * @n_events: how many; none is the scenario alone
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
