/* SPDX-License-Identifier: GPL-2.0-only */
/* A process in the guest that runs operations when a device interrupts. */
#ifndef EXPLORE_IRQ_WORKER_H
#define EXPLORE_IRQ_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/guest.h"
#include "slot/slot.h"

#define IRQ_WORKER_SIZE	2048

/**
 * struct irq_worker_names - names of one slot that replace %slot etc. in a request
 * @slot: directory of the slot in sysfs
 * @card: directory of the device in the slot
 * @port: directory of the slot's port
 * @service: name of the port's hotplug service, to which pciehp binds
 * @root: directory of the port above all slots; empty if there is none
 */
struct irq_worker_names {
	char slot[SLOT_PATH_SIZE];
	char card[SLOT_PATH_SIZE];
	char port[SLOT_PATH_SIZE];
	char service[SLOT_SERVICE_SIZE];
	char root[SLOT_PATH_SIZE];
};

int irq_worker_find_names(struct guest *guest, int port,
			  struct irq_worker_names *names);
void irq_worker_format(const char *request,
		       const struct irq_worker_names *names, char *text,
		       size_t size);
bool irq_worker_supports(struct guest *guest, const char *request);
int irq_worker_start(struct guest *guest, const char *requests);
int irq_worker_save(struct guest *guest, uint32_t *base);
int irq_worker_load(struct guest *guest, uint32_t base);
int irq_worker_wake(struct guest *guest, int number);

#endif /* EXPLORE_IRQ_WORKER_H */
