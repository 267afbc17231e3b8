/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs the cases, several at once, each in a process of its own. */
#ifndef RUNNER_JOBS_H
#define RUNNER_JOBS_H

#include "job.h"

int jobs_list_cases(struct run *run);
void jobs_copy_results(struct run *run);
int jobs_run(struct run *run, unsigned int parallel);

#endif /* RUNNER_JOBS_H */
