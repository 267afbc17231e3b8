/* SPDX-License-Identifier: GPL-2.0-only */
/* States of booted machines in files, so that cases can share one boot. */
#ifndef LIBPCIEHP_QEMU_STATE_H
#define LIBPCIEHP_QEMU_STATE_H

#include <limits.h>

#include "qemu/qmp.h"
#include "qemu/vm_config.h"

void state_path(const struct vm_config *config, const char *dir,
		char path[PATH_MAX]);
void state_prepare(const char *path);
int state_save(struct qmp *qmp, int console_fd, int bus_log_fd,
	       const struct vm_config *config);
int state_load_console(int console, const char *path);
int state_load(struct qmp *qmp, int file, int sock, int number);
int state_send(struct qmp *qmp, int fd);
void state_remove_all(const char *dir);

#endif /* LIBPCIEHP_QEMU_STATE_H */
