// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loaded into QEMU ahead of libc, by which it comes between the dynamic linker and
 * main(): waits there, and goes on as often as it is asked to, each time in a process
 * of its own. Of QEMU itself nothing has run by then, of its libraries what they do as
 * they are loaded. In /proc, the command line of a copy is that of the one that waits.
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
	/* fewer if we may not open as many */
	if (!cmsg || cmsg->cmsg_len != CMSG_LEN(size))
		return false;
	memcpy(received, CMSG_DATA(cmsg), size);

	return true;
}

/*
 * As fork(), but a child of our parent, which can wait for it. As libc does not know,
 * have the kernel write the thread's number where libc keeps it.
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

/* First out of the way of each other: what one has, another may have to be called. */
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

static void tell(int sock, pid_t pid)
{
	send(sock, &pid, sizeof(pid), MSG_NOSIGNAL);
}

static void begin(int sock)
{
	char *text = request.text;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != request.parent)
		_exit(1);
	tell(sock, getpid());
	close(sock);
	if (!place_fds())
		_exit(1);
	for (int i = 0; i < request.argc; i++) {
		arguments[i] = text;
		text += strlen(text) + 1;
	}
	qemu_pin_to_one_cpu();
}

/* Returns in each copy, and never in the process that serves. */
static void serve(int sock)
{
	pid_t pid;

	/* ready */
	tell(sock, 0);
	while (receive(sock)) {
		pid = fork_sibling();
		if (!pid) {
			begin(sock);
			return;
		}
		if (pid < 0)
			tell(sock, -1);
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

	/* not for what QEMU runs, nor what a script does */
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
