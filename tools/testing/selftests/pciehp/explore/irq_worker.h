/* SPDX-License-Identifier: GPL-2.0-only */
/* What is done in the guest, by a process that waits for an interrupt. */
#ifndef EXPLORE_IRQ_WORKER_H
#define EXPLORE_IRQ_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/guest.h"
#include "slot/slot.h"

#define IRQ_WORKER_SIZE	2048

/**
 * struct irq_worker_names - what the requests of operations on one slot stand for
 * @slot: the slot's directory in sysfs
 * @card: that of the device in it
 * @port: that of its port
 * @service: what the driver of the port is bound to
 * @root: the directory of the port above all slots; empty if there is none
 */
struct irq_worker_names {
	char slot[SLOT_PATH_SIZE];
	char card[SLOT_PATH_SIZE];
	char port[SLOT_PATH_SIZE];
	char service[SLOT_SERVICE_SIZE];
	char root[SLOT_PATH_SIZE];
};

int irq_worker_learn_names(struct guest *guest, int port,
			struct irq_worker_names *names);
void irq_worker_format(const char *request, const struct irq_worker_names *names,
		    char *text, size_t size);
bool irq_worker_can(struct guest *guest, const char *request);
int irq_worker_begin(struct guest *guest, const char *requests);
int irq_worker_save(struct guest *guest, uint32_t *base);
int irq_worker_load(struct guest *guest, uint32_t base);
int irq_worker_wake(struct guest *guest, int number);

#endif /* EXPLORE_IRQ_WORKER_H */
