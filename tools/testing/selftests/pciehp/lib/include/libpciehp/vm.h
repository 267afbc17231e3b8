/* SPDX-License-Identifier: GPL-2.0-only */
/* The life of one QEMU machine: start, run, look at what it left, reap. */
#ifndef LIBPCIEHP_VM_H
#define LIBPCIEHP_VM_H

#include <limits.h>
#include <stdio.h>
#include <sys/types.h>

#include <libpciehp/gdbstub.h>
#include <libpciehp/machine.h>
#include <libpciehp/qmp.h>

#define VM_DEVICES_MAX	8

/**
 * struct vm_config - what to boot
 * @machine: the kind of machine
 * @kernel: path of the kernel image
 * @initrd: path of the agent's initramfs
 * @cmdline: added to the kernel's command line, or NULL
 * @load: a state of vm_save_state() to begin with instead of booting, or NULL
 * @save: where vm_save_state() will put this machine's state, or NULL
 * @devices: arguments of -device in order, NULL after the last
 */
struct vm_config {
	const struct machine *machine;
	const char *kernel;
	const char *initrd;
	const char *cmdline;
	const char *load;
	const char *save;
	const char *devices[VM_DEVICES_MAX + 1];
};

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

int vm_start(struct vm *vm, const struct vm_config *config);
void vm_stop(struct vm *vm);
void vm_collect(struct vm *vm, char *how, size_t size);
void vm_cleanup(struct vm *vm);
int vm_save_console(const struct vm *vm, const char *path);
void vm_print_tail(int fd, int lines);

/* vm_state.c */
void vm_state_path(const struct vm_config *config, const char *dir,
		   char path[PATH_MAX]);
int vm_save_state(struct vm *vm, const char *path);
int vm_load_console(struct vm *vm, const char *path);
int vm_load_state(struct vm *vm, const char *path);

#endif /* LIBPCIEHP_VM_H */
