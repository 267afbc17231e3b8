// SPDX-License-Identifier: GPL-2.0-only
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "qemu/machine.h"
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
 * environment_beside() - path of a file beside the test program
 * @name: of the file
 * @path: receives the path
 */
void environment_beside(const char *name, char path[PATH_MAX])
{
	char self[PATH_MAX];
	ssize_t len;

	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	self[len < 0 ? 0 : len] = '\0';
	if (snprintf(path, PATH_MAX, "%s/%s", dirname(self), name) >= PATH_MAX)
		path[0] = '\0';
}

/**
 * environment_agent() - path of the initramfs that has the agent alone
 * @machine: what it is for
 *
 * Return: the one beside the test program.
 */
const char *environment_agent(const struct machine *machine)
{
	static char path[PATH_MAX];
	char name[64];

	snprintf(name, sizeof(name), "pciehp_agent-%s.cpio", machine->arch);
	environment_beside(name, path);

	return path;
}

/**
 * environment_initrd() - path of the initramfs of a guest under test
 * @machine: what it is for
 *
 * Return: what PCIEHP_INITRD says, or that of the agent alone.
 */
const char *environment_initrd(const struct machine *machine)
{
	return environment_get("PCIEHP_INITRD") ?: environment_agent(machine);
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

/**
 * environment_find_qemu() - where the emulator is
 * @machine: the machine that it is to emulate
 * @path: receives the path; of one that is not found, its name
 *
 * Return: whether it can be run.
 */
bool environment_find_qemu(const struct machine *machine, char path[PATH_MAX])
{
	const char *qemu = environment_get("QEMU") ?: machine->qemu;
	char *dirs, *dir, *next;
	bool found = false;

	snprintf(path, PATH_MAX, "%s", qemu);
	if (strchr(qemu, '/'))
		return !access(path, X_OK);

	dirs = strdup(environment_get("PATH") ?: "");
	next = dirs;
	while (!found && (dir = strsep(&next, ":"))) {
		snprintf(path, PATH_MAX, "%s/%s", dir, qemu);
		found = !access(path, X_OK);
	}
	free(dirs);
	if (!found)
		snprintf(path, PATH_MAX, "%s", qemu);

	return found;
}

/**
 * environment_missing() - what a guest cannot be booted for
 *
 * Return: the reason to skip, or NULL when nothing is missing.
 */
const char *environment_missing(void)
{
	static char why[PATH_MAX + 128];
	const struct machine *machine;
	char qemu[PATH_MAX];
	const char *kernel;

	kernel = environment_get("KERNEL");
	if (!kernel)
		return "no guest kernel: set KERNEL=/path/to/Image";

	machine = machine_of_kernel(kernel, why, sizeof(why));
	if (!machine)
		return why;

	if (!environment_find_qemu(machine, qemu)) {
		snprintf(why, sizeof(why),
			 "no %s: install it or set QEMU=/path/to/it", qemu);
		return why;
	}

	if (access(environment_initrd(machine), R_OK)) {
		snprintf(why, sizeof(why),
			 "no %s: to build it takes cpio, and a compiler and static libc for %s",
			 environment_initrd(machine), machine->arch);
		return why;
	}

	return NULL;
}
