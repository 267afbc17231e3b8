/* SPDX-License-Identifier: GPL-2.0-only */
/* The life of one QEMU machine: start, run, look at what it left, reap. */
#ifndef LIBPCIEHP_QEMU_VM_H
#define LIBPCIEHP_QEMU_VM_H

#include <stddef.h>
#include <sys/types.h>

#include "qemu/gdbstub.h"
#include "qemu/qmp.h"
#include "qemu/vm_config.h"

/**
 * struct vm - one machine
 * @pid: QEMU's, 0 when there is none
 * @qmp: its monitor
 * @gdb: its gdbstub
 * @console: what the guest's serial port said, a file without a name
 * @errors: QEMU's stderr, a file without a name
 * @peak_kib: QEMU's peak resident memory, known once it is reaped
 */
struct vm {
	pid_t pid;
	struct qmp qmp;
	struct gdbstub gdb;
	int console;
	int errors;
	long peak_kib;
};

#define VM_NONE	((struct vm){ .console = -1, .errors = -1, .qmp.fd = -1, \
			      .gdb.fd = -1 })

int vm_start(struct vm *vm, const struct vm_config *config);
void vm_stop(struct vm *vm);
void vm_collect(struct vm *vm, char *how, size_t size);
void vm_cleanup(struct vm *vm);

#endif /* LIBPCIEHP_QEMU_VM_H */
