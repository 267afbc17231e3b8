/* SPDX-License-Identifier: GPL-2.0-only */
/* A guest in a guest: KVM in an emulated host that passes a device on by VFIO. */
#ifndef LIBPCIEHP_NESTED_NESTED_H
#define LIBPCIEHP_NESTED_NESTED_H

#include "guest/guest.h"

/* The virtual function, of an NVMe or an igb, as the host's sysfs names it. */
#define NESTED_VF		"0000:00:08.1"
#define NESTED_NETWORK_VF	"0000:00:18.0"

/* Their agents, see AGENT_NESTING_LEVEL. */
#define NESTED_HOST_LEVEL	0
#define NESTED_GUEST_LEVEL	1

#define NESTED_ARGS_SIZE	3072

/**
 * struct nested - a host and the guest in it
 * @host: the machine that we emulate
 * @guest: the machine that KVM runs in there; its result is the case's
 * @control: where a byte wakes the host's agent
 * @disk: what the NVMe stores, a file without a name
 * @fds: what QEMU inherits
 * @chardevs: arguments of -chardev and -blockdev that name files and sockets
 * @options: of the host's QEMU
 * @files: what the host needs for the guest
 * @args: of the guest's QEMU
 */
struct nested {
	struct guest host;
	struct guest guest;
	int control;
	int disk;
	int fds[3];
	char chardevs[5][96];
	const char *options[64];
	struct guest_file files[3];
	char args[NESTED_ARGS_SIZE];
};

void nested_init(struct nested *nested, const char *name);
int nested_boot_guest(struct nested *nested, int timeout_ms);
int nested_run_slice(void *context);
__printf(2, 3)
int nested_host_request(struct nested *nested, const char *fmt, ...);
void nested_end(struct nested *nested);

#endif /* LIBPCIEHP_NESTED_NESTED_H */
