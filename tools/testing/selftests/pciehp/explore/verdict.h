/* SPDX-License-Identifier: GPL-2.0-only */
/* Was anything lost? */
#ifndef EXPLORE_VERDICT_H
#define EXPLORE_VERDICT_H

#include "progress.h"
#include "interleaving.h"
#include "points.h"

#include "guest/guest.h"

void verdict_judge(struct guest *guest, const struct interleaving *interleaving,
		   const struct points *points, struct progress *progress);

#endif /* EXPLORE_VERDICT_H */
