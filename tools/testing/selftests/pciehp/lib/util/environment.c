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

/* The parent may have died before prctl() was called. */
static void in_child(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != forking)
		_exit(1);
}

/*
 * Every forked process is killed when its parent ends, so that no process is left
 * behind, however the parent ends. This also applies to the processes that the
 * harness forks: it puts each test into a process group of its own, which does not
 * receive a SIGINT from the terminal.
 */
__attribute__((constructor))
static void end_children_with_parent(void)
{
	pthread_atfork(before_fork, NULL, in_child);
}

/**
 * environment_get() - value of an environment variable
 * @name: name of the variable
 *
 * Return: the value, or NULL if the variable is unset or empty.
 */
const char *environment_get(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/**
 * environment_find_file() - path of a file in the folder of the test program
 * @name: name of the file
 * @path: receives the path, which is empty if it is too long
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
 * environment_parallel() - number of guests to run in parallel
 *
 * A third of the time of each is spent waiting, for example for QEMU to start and to
 * end.
 *
 * Return: the number, which is three for two CPUs.
 */
unsigned int environment_parallel(void)
{
	unsigned int cpus = sysconf(_SC_NPROCESSORS_ONLN);

	return cpus + cpus / 2;
}
