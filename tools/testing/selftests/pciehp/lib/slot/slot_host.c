// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/pci_regs.h>

#include "guest/request.h"
#include "slot/config_space.h"
#include "slot/slot_host.h"

/* Guest time. In real time, a busy host delays the driver. */
#define LATE_POWER_OFF_MS	10000

/* Host time. QEMU frees a device in a thread of its own. */
#define DELETED_TIMEOUT_MS	20000

/* Guest time. Long enough for the power indicator to stop blinking on a busy host. */
#define INDICATOR_MS	3000

/* All events except Command Completed. */
#define SLOT_EVENTS	(PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_PFD | \
			 PCI_EXP_SLTSTA_MRLSC | PCI_EXP_SLTSTA_PDC | \
			 PCI_EXP_SLTSTA_DLLSC)

/* QEMU 10 does not accept a string as a number. */
static json_t *property_value(const struct plug_property *property)
{
	if (!property->is_json)
		return json_string(property->value);

	return json_loads(property->value, JSON_DECODE_ANY, NULL);
}

/**
 * slot_try_plug() - plug a device function, which QEMU may refuse
 * @guest: the guest, whose machine is stopped
 * @plug: the device function
 *
 * QEMU also presses the attention button. If the slot is to have none, that event is
 * cleared.
 *
 * Return: 0; -EREMOTEIO if QEMU refused, with the reason in @guest->vm.qmp.error; or
 * another negative errno.
 */
int slot_try_plug(struct guest *guest, const struct plug *plug)
{
	const struct plug_property *property = plug->properties;
	char addr[8], bus[16];
	json_t *arguments;
	int ret;

	snprintf(bus, sizeof(bus), "port%d", plug->port);
	snprintf(addr, sizeof(addr), "0.%x", plug->function);
	/* no option ROM: reading it would take time, and it is not used */
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
 * slot_plug() - plug a device function
 * @guest: the guest, whose machine is stopped
 * @plug: the device function
 *
 * Return: 0; -EREMOTEIO if QEMU refused; or another negative errno, recorded in the
 * result.
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
 * slot_request_unplug() - press the attention button to request the removal of a device
 * @guest: the guest
 * @plug: the device
 *
 * QEMU refuses this while the power indicator blinks. After a hot-add it still blinks
 * when the uevents have been sent. If an operation never completes, it blinks for ever.
 * Therefore the request is repeated for a limited time.
 *
 * Return: 0; -EREMOTEIO if QEMU refused; or another negative errno, recorded in the
 * result.
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

/*
 * QEMU takes a device out of its bus at once, and sends the event when it has freed it. So no
 * event will come for a device that a stopped machine still has. But a machine in a guest runs
 * while its monitor is read.
 */
static int wait_event_deleted(struct guest *guest, const struct plug *plug)
{
	char bdf[BDF_SIZE];

	if (!guest->host && !pci_tree_find(&guest->vm.qmp, plug->id, bdf))
		return -ETIMEDOUT;

	return qmp_wait_event(&guest->vm.qmp, "DEVICE_DELETED", plug->id,
			      DELETED_TIMEOUT_MS);
}

/**
 * slot_wait_deleted() - wait until QEMU has deleted a device
 * @guest: the guest, whose machine is stopped
 * @plug: the device, which the guest has had time to turn off
 *
 * Return: 0; -ETIMEDOUT if QEMU does not delete it; or another negative errno; both
 * recorded in the result.
 */
int slot_wait_deleted(struct guest *guest, const struct plug *plug)
{
	int ret;

	ret = wait_event_deleted(guest, plug);
	/* on a busy host, the driver may not have turned the indicator off yet */
	if (ret == -ETIMEDOUT && guest->config.real_time)
		ret = guest_request(guest, "sleep %d", LATE_POWER_OFF_MS) ?:
		      wait_event_deleted(guest, plug);
	if (ret)
		result_lost(&guest->result,
			    "QEMU does not confirm the hot-remove of %s: %s",
			    plug->id, ret == -ETIMEDOUT ?
			    "its slot was not turned off" : strerror(-ret));

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
 * slot_complete_command() - make a port complete a command that the driver did not write
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
 * slot_clear_events() - clear the events in Slot Status, except Command Completed
 * @guest: the guest, whose machine is stopped
 * @port: number of the port
 *
 * A port need not interrupt for events that occurred while interrupts were disabled (PCIe
 * Base Spec sec. 6.7.3.4), but QEMU's ports do. QEMU's ports also undo a write that
 * clears events of which some are not set, so that a driver cannot clear an event that it
 * has not read; therefore this clears exactly the events that are set. Command Completed
 * stays set, as the driver may be waiting for it.
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
 * slot_clear_button() - clear Attention Button Pressed in Slot Status
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
 * slot_surprise_remove() - remove a device by surprise
 * @guest: the guest, whose machine is stopped
 * @plug: the device
 *
 * QEMU deletes the device when power and power indicator of the slot are turned off. The
 * host turns them off, and restores both before the guest resumes. The guest gets
 * Presence Detect Changed.
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
	/* QEMU reacts only to a change from on to off */
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
