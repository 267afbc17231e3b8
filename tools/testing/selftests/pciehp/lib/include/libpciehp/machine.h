/* SPDX-License-Identifier: GPL-2.0-only */
/* The architectures that the tests can boot, as data. */
#ifndef LIBPCIEHP_MACHINE_H
#define LIBPCIEHP_MACHINE_H

#include <stddef.h>

/**
 * struct machine - how QEMU emulates one architecture
 * @arch: as the kernel names it
 * @qemu: QEMU's program
 * @type: argument of -machine
 * @cpu: argument of -cpu
 * @console: the kernel's name of the serial port
 */
struct machine {
	const char *arch;
	const char *qemu;
	const char *type;
	const char *cpu;
	const char *console;
};

const struct machine *machine_of_kernel(const char *path, char *why,
					size_t size);

#endif /* LIBPCIEHP_MACHINE_H */
