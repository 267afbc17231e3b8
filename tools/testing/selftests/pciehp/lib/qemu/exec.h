/* SPDX-License-Identifier: GPL-2.0-only */
/* Executes QEMU in the current process. */
#ifndef LIBPCIEHP_QEMU_EXEC_H
#define LIBPCIEHP_QEMU_EXEC_H

/* Maximum number of arguments of QEMU, including the terminating NULL. */
#define QEMU_ARGS_MAX	1024

/* Maximum number of file descriptors that QEMU inherits. */
#define QEMU_FDS_MAX	16

void qemu_pin_to_one_cpu(void);
void qemu_exec(char *const *argv);

#endif /* LIBPCIEHP_QEMU_EXEC_H */
