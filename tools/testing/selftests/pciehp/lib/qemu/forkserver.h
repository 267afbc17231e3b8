/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fork server is a QEMU process that waits before main(). Each machine is a copy of
 * it. Loading and relocating libraries takes half of QEMU's start-up time; a copy does
 * not need it.
 */
#ifndef LIBPCIEHP_QEMU_FORKSERVER_H
#define LIBPCIEHP_QEMU_FORKSERVER_H

#include <sys/types.h>

#include "qemu/exec.h"

/* The library that turns QEMU into the server, in the folder of the test programs. */
#define FORKSERVER_PRELOAD	"pciehp_preload.so"

/* The environment variable with the number of the socket for preload/forkserver.c. */
#define FORKSERVER_SOCKET	"PCIEHP_FORKSERVER"

/*
 * The only argument of a program that is to become the server. If QEMU is a script, its
 * interpreter loads the library, but has the script's name before this argument, and does
 * not become a server.
 */
#define FORKSERVER_ARGUMENT	"--version"

/* The inherited file descriptors, stdout and stderr. */
#define FORKSERVER_FDS_MAX	(QEMU_FDS_MAX + 2)

#define FORKSERVER_TEXT_SIZE	16384

/**
 * struct forkserver_request - request for a copy, sent with its file descriptors
 * @parent: PID of the process that becomes the parent of the copy
 * @n_fds: number of file descriptors
 * @fds: their numbers in the copy
 * @argc: number of arguments, less than QEMU_ARGS_MAX
 * @text: the arguments, each with a NUL after it
 */
struct forkserver_request {
	pid_t parent;
	int n_fds;
	int fds[FORKSERVER_FDS_MAX];
	int argc;
	char text[FORKSERVER_TEXT_SIZE];
};

void forkserver_use(void);
pid_t forkserver_fork(char *const *argv, const int *fds, int errors);

#endif /* LIBPCIEHP_QEMU_FORKSERVER_H */
