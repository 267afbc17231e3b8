/* SPDX-License-Identifier: GPL-2.0-only */
/* Which points a scenario comes by, and how often. */
#ifndef EXPLORE_REACH_H
#define EXPLORE_REACH_H

#include <jansson.h>

#include "points.h"
#include "scenario.h"

json_t *reach_run(const struct scenario *scenario, const struct points *points,
		  const char *states);

#endif /* EXPLORE_REACH_H */
