/* SPDX-License-Identifier: GPL-2.0-only */
/* The CPU that has stopped. */
#ifndef EXPLORE_CPU_H
#define EXPLORE_CPU_H

#include <stdint.h>

#include "guest/guest.h"

/* Host time; the guest leaps over what it waits for. */
#define STOP_TIMEOUT_MS	30000

int cpu_read_pc(struct guest *guest, uint64_t *pc);
int cpu_step(struct guest *guest);
int cpu_step_over(struct guest *guest, uint64_t addr);

#endif /* EXPLORE_CPU_H */
