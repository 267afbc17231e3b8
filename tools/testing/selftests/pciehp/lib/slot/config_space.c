// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "slot/config_space.h"

#define CAPABILITIES_MAX	48

/* All but Command Completed. */
#define SLOT_EVENTS	(PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_PFD | \
			 PCI_EXP_SLTSTA_MRLSC | PCI_EXP_SLTSTA_PDC | \
			 PCI_EXP_SLTSTA_DLLSC)

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
 * config_read16() - read a register
 * @guest: the guest, whose machine is stopped
 * @bdf: the device
 * @offset: of the register
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

	ret = gdb_physical(gdb, true) ?:
	      gdb_read(gdb, config_address(guest, bdf, offset), bytes, 2) ?:
	      gdb_physical(gdb, false);
	if (ret)
		return fail(guest, "read", bdf, ret);
	*value = bytes[1] << 8 | bytes[0];

	return 0;
}

/**
 * config_write16() - write a register
 * @guest: the guest, whose machine is stopped
 * @bdf: the device
 * @offset: of the register
 * @value: what to write
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int config_write16(struct guest *guest, const char *bdf, int offset,
		   uint16_t value)
{
	struct gdbstub *gdb = &guest->vm.gdb;
	uint8_t bytes[2] = { value & 0xff, value >> 8 };
	int ret;

	ret = gdb_physical(gdb, true) ?:
	      gdb_write(gdb, config_address(guest, bdf, offset), bytes, 2) ?:
	      gdb_physical(gdb, false);

	return ret ? fail(guest, "write", bdf, ret) : 0;
}

/**
 * config_read_forwarding() - read what a bridge forwards
 * @guest: the guest, whose machine is stopped
 * @bdf: the bridge
 * @forwarding: receives it
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
 * config_find_capability() - where a capability is
 * @guest: the guest, whose machine is stopped
 * @bdf: the device
 * @id: of the capability
 * @offset: receives its offset
 *
 * Return: 0; -ENODEV when the device does not have it; or another negative errno,
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

static int find_slot_control(struct guest *guest, int port, int *offset,
			     uint16_t *control)
{
	const char *bdf = guest->ports[port].bdf;
	int ret;

	ret = config_find_capability(guest, bdf, PCI_CAP_ID_EXP, offset);
	*offset += PCI_EXP_SLTCTL;

	return ret ?: config_read16(guest, bdf, *offset, control);
}

/**
 * slot_complete_command() - have a port complete a command that nobody gave
 * @guest: the guest, whose machine is stopped
 * @port: number of the port
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int slot_complete_command(struct guest *guest, int port)
{
	uint16_t control;
	int offset;

	return find_slot_control(guest, port, &offset, &control) ?:
	       config_write16(guest, guest->ports[port].bdf, offset, control);
}

/**
 * slot_clear_events() - have a port forget what has happened
 * @guest: the guest, whose machine is stopped
 * @port: number of the port
 *
 * A port need not interrupt for events that occurred while it must not (PCIe Base
 * Spec sec. 6.7.3.4). QEMU's do, and do not even let a driver clear events that it
 * has not seen; so what is cleared here is exactly what is set. A command that has
 * completed stays so: the driver may be waiting for that.
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int slot_clear_events(struct guest *guest, int port)
{
	const char *bdf = guest->ports[port].bdf;
	uint16_t status;
	int offset, ret;

	ret = config_find_capability(guest, bdf, PCI_CAP_ID_EXP, &offset);
	offset += PCI_EXP_SLTSTA;

	return ret ?: config_read16(guest, bdf, offset, &status) ?:
	       config_write16(guest, bdf, offset, status & SLOT_EVENTS);
}

/**
 * slot_clear_button() - have a port forget that its attention button was pressed
 * @guest: the guest, whose machine is stopped
 * @port: number of the port
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int slot_clear_button(struct guest *guest, int port)
{
	const char *bdf = guest->ports[port].bdf;
	int offset, ret;

	ret = config_find_capability(guest, bdf, PCI_CAP_ID_EXP, &offset);

	return ret ?: config_write16(guest, bdf, offset + PCI_EXP_SLTSTA,
				     PCI_EXP_SLTSTA_ABP);
}

/**
 * slot_surprise_remove() - take a device away without asking the guest
 * @guest: the guest, whose machine is stopped
 * @plug: the device
 *
 * QEMU does that when power and power indicator of a slot are off. Both are back
 * as they were before the guest goes on; it finds a Presence Detect Changed.
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int slot_surprise_remove(struct guest *guest, const struct plug *plug)
{
	const char *bdf = guest->ports[plug->port].bdf;
	uint16_t control, off;
	int offset, ret;

	guest->pulled = true;
	ret = find_slot_control(guest, plug->port, &offset, &control);
	if (ret)
		return ret;
	/* it is the change that counts */
	if ((control & PCI_EXP_SLTCTL_PCC) == PCI_EXP_SLTCTL_PWR_OFF)
		ret = config_write16(guest, bdf, offset,
				     control & ~PCI_EXP_SLTCTL_PCC);
	if (ret)
		return ret;
	off = control & ~(PCI_EXP_SLTCTL_PCC | PCI_EXP_SLTCTL_PIC);
	off |= PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF;

	return config_write16(guest, bdf, offset, off) ?:
	       config_write16(guest, bdf, offset, control) ?:
	       slot_wait_deleted(guest, plug);
}
