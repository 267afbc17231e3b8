// SPDX-License-Identifier: GPL-2.0-only
/* How the process of QEMU begins. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libpciehp/vm.h>

/* One heap for all threads, which grows by whole huge pages. */
#define MALLOC_TUNABLES	"glibc.malloc.hugetlb=1:glibc.malloc.top_pad=16777216:glibc.malloc.arena_max=1"

/**
 * vm_let_threads_take_turns() - keep a QEMU whose time is virtual on our CPU of the host
 * @pid: the process; 0 for this one
 *
 * QEMU's main loop makes time leap when no CPU has work. Let it not look just as a
 * CPU has fallen asleep, but has not accounted for its last instructions yet: these
 * would count twice. On one CPU of the host, and with no thread that preempts
 * another as it wakes up, the two take turns instead, until the end of a time slice;
 * where QEMU can record, that does the rest (see vm_records()).
 */
void vm_let_threads_take_turns(pid_t pid)
{
	const struct sched_param param = { .sched_priority = 0 };
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(sched_getcpu(), &cpus);
	sched_setaffinity(pid, sizeof(cpus), &cpus);
	sched_setscheduler(pid, SCHED_BATCH, &param);
}

/**
 * vm_exec() - become QEMU
 * @argv: its arguments
 *
 * In a child, which ends with us: see environment.c. Does not return.
 */
void vm_exec(char *const *argv)
{
	/* Of the page faults of a short run, a third are for the heap else. */
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

	pid = fork();
	if (!pid) {
		if (!real_time)
			vm_let_threads_take_turns(0);
		exec_with_fds(argv, fds, errors);
	}

	return pid < 0 ? -errno : pid;
}
