// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/pci_regs.h>

#include "guest/request.h"
#include "slot/config_space.h"
#include "slot/slot_host.h"

/* Guest time; on a busy host, the power may be off later in real time. */
#define LATE_POWER_OFF_MS	10000

/* Host time; QEMU frees the device in a thread of its own. */
#define DELETED_TIMEOUT_MS	20000

/* Guest time; with every core busy, that is long after the binding. */
#define INDICATOR_MS	3000

/* All but Command Completed. */
#define SLOT_EVENTS	(PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_PFD | \
			 PCI_EXP_SLTSTA_MRLSC | PCI_EXP_SLTSTA_PDC | \
			 PCI_EXP_SLTSTA_DLLSC)

/* QEMU 10 takes no text for a number. */
static json_t *property_value(const struct plug_property *property)
{
	if (!property->is_json)
		return json_string(property->value);

	return json_loads(property->value, JSON_DECODE_ANY, NULL);
}

/**
 * slot_try_plug() - plug a device function in QEMU; the machine is stopped
 * @guest: the guest
 * @plug: what
 *
 * QEMU presses the attention button for it. A slot that has none forgets that.
 *
 * Return: 0, or -EREMOTEIO when QEMU refused, with the monitor's error set.
 */
int slot_try_plug(struct guest *guest, const struct plug *plug)
{
	const struct plug_property *property = plug->properties;
	char addr[8], bus[16];
	json_t *arguments;
	int ret;

	snprintf(bus, sizeof(bus), "port%d", plug->port);
	snprintf(addr, sizeof(addr), "0.%x", plug->function);
	/* a ROM would take time to be read, and nobody runs it */
	arguments = json_pack("{s:s, s:s, s:s, s:s, s:b, s:s}", "driver",
			      plug->model, "id", plug->id, "bus", bus,
			      "addr", addr, "multifunction",
			      plug->multifunction, "romfile", "");
	for (; property && property->name; property++)
		json_object_set_new(arguments, property->name,
				    property_value(property));

	ret = qmp_command(&guest->vm.qmp, "device_add", arguments, NULL);
	if (!ret && guest->setup.no_button)
		ret = slot_clear_button(guest, plug->port);

	return ret;
}

/**
 * slot_plug() - plug a device function that QEMU must not refuse
 * @guest: the guest
 * @plug: what
 *
 * Return: 0, or -EREMOTEIO when QEMU refused, recorded in the result.
 */
int slot_plug(struct guest *guest, const struct plug *plug)
{
	int ret;

	ret = slot_try_plug(guest, plug);
	if (ret)
		result_error(&guest->result, "%s", guest->vm.qmp.error);

	return ret;
}

static int device_del(struct guest *guest, const struct plug *plug)
{
	return qmp_command(&guest->vm.qmp, "device_del",
			   json_pack("{s:s}", "id", plug->id), NULL);
}

/**
 * slot_request_unplug() - ask the guest to release a device, by the attention
 * button
 * @guest: the guest
 * @plug: what
 *
 * QEMU refuses while the power indicator blinks. It does until the driver is done with
 * a hot-add, which others know of before; and for ever when the guest never comes to
 * the end of something.
 *
 * Return: 0, or -EREMOTEIO when QEMU refused, recorded in the result.
 */
int slot_request_unplug(struct guest *guest, const struct plug *plug)
{
	int64_t until_ns = guest->agent.now.ns + INDICATOR_MS * 1000000LL;
	int ret;

	ret = device_del(guest, plug);
	while (ret == -EREMOTEIO && guest->agent.now.ns < until_ns &&
	       strstr(guest->vm.qmp.error, "power indicator blinking")) {
		if (guest_request(guest, "sleep 20"))
			break;
		ret = device_del(guest, plug);
	}
	if (ret)
		result_lost(&guest->result, "%s", guest->vm.qmp.error);

	return ret;
}

/**
 * slot_wait_deleted() - wait until QEMU has given a device up
 * @guest: the guest
 * @plug: what
 *
 * Return: 0, or a negative errno when it does not, recorded in the result.
 */
int slot_wait_deleted(struct guest *guest, const struct plug *plug)
{
	int ret;

	ret = qmp_wait_event(&guest->vm.qmp, "DEVICE_DELETED", plug->id,
			     DELETED_TIMEOUT_MS);
	/* a busy host may have stopped it before it could turn the indicator off */
	if (ret == -ETIMEDOUT && guest->config.real_time)
		ret = guest_request(guest, "sleep %d", LATE_POWER_OFF_MS) ?:
		      qmp_wait_event(&guest->vm.qmp, "DEVICE_DELETED",
				     plug->id, DELETED_TIMEOUT_MS);
	if (ret)
		result_lost(&guest->result,
			    "QEMU does not confirm the hot-remove of %s: %s",
			    plug->id, strerror(-ret));

	return ret;
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

	guest->surprise_removed = true;
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
