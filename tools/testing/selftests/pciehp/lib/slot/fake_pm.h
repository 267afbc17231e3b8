/* SPDX-License-Identifier: GPL-2.0-only */
/* Emulates a Power Management capability in a port, because QEMU's ports have none. */
#ifndef LIBPCIEHP_SLOT_FAKE_PM_H
#define LIBPCIEHP_SLOT_FAKE_PM_H

#include <stdint.h>

#include "guest/guest.h"

/**
 * struct fake_pm - the Power Management capability of one port
 * @guest: the guest
 * @port: number of the port
 * @address: virtual address at which the kernel has mapped the port's configuration space
 * @next: offset of the first capability that QEMU gives the port
 * @capabilities: Power Management Capabilities
 * @status: Power Management Control/Status
 * @old_events: events in Slot Status for which the port has signalled PME already
 * @signals: how many times the port has signalled PME
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
