/* SPDX-License-Identifier: GPL-2.0-only */
/* All scenarios. */
#ifndef EXPLORE_SCENARIOS_H
#define EXPLORE_SCENARIOS_H

#include <stdbool.h>
#include <stddef.h>

#include "scenario.h"

extern const struct scenario scenarios[];
extern const size_t n_scenarios;

const struct scenario *scenario_find(const char *name);
bool scenario_binds(const struct scenario *scenario);

#endif /* EXPLORE_SCENARIOS_H */
