/* SPDX-License-Identifier: GPL-2.0-only */
/* Which cases are run on which kernels, and in which order. */
#ifndef RUNNER_JOB_LIST_H
#define RUNNER_JOB_LIST_H

#include "job.h"

int job_list_make(struct run *run);
int job_list_select(struct run *run);
bool job_is_to_run(const struct job *job);

#endif /* RUNNER_JOB_LIST_H */
