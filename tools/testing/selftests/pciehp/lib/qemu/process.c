// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "qemu/exec.h"
#include "qemu/forkserver.h"
#include "qemu/process.h"
#include "util/environment.h"

static void exec_with_fds(char *const *argv, const int *fds, int errors)
{
	char preload[PATH_MAX];

	for (; *fds >= 0; fds++)
		fcntl(*fds, F_SETFD, 0);

	environment_find_file(FORKSERVER_PRELOAD, preload);
	if (!access(preload, R_OK))
		setenv("LD_PRELOAD", preload, 0);
	dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	dup2(errors, STDOUT_FILENO);
	dup2(errors, STDERR_FILENO);
	qemu_exec(argv);
}

/**
 * process_begin() - start QEMU
 * @argv: its arguments
 * @fds: file descriptors that it inherits, -1 after the last
 * @errors: file descriptor for its stdout and stderr
 * @real_time: its CPUs run in parallel, so it is not pinned to one host CPU
 *
 * Return: the PID, or a negative errno.
 */
pid_t process_begin(char *const *argv, const int *fds, int errors,
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
			qemu_pin_to_one_cpu();
		exec_with_fds(argv, fds, errors);
	}

	return pid < 0 ? -errno : pid;
}
