/* SPDX-License-Identifier: GPL-2.0-only */
/* PCI devices as QEMU knows them. */
#ifndef LIBPCIEHP_PCI_TREE_H
#define LIBPCIEHP_PCI_TREE_H

#include <libpciehp/qmp.h>

#define BDF_SIZE	16

int pci_tree_list(struct qmp *qmp, json_t **devices);
int pci_tree_find_port(struct qmp *qmp, const char *id, char bdf[BDF_SIZE],
		       int *secondary);

#endif /* LIBPCIEHP_PCI_TREE_H */
