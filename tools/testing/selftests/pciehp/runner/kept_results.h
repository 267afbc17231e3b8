/* SPDX-License-Identifier: GPL-2.0-only */
/* Results in files, one for each job, which later runs and merges use. */
#ifndef RUNNER_KEPT_RESULTS_H
#define RUNNER_KEPT_RESULTS_H

#include "job.h"

int kept_result_write(const struct run *run, const struct job *job);
void kept_result_take(const struct run *run, struct job *job);
size_t kept_results_merge(struct run *run);

#endif /* RUNNER_KEPT_RESULTS_H */
