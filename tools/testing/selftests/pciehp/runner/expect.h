/* SPDX-License-Identifier: GPL-2.0-only */
/* The verdicts that are expected of a kernel. */
#ifndef RUNNER_EXPECT_H
#define RUNNER_EXPECT_H

#include <stdbool.h>

#include "job.h"

bool expect_names(const struct kernel *kernel, const char *test_case);
bool expect_verdict(const struct kernel *kernel, const char *test_case,
		    const char *verdict);
int expect_messages(const struct run *run, const struct kernel *kernel);

#endif /* RUNNER_EXPECT_H */
