/* SPDX-License-Identifier: GPL-2.0-only */
/* The life of one QEMU machine: start, run, look at what it left, reap. */
#ifndef LIBPCIEHP_QEMU_VM_H
#define LIBPCIEHP_QEMU_VM_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "qemu/gdbstub.h"
#include "qemu/machine.h"
#include "qemu/qmp.h"

/* For every kernel: one without the trace events says so, and goes on. */
#define VM_CMDLINE	"pcie_ports=native nokaslr log_buf_len=4M printk.devkmsg=on trace_event=pciehp:*"

/**
 * struct vm_config - what to boot
 * @machine: the kind of machine
 * @type: argument of -machine, one that @machine knows
 * @kernel: path of the kernel image
 * @initrd: path of the agent's initramfs
 * @cmdline: added to the kernel's command line
 * @load: a state of vm_save_state() to begin with instead of booting, or NULL
 * @save: where vm_save_state() will put this machine's state, or NULL
 * @incoming: a file of vm_send() to begin with, or 0
 * @cpus: how many
 * @memory_mib: MiB of memory
 * @real_time: guest time is host time, and CPUs run side by side
 * @migrates: vm_send() will be called, or was
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

/* How many file descriptors a QEMU inherits, at most. */
#define VM_FDS_MAX	16

int vm_start(struct vm *vm, const struct vm_config *config);
void vm_stop(struct vm *vm);
void vm_collect(struct vm *vm, char *how, size_t size);
void vm_cleanup(struct vm *vm);
int vm_save_console(const struct vm *vm, const char *path);
void vm_print_tail(int fd, int lines);
void vm_print_text_tail(const char *text, int lines);

/* take_turns.c */
void vm_take_turns(void);

/* vm_process.c */
void vm_exec(char *const *argv);
pid_t vm_process_begin(char *const *argv, const int *fds, int errors,
		       bool real_time);

/* vm_command_line.c */
#define VM_ARGS_MAX	1024

/**
 * struct command_line - the arguments of a QEMU
 * @argv: the arguments, NULL after the last
 * @argc: how many
 * @error: 0, or why one is missing as a negative errno
 */
struct command_line {
	char *argv[VM_ARGS_MAX];
	int argc;
	int error;
};

bool vm_records(const struct vm_config *config);
int vm_command_line_build(struct command_line *cl,
			  const struct vm_config *config, int qmp, int gdb,
			  int console);
void vm_command_line_free(struct command_line *cl);

/* vm_state.c */
void vm_state_path(const struct vm_config *config, const char *dir,
		   char path[PATH_MAX]);
int vm_save_state(struct vm *vm, const struct vm_config *config);
int vm_load_console(struct vm *vm, const char *path);
int vm_load_state(struct vm *vm, int file, int sock, int number);
void vm_remove_states(const char *dir);
int vm_send(struct vm *vm, int fd);

#endif /* LIBPCIEHP_QEMU_VM_H */
