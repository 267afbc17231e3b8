/* SPDX-License-Identifier: GPL-2.0-only */
/* Accesses of the host to configuration space, without the guest's kernel. */
#ifndef LIBPCIEHP_SLOT_CONFIG_SPACE_H
#define LIBPCIEHP_SLOT_CONFIG_SPACE_H

#include <stdint.h>

#include <linux/pci_regs.h>

#include "guest/guest.h"

/**
 * struct forwarding - what a bridge forwards (PCI Express Base Spec sec. 7.5.1.3)
 * @command: the bits of the Command register that enable forwarding
 * @buses: Primary and Secondary Bus Number; Subordinate Bus Number and Secondary Latency
 *	Timer
 * @io: I/O Base and Limit
 * @memory: Memory Base and Limit
 * @prefetchable: Prefetchable Memory Base and Limit, then the upper 32 bits of both
 */
struct forwarding {
	uint16_t command;
	uint16_t buses[2];
	uint16_t io;
	uint16_t memory[2];
	uint16_t prefetchable[6];
};

int config_read16(struct guest *guest, const char *bdf, int offset,
		  uint16_t *value);
int config_write16(struct guest *guest, const char *bdf, int offset,
		   uint16_t value);
int config_read_forwarding(struct guest *guest, const char *bdf,
			   struct forwarding *forwarding);
int config_find_capability(struct guest *guest, const char *bdf, int id,
			   int *offset);

#endif /* LIBPCIEHP_SLOT_CONFIG_SPACE_H */
