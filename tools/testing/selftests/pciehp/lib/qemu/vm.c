// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "qemu/bus_log.h"
#include "qemu/command_line.h"
#include "qemu/process.h"
#include "qemu/state.h"
#include "qemu/vm.h"

/* Host time for a reply of QEMU's monitor or gdbstub, on a busy host. */
#define REPLY_TIMEOUT_MS	60000

/* Host time from the moment at which QEMU closes its sockets to its exit. */
#define EXIT_TIMEOUT_MS		2000

/**
 * struct channels - connections to QEMU; the second socket of each pair is QEMU's
 * @qmp: sockets for its monitor
 * @gdb: sockets for its gdbstub
 * @state: sockets for the state to load
 * @file: file of the state to load, or -1
 */
struct channels {
	int qmp[2];
	int gdb[2];
	int state[2];
	int file;
};

static int socket_pair(int fds[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) ?
	       -errno : 0;
}

static int open_state(struct vm *vm, struct channels *channels,
		      const struct vm_config *config)
{
	if (config->incoming)
		channels->file = fcntl(config->incoming, F_DUPFD_CLOEXEC, 0);
	else
		channels->file = open(config->load, O_RDONLY | O_CLOEXEC);
	if (channels->file < 0)
		return -errno;

	return socket_pair(channels->state) ?:
	       !config->load ? 0 : state_load_console(vm->console, config->load);
}

static int open_channels(struct vm *vm, struct channels *channels,
			 const struct vm_config *config)
{
	vm->console = memfd_create("console", MFD_CLOEXEC);
	vm->errors = memfd_create("errors", MFD_CLOEXEC);
	if (vm->console < 0 || vm->errors < 0)
		return -errno;

	return bus_log_open(config, &vm->bus_log, &vm->boot_bus_log) ?:
	       socket_pair(channels->qmp) ?: socket_pair(channels->gdb) ?:
	       !config->load && !config->incoming ? 0 :
	       open_state(vm, channels, config);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int begin_process(struct vm *vm, const struct channels *channels,
			 const struct vm_config *config)
{
	int fds[QEMU_FDS_MAX + 1] = { channels->qmp[1], channels->gdb[1],
				    vm->console };
	struct command_line cl;
	int n = 3, ret;

	if (vm->bus_log >= 0)
		fds[n++] = vm->bus_log;
	if (channels->state[1] >= 0)
		fds[n++] = channels->state[1];
	for (const int *more = config->fds; more && *more >= 0; more++) {
		if (n == QEMU_FDS_MAX)
			return -E2BIG;
		fds[n++] = *more;
	}
	fds[n] = -1;

	ret = command_line_build(&cl, config, channels->qmp[1],
				 channels->gdb[1], vm->console,
				 vm->bus_log) ?:
	      process_begin(cl.argv, fds, vm->errors, config->real_time);
	command_line_free(&cl);
	if (ret > 0)
		vm->pid = ret;

	return ret > 0 ? 0 : ret;
}

/**
 * vm_start() - start QEMU with its CPUs stopped
 * @vm: the machine, which is initialised
 * @config: its config
 *
 * Monitor and debugger are socket pairs, console and errors are memory files. None of
 * them has a name in a file system, so no files are left behind.
 *
 * Return: 0, or a negative errno; call vm_cleanup() in either case. If QEMU has exited,
 * vm_collect() returns how, and @vm->errors contains its messages.
 */
int vm_start(struct vm *vm, const struct vm_config *config)
{
	struct channels channels = {
		.qmp = { -1, -1 }, .gdb = { -1, -1 }, .state = { -1, -1 },
		.file = -1,
	};
	int state, ret;

	*vm = VM_NONE;
	ret = open_channels(vm, &channels, config) ?:
	      begin_process(vm, &channels, config);
	state = channels.state[1];
	close_fd(&channels.qmp[1]);
	close_fd(&channels.gdb[1]);
	close_fd(&channels.state[1]);

	gdb_init(&vm->gdb, channels.gdb[0], REPLY_TIMEOUT_MS);
	if (ret)
		close_fd(&channels.qmp[0]);
	else
		ret = qmp_init(&vm->qmp, channels.qmp[0], REPLY_TIMEOUT_MS);
	if (!ret && channels.file >= 0)
		ret = state_load(&vm->qmp, channels.file, channels.state[0],
				 state);
	close_fd(&channels.file);
	close_fd(&channels.state[0]);

	return ret;
}

static void reap(struct vm *vm, int *status)
{
	struct rusage usage = { 0 };

	wait4(vm->pid, status, 0, &usage);
	vm->peak_kib = usage.ru_maxrss;
	vm->pid = 0;
}

/**
 * vm_stop() - kill QEMU
 * @vm: the machine; it may have ended, or not been started
 */
void vm_stop(struct vm *vm)
{
	int status;

	if (!vm->pid)
		return;
	kill(vm->pid, SIGKILL);
	reap(vm, &status);
}

/**
 * vm_collect() - wait for a QEMU that has closed its sockets
 * @vm: the machine
 * @how: receives text that describes how QEMU ended
 * @size: size of @how in bytes
 *
 * QEMU's sockets are closed a moment before its process can be waited for.
 */
void vm_collect(struct vm *vm, char *how, size_t size)
{
	siginfo_t info = { 0 };
	int status;

	for (int i = 0; i < EXIT_TIMEOUT_MS; i++) {
		waitid(P_PID, vm->pid, &info, WEXITED | WNOWAIT | WNOHANG);
		if (info.si_pid)
			break;
		usleep(1000);
	}
	if (!info.si_pid) {
		snprintf(how, size, "does not end");
		vm_stop(vm);
		return;
	}

	reap(vm, &status);
	if (WIFSIGNALED(status))
		snprintf(how, size, "was killed by signal %d (%s)",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(how, size, "ended with status %d",
			 WEXITSTATUS(status));
}

/**
 * vm_cleanup() - kill QEMU and free the resources of the machine
 * @vm: the machine; it may not have been started
 */
void vm_cleanup(struct vm *vm)
{
	vm_stop(vm);
	qmp_cleanup(&vm->qmp);
	gdb_cleanup(&vm->gdb);
	close_fd(&vm->console);
	close_fd(&vm->errors);
	close_fd(&vm->bus_log);
	close_fd(&vm->boot_bus_log);
}
