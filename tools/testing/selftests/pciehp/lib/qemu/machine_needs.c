// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qemu/machine_needs.h"
#include "util/environment.h"

/**
 * machine_agent() - path of the initramfs that contains only the agent
 * @machine: the machine to boot it on
 *
 * Return: the path, in the folder of the test program.
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
 * @machine: the machine to boot it on
 *
 * Return: the value of PCIEHP_INITRD, or else machine_agent().
 */
const char *machine_initrd(const struct machine *machine)
{
	return environment_get("PCIEHP_INITRD") ?: machine_agent(machine);
}

/**
 * machine_find_qemu() - find the emulator
 * @machine: the machine to emulate
 * @path: receives the path, or only the program's name if it is not in PATH
 *
 * Return: true if it can be executed.
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
 * machine_missing() - check what is needed to boot a guest
 *
 * Return: the reason to skip, or NULL if nothing is missing.
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
			 "no %s: to build it, install cpio, and a compiler and a static libc for %s",
			 machine_initrd(machine), machine->arch);
		return why;
	}

	return NULL;
}
