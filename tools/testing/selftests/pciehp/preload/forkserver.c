// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fork server. This library is preloaded into QEMU and replaces __libc_start_main(),
 * which runs after the dynamic linker and before main(). It waits there for requests, and
 * continues to main() in a new process for each request. By then, the libraries have been
 * loaded and their constructors have run, but no code of QEMU itself has. In /proc, the
 * command line of a copy is that of the fork server.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "qemu/exec.h"
#include "qemu/forkserver.h"

typedef int (*main_fn)(int argc, char **argv, char **envp);
typedef int (*start_main_fn)(main_fn main, int argc, char **argv,
			     void (*init)(void), void (*fini)(void),
			     void (*rtld_fini)(void), void *stack_end);

static struct forkserver_request request;
static int received[FORKSERVER_FDS_MAX];
static char *arguments[QEMU_ARGS_MAX];

static bool receive(int sock)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(received))];
	} control;
	struct iovec iov = { &request, sizeof(request) };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	size_t size;

	if (recvmsg(sock, &message, MSG_CMSG_CLOEXEC) != sizeof(request))
		return false;
	cmsg = CMSG_FIRSTHDR(&message);
	size = request.n_fds * sizeof(int);
	/* fewer arrive if RLIMIT_NOFILE is exceeded */
	if (!cmsg || cmsg->cmsg_len != CMSG_LEN(size))
		return false;
	memcpy(received, CMSG_DATA(cmsg), size);

	return true;
}

/*
 * Like fork(), but the new process is a child of the parent of this process, which can
 * wait for it. libc does not know about the new process, so the kernel writes its thread
 * ID to where libc keeps it.
 */
static pid_t fork_sibling(void)
{
	struct clone_args args = {
		.flags = CLONE_PARENT | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID,
	};
	int *tid;

	if (prctl(PR_GET_TID_ADDRESS, &tid))
		return -1;
	args.child_tid = (uintptr_t)tid;

	return syscall(SYS_clone3, &args, sizeof(args));
}

/*
 * Give the received file descriptors their numbers. First move all of them above the highest
 * of these numbers, as one may have a number that another one needs.
 */
static bool place_fds(void)
{
	int above = 0;

	for (int i = 0; i < request.n_fds; i++)
		above = request.fds[i] > above ? request.fds[i] : above;
	for (int i = 0; i < request.n_fds; i++) {
		int fd = fcntl(received[i], F_DUPFD_CLOEXEC, above + 1);

		if (fd < 0)
			return false;
		close(received[i]);
		received[i] = fd;
	}
	for (int i = 0; i < request.n_fds; i++) {
		if (dup2(received[i], request.fds[i]) < 0)
			return false;
		close(received[i]);
	}

	return true;
}

static void send_pid(int sock, pid_t pid)
{
	send(sock, &pid, sizeof(pid), MSG_NOSIGNAL);
}

static void set_up_copy(int sock)
{
	char *text = request.text;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != request.parent)
		_exit(1);
	send_pid(sock, getpid());
	close(sock);
	if (!place_fds())
		_exit(1);
	for (int i = 0; i < request.argc; i++) {
		arguments[i] = text;
		text += strlen(text) + 1;
	}
	qemu_pin_to_one_cpu();
}

/* Returns in each copy, and never in the fork server. */
static void serve(int sock)
{
	pid_t pid;

	/* ready */
	send_pid(sock, 0);
	while (receive(sock)) {
		pid = fork_sibling();
		if (!pid) {
			set_up_copy(sock);
			return;
		}
		if (pid < 0)
			send_pid(sock, -1);
		for (int i = 0; i < request.n_fds; i++)
			close(received[i]);
	}
	_exit(0);
}

__attribute__((visibility("default")))
int __libc_start_main(main_fn main, int argc, char **argv, void (*init)(void),
		      void (*fini)(void), void (*rtld_fini)(void),
		      void *stack_end)
{
	start_main_fn start_main = (start_main_fn)dlsym(RTLD_NEXT,
							"__libc_start_main");
	const char *sock = getenv(FORKSERVER_SOCKET);
	int fd = sock ? atoi(sock) : -1;

	/* programs that QEMU or a script runs must not inherit these */
	if (sock)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	unsetenv(FORKSERVER_SOCKET);
	unsetenv("LD_PRELOAD");
	unsetenv("LD_BIND_NOW");
	if (sock && argc == 2 && !strcmp(argv[1], FORKSERVER_ARGUMENT)) {
		serve(fd);
		argc = request.argc;
		argv = arguments;
	}

	return start_main(main, argc, argv, init, fini, rtld_fini, stack_end);
}
