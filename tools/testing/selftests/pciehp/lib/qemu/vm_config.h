/* SPDX-License-Identifier: GPL-2.0-only */
/* The configuration of a machine. */
#ifndef LIBPCIEHP_QEMU_VM_CONFIG_H
#define LIBPCIEHP_QEMU_VM_CONFIG_H

#include <stdbool.h>

#include "qemu/machine.h"

/* Linux 7.3 with PREEMPT_RT hangs early if trace_event= names an event that exists. */
#define VM_CMDLINE_PREEMPT_RT	"pcie_ports=native nokaslr log_buf_len=4M printk.devkmsg=on"

/* A kernel without the trace events prints a message and ignores that option. */
#define VM_CMDLINE	VM_CMDLINE_PREEMPT_RT " trace_event=pciehp:*"

/**
 * struct vm_config - configuration of a machine
 * @machine: the kind of machine
 * @type: argument of -machine, one of those in @machine
 * @kernel: path of the kernel image
 * @initrd: path of the agent's initramfs
 * @cmdline: added to the kernel's command line
 * @load: path of a state of state_save() to load instead of booting, or NULL
 * @save: path to which state_save() will write the state of this machine, or NULL
 * @incoming: file descriptor of a state of state_send() to load, or 0
 * @cpus: number of CPUs
 * @memory_mib: memory in MiB
 * @real_time: guest time is host time, and CPUs run in parallel
 * @migrates: state_send() will be or has been called for this guest
 * @reboots: the guest may reboot; else QEMU exits when it does
 * @options: further arguments of QEMU, NULL after the last; may be NULL
 * @fds: file descriptors that @options refer to and QEMU inherits, -1 after the last;
 *	may be NULL
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
