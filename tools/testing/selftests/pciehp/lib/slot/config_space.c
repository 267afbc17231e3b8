// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "slot/config_space.h"

#define CAPABILITIES_MAX	48

/* PCIe Base Spec sec. 7.2.2 */
static uint64_t config_address(const struct guest *guest, const char *bdf,
			       int offset)
{
	unsigned int bus, device, function;

	if (sscanf(bdf, "%*x:%x:%x.%x", &bus, &device, &function) != 3)
		return 0;

	return guest->config.machine->ecam + (bus << 20 | device << 15 |
					      function << 12) + offset;
}

static int fail(struct guest *guest, const char *doing, const char *bdf,
		int error)
{
	result_error(&guest->result, "%s configuration space of %s: %s", doing,
		     bdf, strerror(-error));

	return error;
}

/**
 * config_read16() - read a 16-bit register
 * @guest: the guest, whose machine is stopped
 * @bdf: address of the device
 * @offset: offset of the register in bytes
 * @value: receives its value
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int config_read16(struct guest *guest, const char *bdf, int offset,
		  uint16_t *value)
{
	struct gdbstub *gdb = &guest->vm.gdb;
	uint8_t bytes[2];
	int ret;

	ret = gdb_set_physical(gdb, true) ?:
	      gdb_read(gdb, config_address(guest, bdf, offset), bytes, 2) ?:
	      gdb_set_physical(gdb, false);
	if (ret)
		return fail(guest, "read", bdf, ret);
	*value = bytes[1] << 8 | bytes[0];

	return 0;
}

/**
 * config_write16() - write a 16-bit register
 * @guest: the guest, whose machine is stopped
 * @bdf: address of the device
 * @offset: offset of the register in bytes
 * @value: the value to write
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int config_write16(struct guest *guest, const char *bdf, int offset,
		   uint16_t value)
{
	struct gdbstub *gdb = &guest->vm.gdb;
	uint8_t bytes[2] = { value & 0xff, value >> 8 };
	int ret;

	ret = gdb_set_physical(gdb, true) ?:
	      gdb_write(gdb, config_address(guest, bdf, offset), bytes, 2) ?:
	      gdb_set_physical(gdb, false);

	return ret ? fail(guest, "write", bdf, ret) : 0;
}

/**
 * config_read_forwarding() - read the registers that control what a bridge forwards
 * @guest: the guest, whose machine is stopped
 * @bdf: address of the bridge
 * @forwarding: receives the registers
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int config_read_forwarding(struct guest *guest, const char *bdf,
			   struct forwarding *forwarding)
{
	int ret;

	*forwarding = (struct forwarding){ };
	ret = config_read16(guest, bdf, PCI_COMMAND, &forwarding->command) ?:
	      config_read16(guest, bdf, PCI_IO_BASE, &forwarding->io);
	forwarding->command &= PCI_COMMAND_IO | PCI_COMMAND_MEMORY |
			       PCI_COMMAND_MASTER;
	for (int i = 0; !ret && i < 2; i++)
		ret = config_read16(guest, bdf, PCI_PRIMARY_BUS + 2 * i,
				    &forwarding->buses[i]) ?:
		      config_read16(guest, bdf, PCI_MEMORY_BASE + 2 * i,
				    &forwarding->memory[i]);
	for (int i = 0; !ret && i < 6; i++)
		ret = config_read16(guest, bdf, PCI_PREF_MEMORY_BASE + 2 * i,
				    &forwarding->prefetchable[i]);

	return ret;
}

/**
 * config_find_capability() - find a capability
 * @guest: the guest, whose machine is stopped
 * @bdf: address of the device
 * @id: Capability ID
 * @offset: receives its offset in bytes
 *
 * Return: 0; -ENODEV if the device does not have it; or another negative errno,
 * recorded in the result.
 */
int config_find_capability(struct guest *guest, const char *bdf, int id,
			   int *offset)
{
	uint16_t header;
	int ret;

	ret = config_read16(guest, bdf, PCI_CAPABILITY_LIST, &header);
	*offset = ret ? 0 : header & 0xfc;
	for (int i = 0; !ret && *offset && i < CAPABILITIES_MAX; i++) {
		ret = config_read16(guest, bdf, *offset, &header);
		if (ret || (header & 0xff) == id)
			return ret;
		*offset = header >> 8 & 0xfc;
	}

	return ret ?: -ENODEV;
}
