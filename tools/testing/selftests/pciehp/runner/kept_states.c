// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "qemu/machine_needs.h"
#include "util/environment.h"
#include "util/hash.h"

#include "kept_states.h"

/* The ID of the host's boot. Files that were not written when the host crashed are not used. */
#define BOOT_ID		"/proc/sys/kernel/random/boot_id"

/* Like make, consider a file unchanged if its size and time are unchanged. */
static bool add_file(uint64_t *hash, const char *path)
{
	char text[128];
	struct stat st;

	if (stat(path, &st))
		return false;
	snprintf(text, sizeof(text), "%llu %llu %lld %lld.%09ld",
		 (unsigned long long)st.st_dev, (unsigned long long)st.st_ino,
		 (long long)st.st_size, (long long)st.st_mtim.tv_sec,
		 st.st_mtim.tv_nsec);
	*hash = hash_string(*hash, text);

	return true;
}

static bool add_boot_id(uint64_t *hash)
{
	char id[64] = "";
	FILE *file;

	file = fopen(BOOT_ID, "re");
	if (!file)
		return false;
	if (!fgets(id, sizeof(id), file))
		id[0] = '\0';
	fclose(file);
	*hash = hash_string(*hash, id);

	return id[0];
}

/* All that a state depends on, but for the machine, which the name of its file stands for. */
static bool add_all(uint64_t *hash, const char *image)
{
	const struct machine *machine;
	char qemu[PATH_MAX], why[PATH_MAX + 128];

	machine = machine_of_kernel(image, why, sizeof(why));

	return machine && machine_find_qemu(machine, qemu) &&
	       add_file(hash, image) && add_file(hash, qemu) &&
	       add_file(hash, machine_initrd(machine)) &&
	       /* the library determines how QEMU is started, and the format of a state */
	       add_file(hash, "/proc/self/exe") && add_boot_id(hash);
}

/**
 * kept_states_find() - find the folder for a kernel's states that are kept
 * @kernel: the kernel, whose @kept_states is set, to an empty string if none are kept
 *
 * The folder is in that of PCIEHP_KEPT_STATES. It gets the current time, so that those
 * that have not been used for long can be removed. If QEMU is set, no states are kept, as
 * it may be a script, whose QEMU may change.
 */
void kept_states_find(struct kernel *kernel)
{
	const char *dir = environment_get("PCIEHP_KEPT_STATES");
	uint64_t hash = HASH_START;

	kernel->kept_states[0] = '\0';
	if (!dir || environment_get("QEMU") || !add_all(&hash, kernel->image))
		return;
	snprintf(kernel->kept_states, sizeof(kernel->kept_states),
		 "%s/%016llx", dir, (unsigned long long)hash);
	if ((mkdir(kernel->kept_states, 0755) && errno != EEXIST) ||
	    utimensat(AT_FDCWD, kernel->kept_states, NULL, 0)) {
		fprintf(stderr, "cannot keep states in %s: %s; booting each machine again\n",
			kernel->kept_states, strerror(errno));
		kernel->kept_states[0] = '\0';
	}
}
