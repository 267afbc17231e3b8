/* SPDX-License-Identifier: GPL-2.0-only */
/* Starts the QEMU process. */
#ifndef LIBPCIEHP_QEMU_PROCESS_H
#define LIBPCIEHP_QEMU_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

pid_t process_begin(char *const *argv, const int *fds, int errors,
		    bool real_time);

#endif /* LIBPCIEHP_QEMU_PROCESS_H */
