/* SPDX-License-Identifier: GPL-2.0-only */
/* The results in formats that CI systems read, and a description of the run. */
#ifndef RUNNER_FORMATS_H
#define RUNNER_FORMATS_H

#include "job.h"

int formats_describe_run(const struct run *run);
int formats_junit(const struct run *run);
int formats_kcidb(const struct run *run);

#endif /* RUNNER_FORMATS_H */
