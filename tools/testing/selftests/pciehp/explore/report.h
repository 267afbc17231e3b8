/* SPDX-License-Identifier: GPL-2.0-only */
/* The report of a run. */
#ifndef EXPLORE_REPORT_H
#define EXPLORE_REPORT_H

#include <jansson.h>
#include <stdbool.h>

#include "explore.h"

int report_print(const struct explore *explore, json_t *results);
bool report_expects(const char *expect, json_t *result);

#endif /* EXPLORE_REPORT_H */
