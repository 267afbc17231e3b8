/* SPDX-License-Identifier: GPL-2.0-only */
/* Starts, stops and reaps one QEMU machine. */
#ifndef LIBPCIEHP_QEMU_VM_H
#define LIBPCIEHP_QEMU_VM_H

#include <stddef.h>
#include <sys/types.h>

#include "qemu/gdbstub.h"
#include "qemu/qmp.h"
#include "qemu/vm_config.h"

/**
 * struct vm - one machine
 * @pid: PID of QEMU, or 0 if it does not run
 * @qmp: its monitor
 * @gdb: its gdbstub
 * @console: memory file with the output of the guest's serial port
 * @errors: memory file with QEMU's stdout and stderr
 * @bus_log: memory file with QEMU's log of the bus, or -1, see qemu/bus_log.h
 * @boot_bus_log: file with that log before the loaded state was saved, or -1
 * @peak_kib: QEMU's peak resident memory in KiB, set when it is reaped
 */
struct vm {
	pid_t pid;
	struct qmp qmp;
	struct gdbstub gdb;
	int console;
	int errors;
	int bus_log;
	int boot_bus_log;
	long peak_kib;
};

#define VM_NONE	((struct vm){ .console = -1, .errors = -1, .bus_log = -1, \
			      .boot_bus_log = -1, .qmp.fd = -1, .gdb.fd = -1 })

int vm_start(struct vm *vm, const struct vm_config *config);
void vm_stop(struct vm *vm);
void vm_collect(struct vm *vm, char *how, size_t size);
void vm_cleanup(struct vm *vm);

#endif /* LIBPCIEHP_QEMU_VM_H */
