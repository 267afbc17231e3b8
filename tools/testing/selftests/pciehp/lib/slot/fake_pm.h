/* SPDX-License-Identifier: GPL-2.0-only */
/* A Power Management capability for a port of QEMU's, none of which has one. */
#ifndef LIBPCIEHP_SLOT_FAKE_PM_H
#define LIBPCIEHP_SLOT_FAKE_PM_H

#include <stdint.h>

#include "guest/guest.h"

/**
 * struct fake_pm - the Power Management capability of one port
 * @guest: the guest
 * @port: number of the port
 * @address: virtual address at which the kernel has the port's configuration space
 * @next: offset of the port's first capability of QEMU's
 * @capabilities: Power Management Capabilities
 * @status: Power Management Control/Status
 * @old_events: those in Slot Status for which the port signals no more
 * @signals: how often the port has signalled PME
 */
struct fake_pm {
	struct guest *guest;
	int port;
	uint64_t address;
	uint8_t next;
	uint16_t capabilities;
	uint16_t status;
	uint16_t old_events;
	int signals;
};

int fake_pm_init(struct fake_pm *pm, struct guest *guest, int port,
		 uint16_t pme_support);
int fake_pm_cleanup(struct fake_pm *pm);

#endif /* LIBPCIEHP_SLOT_FAKE_PM_H */
