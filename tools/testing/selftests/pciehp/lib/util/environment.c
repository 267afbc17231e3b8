// SPDX-License-Identifier: GPL-2.0-only
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "util/environment.h"

static pid_t forking;

static void before_fork(void)
{
	forking = getpid();
}

/* The parent may have died before the kernel was told to watch it. */
static void in_child(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != forking)
		_exit(1);
}

/*
 * Every process that we fork ends with its parent, so that nothing is left
 * behind however we end. The harness needs this as much as we do: it moves each
 * test into a process group of its own, where no SIGINT reaches it.
 */
__attribute__((constructor))
static void end_children_with_parent(void)
{
	pthread_atfork(before_fork, NULL, in_child);
}

/**
 * environment_get() - value of a variable
 * @name: of the variable
 *
 * Return: the value, or NULL when it is unset or empty.
 */
const char *environment_get(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/**
 * environment_find_file() - path of a file beside the test program
 * @name: of the file
 * @path: receives the path
 */
void environment_find_file(const char *name, char path[PATH_MAX])
{
	char self[PATH_MAX];
	ssize_t len;

	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	self[len < 0 ? 0 : len] = '\0';
	if (snprintf(path, PATH_MAX, "%s/%s", dirname(self), name) >= PATH_MAX)
		path[0] = '\0';
}

/**
 * environment_parallel() - how many guests to run side by side
 *
 * Each waits for a third of its time, as for QEMU to start and to end.
 *
 * Return: three for two CPUs.
 */
unsigned int environment_parallel(void)
{
	unsigned int cpus = sysconf(_SC_NPROCESSORS_ONLN);

	return cpus + cpus / 2;
}
