/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks whether the driver has lost an event. */
#ifndef EXPLORE_VERDICT_H
#define EXPLORE_VERDICT_H

#include "interleaving.h"
#include "points.h"
#include "progress.h"

#include "guest/guest.h"

void verdict_judge(struct guest *guest, const struct interleaving *interleaving,
		   const struct points *points, struct progress *progress);

#endif /* EXPLORE_VERDICT_H */
