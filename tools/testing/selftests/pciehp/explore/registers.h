/* SPDX-License-Identifier: GPL-2.0-only */
/* Capabilities that no port of QEMU's has. */
#ifndef EXPLORE_REGISTERS_H
#define EXPLORE_REGISTERS_H

#include <stdint.h>

#include "points.h"

#include "guest/guest.h"

/**
 * struct registers - what the driver finds in its port beside what is there
 * @cleared: bits of Slot Capabilities that are not
 * @set: bits of Slot Capabilities
 * @set2: bits of Slot Capabilities 2
 */
struct registers {
	uint32_t cleared;
	uint32_t set;
	uint32_t set2;
};

int registers_change(struct guest *guest, const struct points *points,
		     const struct registers *registers);

#endif /* EXPLORE_REGISTERS_H */
