// SPDX-License-Identifier: GPL-2.0-only
/* Many machines of one kind begun quickly: see preload/forkserver.c for the other end. */
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

/* Host time for a QEMU to be loaded, or to be copied. */
#define TIMEOUT_MS	10000

static bool in_use;
static struct {
	/* whose child it is: that of a process is not its children's */
	pid_t owner;
	pid_t pid;
	int sock;
	char program[PATH_MAX];
} server = { .sock = -1 };

/**
 * forkserver_use() - from now on, have vm_start() begin machines with it
 *
 * For a process that begins many; one is not worth it. Not with a library of the user's
 * own to be loaded first, whose place ours would take.
 */
void forkserver_use(void)
{
	in_use = !environment_get("LD_PRELOAD");
}

/* A program that does not take the library is to say its version, and end. */
static void exec_server(const char *program, int sock)
{
	char number[16], preload[PATH_MAX];
	int null;

	environment_find_file(FORKSERVER_PRELOAD, preload);
	snprintf(number, sizeof(number), "%d", sock);
	setenv(FORKSERVER_SOCKET, number, 1);
	setenv("LD_PRELOAD", preload, 1);
	/* once, and not in each copy */
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

/* With the copy that nobody waits for any more, which tells of itself first of all. */
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

/* One that failed is not tried again. */
static bool have_server(const char *program)
{
	if (server.owner != getpid() || strcmp(server.program, program)) {
		stop_server(false);
		start_server(program);
	}

	return server.sock >= 0;
}

/* -E2BIG if there is more than fits. */
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

/* -E2BIG likewise. */
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
 * forkserver_fork() - begin a QEMU as a copy of one that waits
 * @argv: its arguments
 * @fds: file descriptors that it inherits, -1 after the last
 * @errors: the one that is its stdout and stderr
 *
 * Return: the process, a child of ours; or -1 when there is no copy, and it has to
 * begin otherwise.
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
