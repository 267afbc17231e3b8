/* SPDX-License-Identifier: GPL-2.0-only */
/* Builds the ports of a machine as arguments of QEMU. */
#ifndef LIBPCIEHP_QEMU_TOPOLOGY_H
#define LIBPCIEHP_QEMU_TOPOLOGY_H

#include <stdbool.h>

#define SLOTS_MAX	128

/* Each port with a slot may need a root port and an upstream port. */
#define TOPOLOGY_MAX	(3 * SLOTS_MAX)

#define PORT_IOH3420		"ioh3420"
#define PORT_PCIE_ROOT_PORT	"pcie-root-port"
#define PORT_XIO3130		"xio3130-downstream"

/* QEMU's id of the switch in a slot, see topology_nest(). */
#define TOPOLOGY_NESTED		"switch"

/**
 * struct topology - the devices that a machine has at boot
 * @devices: arguments of -device in order, NULL after the last
 * @n: number of devices
 */
struct topology {
	char *devices[TOPOLOGY_MAX + 1];
	int n;
};

int topology_build(struct topology *topology, const char *model,
		   const char *root_port, int slots, int slots_per_switch,
		   const char *properties);
int topology_nest(struct topology *topology);
int topology_add(struct topology *topology, const char *device);
void topology_free(struct topology *topology);
bool topology_is_switch(const char *model);

#endif /* LIBPCIEHP_QEMU_TOPOLOGY_H */
