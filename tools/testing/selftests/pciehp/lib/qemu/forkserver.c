// SPDX-License-Identifier: GPL-2.0-only
/* Starts many QEMU processes quickly. The other end is preload/forkserver.c. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "qemu/exec.h"
#include "qemu/forkserver.h"
#include "qemu/stream.h"
#include "util/environment.h"
#include "util/host_clock.h"

/* Host time for QEMU to be loaded, or to fork. */
#define TIMEOUT_MS	10000

static bool in_use;
static struct {
	/* the process that started it; children of that process must not use it */
	pid_t owner;
	pid_t pid;
	int sock;
	char program[PATH_MAX];
} server = { .sock = -1 };

/**
 * forkserver_use() - make vm_start() use a fork server from now on
 *
 * This is worthwhile for a process that starts many machines. It has no effect if the
 * user has set LD_PRELOAD, because the fork server needs that variable itself.
 */
void forkserver_use(void)
{
	in_use = !environment_get("LD_PRELOAD");
}

/* A program that does not load the library prints its version and exits. */
static void exec_server(const char *program, int sock)
{
	char number[16], preload[PATH_MAX];
	int null;

	environment_find_file(FORKSERVER_PRELOAD, preload);
	snprintf(number, sizeof(number), "%d", sock);
	setenv(FORKSERVER_SOCKET, number, 1);
	setenv("LD_PRELOAD", preload, 1);
	/* resolve symbols once, and not in each copy */
	setenv("LD_BIND_NOW", "1", 1);
	fcntl(sock, F_SETFD, 0);
	null = open("/dev/null", O_RDWR);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	if (null > STDERR_FILENO)
		close(null);
	qemu_exec((char *[]){ (char *)program, FORKSERVER_ARGUMENT, NULL });
}

static int read_pid(pid_t *pid, int timeout_ms)
{
	ssize_t n = stream_read(server.sock, pid, sizeof(*pid),
				host_now_ms() + timeout_ms);

	return n == sizeof(*pid) ? 0 : n < 0 ? n : -EPROTO;
}

/*
 * If @copying, a request was sent, but the PID of the copy was not received in time. A
 * copy first sends its PID, so read that after the server has ended, and kill the copy.
 */
static void stop_server(bool copying)
{
	pid_t pid;

	if (server.sock < 0)
		return;
	if (server.owner == getpid()) {
		kill(server.pid, SIGKILL);
		waitpid(server.pid, NULL, 0);
		if (copying && !read_pid(&pid, TIMEOUT_MS) && pid > 0) {
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
		}
	}
	close(server.sock);
	server.sock = -1;
}

static void start_server(const char *program)
{
	pid_t ready;
	int socks[2];

	server.owner = getpid();
	snprintf(server.program, sizeof(server.program), "%s", program);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, socks))
		return;
	server.pid = fork();
	if (!server.pid)
		exec_server(program, socks[1]);
	close(socks[1]);
	if (server.pid < 0) {
		close(socks[0]);
		return;
	}
	server.sock = socks[0];
	if (read_pid(&ready, TIMEOUT_MS))
		stop_server(false);
}

/* A program whose server has failed is not tried again. */
static bool have_server(const char *program)
{
	if (server.owner != getpid() || strcmp(server.program, program)) {
		stop_server(false);
		start_server(program);
	}

	return server.sock >= 0;
}

/* Return -E2BIG if the arguments do not fit. */
static int fill_request(struct forkserver_request *request, char *const *argv)
{
	size_t len = 0;
	int argc;

	for (argc = 0; argv[argc]; argc++) {
		size_t size = strlen(argv[argc]) + 1;

		if (len + size > sizeof(request->text) || argc == QEMU_ARGS_MAX - 1)
			return -E2BIG;
		memcpy(request->text + len, argv[argc], size);
		len += size;
	}
	request->argc = argc;
	request->parent = getpid();

	return 0;
}

/* Return -E2BIG if there are too many file descriptors. */
static int fill_fds(struct forkserver_request *request,
		    int passed[FORKSERVER_FDS_MAX], const int *fds, int errors)
{
	passed[0] = errors;
	passed[1] = errors;
	request->fds[0] = STDOUT_FILENO;
	request->fds[1] = STDERR_FILENO;
	request->n_fds = 2;
	for (; *fds >= 0; fds++) {
		if (request->n_fds == FORKSERVER_FDS_MAX)
			return -E2BIG;
		passed[request->n_fds] = *fds;
		request->fds[request->n_fds++] = *fds;
	}

	return 0;
}

static int send_request(struct forkserver_request *request, const int *passed)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(request->fds))];
	} control;
	struct iovec iov = { request, sizeof(*request) };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(request->n_fds * sizeof(int)),
	};
	struct cmsghdr *cmsg = &control.header;

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(request->n_fds * sizeof(int));
	memcpy(CMSG_DATA(cmsg), passed, request->n_fds * sizeof(int));

	return sendmsg(server.sock, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/**
 * forkserver_fork() - start QEMU as a copy of the fork server
 * @argv: its arguments
 * @fds: file descriptors that it inherits, -1 after the last
 * @errors: file descriptor for its stdout and stderr
 *
 * Return: the PID of the copy, which is a child of this process; or -1 if there is no
 * copy. The caller then has to start QEMU itself.
 */
pid_t forkserver_fork(char *const *argv, const int *fds, int errors)
{
	struct forkserver_request request;
	int passed[FORKSERVER_FDS_MAX];
	pid_t pid;

	if (!in_use || fill_request(&request, argv) ||
	    fill_fds(&request, passed, fds, errors) || !have_server(argv[0]))
		return -1;
	if (send_request(&request, passed)) {
		stop_server(false);
		return -1;
	}
	if (read_pid(&pid, TIMEOUT_MS)) {
		stop_server(true);
		return -1;
	}

	return pid;
}
