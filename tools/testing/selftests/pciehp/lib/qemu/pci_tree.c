// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "qemu/pci_tree.h"

static void format_bdf(json_t *device, char bdf[BDF_SIZE])
{
	int bus = 0, slot = 0, function = 0;

	json_unpack(device, "{s:i, s:i, s:i}", "bus", &bus, "slot", &slot,
		    "function", &function);
	snprintf(bdf, BDF_SIZE, "0000:%02x:%02x.%x", bus & 0xff, slot & 0x1f,
		 function & 7);
}

/* Depth first: "query-pci" nests the devices behind a bridge in the bridge. */
static void flatten(json_t *devices, json_t *flat)
{
	json_t *device, *behind;
	size_t i;

	json_array_foreach(devices, i, device) {
		json_array_append(flat, device);
		behind = json_object_get(json_object_get(device, "pci_bridge"),
					 "devices");
		flatten(behind, flat);
	}
}

static int query_devices(struct qmp *qmp, json_t **flat)
{
	json_t *buses, *bus;
	size_t i;
	int ret;

	ret = qmp_command(qmp, "query-pci", NULL, &buses);
	if (ret)
		return ret;

	*flat = json_array();
	json_array_foreach(buses, i, bus)
		flatten(json_object_get(bus, "devices"), *flat);
	json_decref(buses);

	return 0;
}

/* A virtual function has no vendor ID of its own (PCIe Base Spec sec. 9.3.4). */
#define NO_VENDOR	0xffff

/**
 * pci_tree_list() - list the PCI devices of the machine
 * @qmp: its monitor
 * @devices: receives an object with the address of each device as the key, and
 *	"VENDOR:DEVICE" as the value, both in the format of sysfs
 *
 * Virtual functions are left out: since 10.0, QEMU also has those that the guest has not
 * enabled.
 *
 * Return: 0 or a negative errno.
 */
int pci_tree_list(struct qmp *qmp, json_t **devices)
{
	char bdf[BDF_SIZE], ids[32];
	json_t *flat, *device;
	int ret, vendor, id;
	size_t i;

	ret = query_devices(qmp, &flat);
	if (ret)
		return ret;

	*devices = json_object();
	json_array_foreach(flat, i, device) {
		vendor = 0;
		id = 0;
		json_unpack(device, "{s:{s:i, s:i}}", "id", "vendor", &vendor,
			    "device", &id);
		if (vendor == NO_VENDOR)
			continue;
		format_bdf(device, bdf);
		snprintf(ids, sizeof(ids), "0x%04x:0x%04x", vendor, id);
		json_object_set_new(*devices, bdf, json_string(ids));
	}
	json_decref(flat);

	return 0;
}

/**
 * pci_tree_find() - find the address of a device
 * @qmp: monitor of its machine
 * @id: QEMU's id of the device
 * @bdf: receives the address in the format of sysfs
 *
 * Return: 0; -ENODEV if there is no device with that id; or another negative errno.
 */
int pci_tree_find(struct qmp *qmp, const char *id, char bdf[BDF_SIZE])
{
	json_t *flat, *device;
	const char *name;
	size_t i;
	int ret;

	ret = query_devices(qmp, &flat);
	if (ret)
		return ret;

	ret = -ENODEV;
	json_array_foreach(flat, i, device) {
		name = json_string_value(json_object_get(device, "qdev_id"));
		if (!name || strcmp(name, id))
			continue;
		format_bdf(device, bdf);
		ret = 0;
	}
	json_decref(flat);

	return ret;
}

static void fill_port(json_t *device, struct port *port)
{
	int pin = 0;

	format_bdf(device, port->bdf);
	json_unpack(device, "{s:{s:{s:i}}}", "pci_bridge", "bus", "secondary",
		    &port->bus);
	json_unpack(device, "{s:i}", "irq_pin", &pin);
	port->irq_pin = pin;
}

/**
 * pci_tree_find_ports() - find the ports that topology_build() has added
 * @qmp: monitor of the machine
 * @ports: receives the ports in the order of their numbers
 * @max: number of entries in @ports
 *
 * Return: the number of ports, or a negative errno.
 */
int pci_tree_find_ports(struct qmp *qmp, struct port *ports, int max)
{
	json_t *flat, *device;
	const char *name;
	int ret, index, n = 0;
	size_t i;

	ret = query_devices(qmp, &flat);
	if (ret)
		return ret;

	json_array_foreach(flat, i, device) {
		name = json_string_value(json_object_get(device, "qdev_id"));
		if (!name || sscanf(name, "port%d", &index) != 1 ||
		    index < 0 || index >= max)
			continue;
		fill_port(device, &ports[index]);
		n++;
	}
	json_decref(flat);

	return n;
}
