/* SPDX-License-Identifier: GPL-2.0-only */
/* The results of interleavings, in a file. */
#ifndef EXPLORE_RESULTS_H
#define EXPLORE_RESULTS_H

#include <jansson.h>
#include <stdbool.h>

#include "explore.h"

int results_open(const struct explore *explore, json_t **results);
json_t *results_of_plan(const struct explore *explore, json_t *results);
bool result_is_conclusive(json_t *result);
bool result_is_final(json_t *result);
int results_add(const struct explore *explore, json_t *results,
		json_t *result);

#endif /* EXPLORE_RESULTS_H */
