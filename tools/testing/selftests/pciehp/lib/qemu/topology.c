// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu/topology.h"
#include "util/compiler.h"

/* Maximum number of functions of a device, and of ports of a switch. */
#define FUNCTIONS	8
#define SWITCH_MAX	32

__printf(2, 3)
static int add(struct topology *topology, const char *fmt, ...)
{
	va_list ap;
	int len;

	if (topology->n == TOPOLOGY_MAX)
		return -ENOSPC;
	va_start(ap, fmt);
	len = vasprintf(&topology->devices[topology->n], fmt, ap);
	va_end(ap);
	if (len < 0)
		return -ENOMEM;
	topology->n++;

	return 0;
}

/**
 * topology_is_switch() - is a port part of a switch
 * @model: QEMU's name of the port
 *
 * Return: true for a Switch Downstream Port.
 */
bool topology_is_switch(const char *model)
{
	return !strcmp(model, PORT_XIO3130);
}

/*
 * The root bus has only 32 device numbers. Root ports are functions of multifunction
 * devices, so that eight times as many fit.
 */
static int add_root_port(struct topology *topology, const char *model,
			 const char *id, int index, const char *properties)
{
	return add(topology, "%s,id=%s,addr=%#x.%d,multifunction=on,chassis=%d%s",
		   model, id, 0x8 + index / FUNCTIONS, index % FUNCTIONS,
		   index + 1, properties);
}

static int add_switch(struct topology *topology, const char *root_port,
		      int index)
{
	char id[16];

	snprintf(id, sizeof(id), "root%d", index);

	return add_root_port(topology, root_port, id, index, ",hotplug=off") ?:
	       add(topology, "x3130-upstream,id=up%d,bus=%s", index, id);
}

/* Slot 1 of its chassis, because a root port is slot 0 of a chassis. */
static int add_downstream_port(struct topology *topology, const char *model,
			       int slot, int slots_per_switch,
			       const char *properties)
{
	return add(topology, "%s,id=port%d,bus=up%d,addr=%#x,chassis=%d,slot=1%s",
		   model, slot, slot / slots_per_switch,
		   slot % slots_per_switch, slot + 1, properties);
}

/**
 * topology_build() - build a topology with a number of ports that have a slot
 * @topology: the topology; topology_free() frees it
 * @model: QEMU's name of the ports with a slot; their ids are "port0", "port1", ...
 * @root_port: QEMU's name of the root ports above switches, or NULL for the default;
 *	their ids are "root0", ..., and those of the upstream ports "up0", ...
 * @slots: number of slots, at most SLOTS_MAX
 * @slots_per_switch: if @model is a port of a switch, number of slots per switch; 0
 *	means as many as fit
 * @properties: properties of every port with a slot, each after a comma, or NULL
 *
 * Return: 0 or a negative errno.
 */
int topology_build(struct topology *topology, const char *model,
		   const char *root_port, int slots, int slots_per_switch,
		   const char *properties)
{
	char id[16];
	int ret = 0;

	*topology = (struct topology){ .n = 0 };
	if (!slots_per_switch)
		slots_per_switch = SWITCH_MAX;

	for (int i = 0; !ret && i < slots; i++) {
		if (!topology_is_switch(model)) {
			snprintf(id, sizeof(id), "port%d", i);
			ret = add_root_port(topology, model, id, i,
					    properties ?: "");
			continue;
		}
		if (i % slots_per_switch == 0)
			ret = add_switch(topology,
					 root_port ?: PORT_PCIE_ROOT_PORT,
					 i / slots_per_switch);
		if (!ret)
			ret = add_downstream_port(topology, model, i,
						  slots_per_switch,
						  properties ?: "");
	}

	return ret;
}

/**
 * topology_nest() - add a switch with one slot into the slot of port 0
 * @topology: from topology_build() with one slot
 *
 * The id of the switch is TOPOLOGY_NESTED, that of the port with its slot "port1".
 *
 * Return: 0 or a negative errno.
 */
int topology_nest(struct topology *topology)
{
	return add(topology, "x3130-upstream,id=" TOPOLOGY_NESTED ",bus=port0") ?:
	       add(topology, PORT_XIO3130 ",id=port1,bus=" TOPOLOGY_NESTED
			     ",chassis=2,slot=1");
}

/**
 * topology_add() - add one device
 * @topology: the topology
 * @device: argument of -device
 *
 * Return: 0 or a negative errno.
 */
int topology_add(struct topology *topology, const char *device)
{
	return add(topology, "%s", device);
}

/**
 * topology_free() - free the memory of a topology
 * @topology: the topology
 */
void topology_free(struct topology *topology)
{
	while (topology->n)
		free(topology->devices[--topology->n]);
}
