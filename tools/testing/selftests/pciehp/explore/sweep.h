/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs all interleavings of a plan, several at once. */
#ifndef EXPLORE_SWEEP_H
#define EXPLORE_SWEEP_H

#include <jansson.h>

#include "explore.h"

int sweep_coverage(struct explore *explore);
int sweep_run(struct explore *explore, json_t *results);

#endif /* EXPLORE_SWEEP_H */
