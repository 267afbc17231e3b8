/* SPDX-License-Identifier: GPL-2.0-only */
/* The results as a table and a summary, as JSON and as TAP. */
#ifndef RUNNER_REPORT_H
#define RUNNER_REPORT_H

#include "job.h"

void report_table(const struct run *run);
void report_summary(const struct run *run);
json_t *report_entry(const struct job *job);
int report_json(const struct run *run);
int report_tap(const struct run *run);

#endif /* RUNNER_REPORT_H */
