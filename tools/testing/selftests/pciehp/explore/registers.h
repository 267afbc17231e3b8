/* SPDX-License-Identifier: GPL-2.0-only */
/* Slot capabilities that QEMU's ports lack. */
#ifndef EXPLORE_REGISTERS_H
#define EXPLORE_REGISTERS_H

#include <stdint.h>

#include "points.h"

#include "guest/guest.h"

/**
 * struct registers - changes of the capabilities that the driver reads from its port
 * @cleared: bits of Slot Capabilities that the driver finds cleared
 * @set: bits of Slot Capabilities that it finds set
 * @set2: bits of Slot Capabilities 2 that it finds set
 */
struct registers {
	uint32_t cleared;
	uint32_t set;
	uint32_t set2;
};

int registers_change(struct guest *guest, const struct points *points,
		     const struct registers *registers);

#endif /* EXPLORE_REGISTERS_H */
