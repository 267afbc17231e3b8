/* SPDX-License-Identifier: GPL-2.0-only */
/* One CPU stays at a point while the other does an operation. */
#ifndef EXPLORE_TWO_CPUS_H
#define EXPLORE_TWO_CPUS_H

#include <stdbool.h>

#include "interleaving.h"
#include "points.h"

#include "guest/guest.h"

int two_cpus_operate(struct guest *guest, const struct event *event,
		     const struct points *points, bool *missed_stop);

#endif /* EXPLORE_TWO_CPUS_H */
