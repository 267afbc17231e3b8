/* SPDX-License-Identifier: GPL-2.0-only */
/* Stops the machine at a point. */
#ifndef EXPLORE_TRAP_H
#define EXPLORE_TRAP_H

#include <stdbool.h>

#include "points.h"

#include "guest/guest.h"

/**
 * struct trap - a point at which the machine stops
 * @point: the point
 * @replaced: another instruction replaces that of @point while the trap is set
 */
struct trap {
	const struct point *point;
	bool replaced;
};

int trap_set(struct trap *trap, struct guest *guest,
	     const struct points *points, const struct point *point);
int trap_clear(const struct trap *trap, struct guest *guest,
	       const struct points *points);

#endif /* EXPLORE_TRAP_H */
