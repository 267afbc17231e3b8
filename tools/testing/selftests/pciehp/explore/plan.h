/* SPDX-License-Identifier: GPL-2.0-only */
/* The interleavings to run, and their order. */
#ifndef EXPLORE_PLAN_H
#define EXPLORE_PLAN_H

#include <stdbool.h>

#include "explore.h"
#include "operations.h"
#include "points.h"
#include "scenario.h"

bool plan_has_scenario(const struct explore *explore,
		       const struct scenario *scenario);
bool plan_has_operation(const struct explore *explore,
			const struct operation *operation);
bool plan_has_point(const struct explore *explore, const struct point *point);
int plan_make(struct explore *explore);

#endif /* EXPLORE_PLAN_H */
