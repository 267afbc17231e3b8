// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests for a guest that is a host itself: assign resources to a virtual function of an
 * NVMe, start QEMU, and wait while the guest in it runs.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/nvme_ioctl.h>

#include "pciehp_agent.h"

#define ARGS_MAX	128

static pid_t child;
static int child_pipe = -1;	/* hangs up when the child has ended */

/* In the child. Its stdout and stderr go to @output. */
static void exec_program(char **argv, const char *output)
{
	int out;

	out = open(output, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (out < 0)
		_exit(126);
	dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	execv(argv[0], argv);
	fprintf(stderr, "cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/**
 * host_spawn() - start a program
 * @args: the file for its output, the program and its arguments, separated by tabs
 *
 * Return: 0 or a negative errno.
 */
int host_spawn(char *args)
{
	char *argv[ARGS_MAX + 1], *output = strsep(&args, "\t");
	int lives[2], n = 0;

	while (n < ARGS_MAX && args)
		argv[n++] = strsep(&args, "\t");
	if (!n || args)
		return -EINVAL;
	argv[n] = NULL;

	/* the write end stays open until the child ends, also across execv() */
	if (pipe(lives))
		return -errno;
	fcntl(lives[0], F_SETFD, FD_CLOEXEC);
	child = fork();
	if (!child)
		exec_program(argv, output);
	close(lives[1]);
	child_pipe = lives[0];

	return child < 0 ? -errno : 0;
}

/* Append to @answer how the program that host_spawn() started has ended. */
static void report_end(struct answer *answer)
{
	int status;

	if (waitpid(child, &status, 0) != child)
		answer_add(answer, "ended");
	else if (WIFSIGNALED(status))
		answer_add(answer, "was killed by signal %d (%s)",
			   WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		answer_add(answer, "ended with status %d",
			   WEXITSTATUS(status));
}

/**
 * host_await() - wait until a file has data to read, or the program of host_spawn() ends
 * @path: the file, which is a port of a virtio console
 * @answer: receives how the program ended
 *
 * Return: 0 if there was data; -ECHILD if the program has ended; or another negative
 * errno.
 */
int host_await(const char *path, struct answer *answer)
{
	struct pollfd pfds[] = {
		{ .events = POLLIN },
		{ .fd = child_pipe },
	};
	char data[64];
	int ret = 0;

	pfds[0].fd = open(path, O_RDONLY | O_CLOEXEC);
	if (pfds[0].fd < 0)
		return -errno;
	if (poll(pfds, ARRAY_SIZE(pfds), -1) < 0) {
		ret = -errno;
	} else if (pfds[1].revents) {
		report_end(answer);
		ret = -ECHILD;
	} else if (read(pfds[0].fd, data, sizeof(data)) < 0) {
		ret = -errno;
	}
	close(pfds[0].fd);

	return ret;
}

/**
 * host_nvme_admin() - run an NVMe admin command without data
 * @args: device of the controller, the opcode, and Command Dwords 10 and 11
 * @answer: receives the status of the command if it failed
 *
 * Return: 0; -EREMOTEIO if the command failed; or another negative errno.
 */
int host_nvme_admin(const char *args, struct answer *answer)
{
	unsigned int opcode, cdw10, cdw11;
	struct nvme_admin_cmd command;
	char path[64];
	int fd, ret;

	if (sscanf(args, "%63s %i %i %i", path, &opcode, &cdw10, &cdw11) != 4)
		return -EINVAL;
	command = (struct nvme_admin_cmd){
		.opcode = opcode, .cdw10 = cdw10, .cdw11 = cdw11,
	};

	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = ioctl(fd, NVME_IOCTL_ADMIN_CMD, &command);
	if (ret < 0) {
		ret = -errno;
	} else if (ret > 0) {
		answer_add(answer, "status %#x", ret);
		ret = -EREMOTEIO;
	}
	close(fd);

	return ret;
}
