// SPDX-License-Identifier: GPL-2.0-only
/* How the process of QEMU begins. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qemu/forkserver.h"
#include "qemu/vm.h"

/* One heap for all threads, which grows by several huge pages at a time. */
#define MALLOC_TUNABLES	"glibc.malloc.hugetlb=1:glibc.malloc.top_pad=16777216:glibc.malloc.arena_max=1"

/**
 * vm_exec() - become QEMU
 * @argv: its arguments
 *
 * In a child, which ends with us: see environment.c. Does not return.
 */
void vm_exec(char *const *argv)
{
	/* A third of the page faults of a short run would be for the heap. */
	setenv("GLIBC_TUNABLES", MALLOC_TUNABLES, 0);

	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static void exec_with_fds(char *const *argv, const int *fds, int errors)
{
	for (; *fds >= 0; fds++)
		fcntl(*fds, F_SETFD, 0);

	dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	dup2(errors, STDOUT_FILENO);
	dup2(errors, STDERR_FILENO);
	vm_exec(argv);
}

/**
 * vm_process_begin() - begin a QEMU
 * @argv: its arguments
 * @fds: file descriptors that it inherits, -1 after the last
 * @errors: the one that is its stdout and stderr
 * @real_time: its CPUs run side by side
 *
 * Return: the process or a negative errno.
 */
pid_t vm_process_begin(char *const *argv, const int *fds, int errors,
		       bool real_time)
{
	pid_t pid;

	if (!real_time) {
		pid = forkserver_fork(argv, fds, errors);
		if (pid > 0)
			return pid;
	}

	pid = fork();
	if (!pid) {
		if (!real_time)
			vm_take_turns();
		exec_with_fds(argv, fds, errors);
	}

	return pid < 0 ? -errno : pid;
}
