/* SPDX-License-Identifier: GPL-2.0-only */
/* Control of the CPU at which the debugger has stopped. */
#ifndef EXPLORE_CPU_H
#define EXPLORE_CPU_H

#include <stdint.h>

#include "guest/guest.h"

/* Host time. The guest skips time in which it is idle. */
#define STOP_TIMEOUT_MS	30000

int cpu_read_pc(struct guest *guest, uint64_t *pc);
int cpu_step(struct guest *guest);
int cpu_step_over(struct guest *guest, uint64_t addr);

#endif /* EXPLORE_CPU_H */
