/* SPDX-License-Identifier: GPL-2.0-only */
/* Which machine QEMU is to be. */
#ifndef LIBPCIEHP_QEMU_VM_CONFIG_H
#define LIBPCIEHP_QEMU_VM_CONFIG_H

#include <stdbool.h>

#include "qemu/machine.h"

/* For every kernel: one without the trace events says so, and goes on. */
#define VM_CMDLINE	"pcie_ports=native nokaslr log_buf_len=4M printk.devkmsg=on trace_event=pciehp:*"

/**
 * struct vm_config - what to boot
 * @machine: the kind of machine
 * @type: argument of -machine, one that @machine knows
 * @kernel: path of the kernel image
 * @initrd: path of the agent's initramfs
 * @cmdline: added to the kernel's command line
 * @load: a state of state_save() to begin with instead of booting, or NULL
 * @save: where state_save() will put this machine's state, or NULL
 * @incoming: a file of state_send() to begin with, or 0
 * @cpus: how many
 * @memory_mib: MiB of memory
 * @real_time: guest time is host time, and CPUs run side by side
 * @migrates: state_send() will be called, or was
 * @reboots: a guest that reboots is not at its end
 * @options: more options of QEMU and their arguments by turns, NULL after the
 *	last; may be NULL
 * @fds: file descriptors that @options name and QEMU inherits, -1 after the last; may
 *	be NULL
 * @devices: arguments of -device in order, NULL after the last
 */
struct vm_config {
	const struct machine *machine;
	const char *type;
	const char *kernel;
	const char *initrd;
	const char *cmdline;
	const char *load;
	const char *save;
	int incoming;
	int cpus;
	int memory_mib;
	bool real_time;
	bool migrates;
	bool reboots;
	const char *const *options;
	const int *fds;
	char *const *devices;
};

bool vm_config_records(const struct vm_config *config);

#endif /* LIBPCIEHP_QEMU_VM_CONFIG_H */
