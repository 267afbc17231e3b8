/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs an interleaving, and judges it. */
#ifndef EXPLORE_RUN_H
#define EXPLORE_RUN_H

#include <jansson.h>
#include <stdio.h>

#include "interleaving.h"
#include "points.h"

/* The problem of a guest that does not answer in host time. */
#define GUEST_HANGS	"the guest hangs"

json_t *interleaving_run(const struct interleaving *interleaving,
			 const struct points *points, const char *states,
			 FILE *details);

#endif /* EXPLORE_RUN_H */
