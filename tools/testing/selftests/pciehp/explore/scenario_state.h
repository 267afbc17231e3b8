/* SPDX-License-Identifier: GPL-2.0-only */
/* States of guests at the start of a scenario, saved once and loaded often. */
#ifndef EXPLORE_SCENARIO_STATE_H
#define EXPLORE_SCENARIO_STATE_H

#include <jansson.h>
#include <stddef.h>

#include "points.h"
#include "scenario.h"

#include "guest/batch.h"
#include "guest/guest.h"

/**
 * struct scenario_start - what is saved along with the state of a guest
 * @request: the scenario's requests to the guest; empty for a boot
 * @problems: problems found up to the start, which are reported for the scenario without
 *	events; or NULL
 */
struct scenario_start {
	char request[REQUEST_SIZE];
	json_t *problems;
};

int scenario_save(const struct scenario *scenario, const struct points *points,
		  const char *state, char *why, size_t size);
int scenario_load(struct guest *guest, const struct scenario *scenario,
		  const char *state, const char *const *options,
		  struct scenario_start *start);
int scenario_begin(struct guest *guest, const struct scenario *scenario,
		   const char *requests, struct batch *batch);

#endif /* EXPLORE_SCENARIO_STATE_H */
