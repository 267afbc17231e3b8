/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A log of what happens on the bus: accesses of the guest to configuration space,
 * messages of interrupts, and requests to add and remove devices. QEMU writes it by its
 * own trace points. It shows the same facts for every kernel, also for one whose driver
 * has no trace events.
 */
#ifndef LIBPCIEHP_QEMU_BUS_LOG_H
#define LIBPCIEHP_QEMU_BUS_LOG_H

#include <stdio.h>

#include "qemu/pci_tree.h"
#include "qemu/vm_config.h"

/*
 * QEMU's trace points. Each line begins with the name of one. The library that is
 * preloaded into QEMU puts the guest time before it, see preload/bus_log.c.
 */
static const char *const bus_log_events[] = {
	"pci_cfg_read",
	"pci_cfg_write",
	"gicv3_its_translation_write",
	"vm_state_notify",
	"handle_qmp_command",
};

/* Added to the path of a state for the log of the boot. */
#define BUS_LOG_OF_STATE	".bus"

int bus_log_open(const struct vm_config *config, int *log, int *boot_log);
void bus_log_write(int boot_log, int log, const struct port *ports,
		   int n_ports, FILE *out);

#endif /* LIBPCIEHP_QEMU_BUS_LOG_H */
