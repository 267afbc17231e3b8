/* SPDX-License-Identifier: GPL-2.0-only */
/* A guest in a guest: KVM in an emulated host, which assigns a device by VFIO. */
#ifndef LIBPCIEHP_NESTED_NESTED_H
#define LIBPCIEHP_NESTED_NESTED_H

#include "guest/guest.h"

/* Addresses in the host of the virtual function of the NVMe or of the igb. */
#define NESTED_VF		"0000:00:08.1"
#define NESTED_NETWORK_VF	"0000:00:18.0"

/* The nesting levels of the two agents, see AGENT_NESTING_LEVEL. */
#define NESTED_HOST_LEVEL	0
#define NESTED_GUEST_LEVEL	1

#define NESTED_ARGS_SIZE	3072

/**
 * struct nested - a host and the guest in it
 * @host: the emulated machine
 * @guest: the machine that KVM runs in it; its result is that of the case
 * @control: socket on which a byte wakes the host's agent
 * @disk: memory file with the content of the NVMe
 * @fds: file descriptors that the host's QEMU inherits, -1 after the last
 * @chardevs: arguments of -chardev and -blockdev that refer to files and sockets
 * @options: further arguments of the host's QEMU
 * @files: files that are added to the host's initramfs: the guest's kernel and initramfs
 * @args: command line of the guest's QEMU, separated by tabs, for "spawn"
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
