/* SPDX-License-Identifier: GPL-2.0-only */
/* PCI devices in the guest's sysfs. */
#ifndef LIBPCIEHP_SLOT_SYSFS_H
#define LIBPCIEHP_SLOT_SYSFS_H

#include <stdbool.h>

#include "guest/guest.h"
#include "slot/slot.h"

/* "1" makes the kernel look for devices on all buses. */
#define SYSFS_RESCAN	"/sys/bus/pci/rescan"

void sysfs_device_file(const char *bdf, const char *name,
		       char path[SLOT_PATH_SIZE]);
void sysfs_function_file(const struct guest *guest, const struct plug *plug,
			 const char *name, char path[SLOT_PATH_SIZE]);
int sysfs_has_function(struct guest *guest, const struct plug *plug,
		       bool *has);
int sysfs_remove_device(struct guest *guest, const char *bdf);
int sysfs_rescan(struct guest *guest);
int sysfs_bind_pciehp(struct guest *guest, int port);
int sysfs_unbind_pciehp(struct guest *guest, int port);

#endif /* LIBPCIEHP_SLOT_SYSFS_H */
