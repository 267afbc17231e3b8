/* SPDX-License-Identifier: GPL-2.0-only */
/* What comes of an interleaving. */
#ifndef EXPLORE_RUN_H
#define EXPLORE_RUN_H

#include <jansson.h>
#include <stdio.h>

#include "interleaving.h"
#include "points.h"

/* What is said of a guest that gives no answer in host time. */
#define GUEST_HANGS	"the guest hangs"

json_t *interleaving_run(const struct interleaving *interleaving,
			 const struct points *points, const char *states,
			 FILE *details);

#endif /* EXPLORE_RUN_H */
