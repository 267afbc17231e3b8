/* SPDX-License-Identifier: GPL-2.0-only */
/* The points that a scenario hits, and how often. */
#ifndef EXPLORE_COVERAGE_H
#define EXPLORE_COVERAGE_H

#include <jansson.h>

#include "points.h"
#include "scenario.h"

json_t *coverage_run(const struct scenario *scenario,
		     const struct points *points, const char *states);

#endif /* EXPLORE_COVERAGE_H */
