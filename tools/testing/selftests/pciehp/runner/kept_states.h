/* SPDX-License-Identifier: GPL-2.0-only */
/* States of booted machines that are kept for later runs. */
#ifndef RUNNER_KEPT_STATES_H
#define RUNNER_KEPT_STATES_H

#include "job.h"

void kept_states_find(struct kernel *kernel);

#endif /* RUNNER_KEPT_STATES_H */
