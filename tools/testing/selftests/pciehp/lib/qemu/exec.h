/* SPDX-License-Identifier: GPL-2.0-only */
/* How a process becomes QEMU. */
#ifndef LIBPCIEHP_QEMU_EXEC_H
#define LIBPCIEHP_QEMU_EXEC_H

/* How many arguments a QEMU has, with the NULL after them, at most. */
#define QEMU_ARGS_MAX	1024

/* How many file descriptors it inherits. */
#define QEMU_FDS_MAX	16

void qemu_pin_to_one_cpu(void);
void qemu_exec(char *const *argv);

#endif /* LIBPCIEHP_QEMU_EXEC_H */
