// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qemu/machine_needs.h"
#include "util/environment.h"

/**
 * machine_agent() - path of the initramfs that has the agent alone
 * @machine: what it is for
 *
 * Return: the one beside the test program.
 */
const char *machine_agent(const struct machine *machine)
{
	static char path[PATH_MAX];
	char name[64];

	snprintf(name, sizeof(name), "pciehp_agent-%s.cpio", machine->arch);
	environment_find_file(name, path);

	return path;
}

/**
 * machine_initrd() - path of the initramfs of a guest under test
 * @machine: what it is for
 *
 * Return: what PCIEHP_INITRD says, or that of the agent alone.
 */
const char *machine_initrd(const struct machine *machine)
{
	return environment_get("PCIEHP_INITRD") ?: machine_agent(machine);
}

/**
 * machine_find_qemu() - where the emulator is
 * @machine: the machine that it is to emulate
 * @path: receives the path; of one that is not found, its name
 *
 * Return: whether it can be run.
 */
bool machine_find_qemu(const struct machine *machine, char path[PATH_MAX])
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
 * machine_missing() - what a guest cannot be booted for
 *
 * Return: the reason to skip, or NULL when nothing is missing.
 */
const char *machine_missing(void)
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

	if (!machine_find_qemu(machine, qemu)) {
		snprintf(why, sizeof(why),
			 "no %s: install it or set QEMU=/path/to/it", qemu);
		return why;
	}

	if (access(machine_initrd(machine), R_OK)) {
		snprintf(why, sizeof(why),
			 "no %s: to build it takes cpio, and a compiler and static libc for %s",
			 machine_initrd(machine), machine->arch);
		return why;
	}

	return NULL;
}
