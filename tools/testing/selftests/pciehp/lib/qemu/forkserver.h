/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A QEMU that waits before its main(), and of which each machine is a copy: half of the
 * time that QEMU takes to begin is spent on loading and relocating its libraries.
 */
#ifndef LIBPCIEHP_QEMU_FORKSERVER_H
#define LIBPCIEHP_QEMU_FORKSERVER_H

#include <sys/types.h>

#include "qemu/exec.h"

/* The library that makes a server of QEMU, beside the test programs. */
#define FORKSERVER_PRELOAD	"pciehp_preload.so"

/* The variable that tells preload/forkserver.c the number of its socket. */
#define FORKSERVER_SOCKET	"PCIEHP_FORKSERVER"

/*
 * The one argument of a program that is to serve. For a script, its interpreter loads the
 * library, but has the script's name before this argument, and does not serve.
 */
#define FORKSERVER_ARGUMENT	"--version"

/* What a QEMU inherits, and its stdout and stderr. */
#define FORKSERVER_FDS_MAX	(QEMU_FDS_MAX + 2)

#define FORKSERVER_TEXT_SIZE	16384

/**
 * struct forkserver_request - what a copy is to be, with its file descriptors beside
 * @parent: of the copy
 * @n_fds: how many file descriptors
 * @fds: what the copy is to call them
 * @argc: how many arguments, fewer than QEMU_ARGS_MAX
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
