/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs an interleaving from the start of its scenario until the guest has settled. */
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
 * struct progress - how far an interleaving was run
 * @reached: number of events whose point was hit
 * @operation_error: what the last failed operation returned, or 0
 * @missed_stop: an operation did not hit the point at which it was to stop
 * @masked: the port's interrupts are masked
 * @trap: the next point at which the machine stops
 * @batch: the last requests to the guest, and its answers
 * @scenario_error: a problem of the scenario's own requests, which later checks of the
 *	guest would not find; or empty
 * @judged: all checks of the guest were done
 * @guest_died: the guest has panicked or hangs
 */
struct progress {
	int reached;
	int operation_error;
	bool missed_stop;
	bool masked;
	struct trap trap;
	struct batch batch;
	char scenario_error[256];
	bool judged;
	bool guest_died;
};

int progress_run(struct guest *guest, const struct interleaving *interleaving,
		 const struct points *points, const char *requests,
		 struct progress *progress, FILE *details);

#endif /* EXPLORE_PROGRESS_H */
