/* SPDX-License-Identifier: GPL-2.0-only */
/* From where a scenario begins, from event to event, to where all has settled. */
#ifndef EXPLORE_PROGRESS_H
#define EXPLORE_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>

#include "interleaving.h"
#include "points.h"
#include "trap.h"

#include "guest/batch.h"
#include "guest/guest.h"

/**
 * struct progress - how far an interleaving came
 * @reached: how many of its events' points
 * @operated: what the last operation returned that did not return 0
 * @missed: an operation did not reach where it was to stop
 * @held: the port's interrupts are held back
 * @trap: where it is to stop next
 * @batch: what the guest was asked last, and its answers
 * @scenario_error: what the scenario's own requests tell, which no later look at the guest
 *	would; or empty
 * @judged: the guest was looked at to the end
 * @ended: it has come to an end of its own
 */
struct progress {
	int reached;
	int operated;
	bool missed;
	bool held;
	struct trap trap;
	struct batch batch;
	char scenario_error[256];
	bool judged;
	bool ended;
};

int progress_follow(struct guest *guest, const struct interleaving *interleaving,
		  const struct points *points, const char *requests,
		  struct progress *progress, FILE *details);

#endif /* EXPLORE_PROGRESS_H */
