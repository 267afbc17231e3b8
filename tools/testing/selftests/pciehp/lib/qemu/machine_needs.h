/* SPDX-License-Identifier: GPL-2.0-only */
/* The files and programs that are needed to boot a machine. */
#ifndef LIBPCIEHP_QEMU_MACHINE_NEEDS_H
#define LIBPCIEHP_QEMU_MACHINE_NEEDS_H

#include <limits.h>
#include <stdbool.h>

#include "qemu/machine.h"

const char *machine_agent(const struct machine *machine);
const char *machine_initrd(const struct machine *machine);
bool machine_find_qemu(const struct machine *machine, char path[PATH_MAX]);
const char *machine_missing(void);

#endif /* LIBPCIEHP_QEMU_MACHINE_NEEDS_H */
