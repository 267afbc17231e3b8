/* SPDX-License-Identifier: GPL-2.0-only */
/* The PCI devices of a machine, as QEMU lists them. */
#ifndef LIBPCIEHP_QEMU_PCI_TREE_H
#define LIBPCIEHP_QEMU_PCI_TREE_H

#include <stdbool.h>

#include "qemu/qmp.h"

#define BDF_SIZE	16

/**
 * struct port - a port with a slot
 * @bdf: its address in the format of sysfs
 * @bus: number of the bus below it, which the guest assigns
 * @irq_pin: it has an interrupt pin
 * @unbound: set by a test that has unbound its driver; read by the check of I4 and I7
 */
struct port {
	char bdf[BDF_SIZE];
	int bus;
	bool irq_pin;
	bool unbound;
};

int pci_tree_find(struct qmp *qmp, const char *id, char bdf[BDF_SIZE]);
int pci_tree_list(struct qmp *qmp, json_t **devices);
int pci_tree_find_ports(struct qmp *qmp, struct port *ports, int max);

#endif /* LIBPCIEHP_QEMU_PCI_TREE_H */
