// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libpciehp/slot.h>

/*
 * Guest time. A hot-add takes about a second on a port that does not report
 * link state; a hot-remove first blinks for the 5 s of the attention button.
 */
#define ADD_TIMEOUT_MS		10000
#define REMOVE_TIMEOUT_MS	15000

/*
 * Guest time from the removal until QEMU gives the device up. That takes both
 * power and power indicator off, and pciehp lets 1 s pass in between (PCIe Base
 * Spec sec. 6.7.1.8).
 */
#define POWER_OFF_MS		1500

/* Host time; QEMU frees the device in a thread of its own. */
#define DELETED_TIMEOUT_MS	5000

#define SLTCTL_EVENT_ENABLES	(PCI_EXP_SLTCTL_ABPE | PCI_EXP_SLTCTL_PFDE | \
				 PCI_EXP_SLTCTL_MRLSCE | PCI_EXP_SLTCTL_PDCE | \
				 PCI_EXP_SLTCTL_CCIE)

static int find_port(struct guest *guest, char bdf[BDF_SIZE], int *secondary)
{
	int ret;

	ret = pci_tree_find_port(&guest->vm.qmp, guest->port, bdf, secondary);
	if (ret)
		result_error(&guest->result, "find port %s: %s", guest->port,
			     ret == -ENODEV ? "QEMU has no such port" :
			     guest->vm.qmp.error);

	return ret;
}

/**
 * slot_function_bdf() - address of a function in the slot under test
 * @guest: the guest
 * @function: its number
 * @bdf: receives the address as sysfs names it
 *
 * Return: 0 or a negative errno.
 */
int slot_function_bdf(struct guest *guest, int function, char bdf[BDF_SIZE])
{
	int secondary, ret;

	ret = find_port(guest, bdf, &secondary);
	if (ret)
		return ret;
	snprintf(bdf, BDF_SIZE, "0000:%02x:00.%x", secondary & 0xff,
		 function & 7);

	return 0;
}

static uint16_t hex16(const char *cap, int offset)
{
	unsigned int low, high;

	if (sscanf(cap + 2 * offset, "%2x%2x", &low, &high) != 2)
		return 0;

	return high << 8 | low;
}

/**
 * port_read_regs() - read the slot's registers (PCIe Base Spec sec. 7.5.3.9
 * to 7.5.3.11)
 * @guest: the guest
 * @regs: receives them
 *
 * Return: 0 or a negative errno.
 */
int port_read_regs(struct guest *guest, struct port_regs *regs)
{
	char bdf[BDF_SIZE];
	int secondary, ret;
	const char *cap;

	ret = find_port(guest, bdf, &secondary);
	if (ret)
		return ret;
	ret = guest_request(guest, "pcie-cap %s", bdf);
	if (ret) {
		if (ret != -ENOLINK)
			result_error(&guest->result,
				     "read the registers of port %s: %s", bdf,
				     strerror(-ret));
		return ret;
	}

	cap = guest->agent.text;
	regs->slot_capabilities = hex16(cap, PCI_EXP_SLTCAP) |
				  hex16(cap, PCI_EXP_SLTCAP + 2) << 16;
	regs->slot_control = hex16(cap, PCI_EXP_SLTCTL);
	regs->slot_status = hex16(cap, PCI_EXP_SLTSTA);

	return 0;
}

/**
 * port_pending_events() - events that are enabled and not yet cleared
 * @regs: the port's registers
 *
 * The enables and events share their bit positions, but for DLLSC (PCIe Base
 * Spec sec. 7.5.3.10 and 7.5.3.11).
 *
 * Return: bits of Slot Status.
 */
uint16_t port_pending_events(const struct port_regs *regs)
{
	uint16_t enabled = regs->slot_control & SLTCTL_EVENT_ENABLES;

	if (regs->slot_control & PCI_EXP_SLTCTL_DLLSCE)
		enabled |= PCI_EXP_SLTSTA_DLLSC;

	return regs->slot_status & enabled;
}

/**
 * port_write_slot_control() - write Slot Control behind the driver's back
 * @guest: the guest
 * @value: what to write
 *
 * Return: 0 or a negative errno.
 */
int port_write_slot_control(struct guest *guest, uint16_t value)
{
	char bdf[BDF_SIZE];
	int secondary, ret;

	ret = find_port(guest, bdf, &secondary);
	if (ret)
		return ret;

	return guest_request(guest, "pcie-cap-write16 %s %#x %#x", bdf,
			     PCI_EXP_SLTCTL, value);
}

/**
 * slot_plug() - plug a device function in QEMU; the machine is stopped
 * @guest: the guest
 * @plug: what
 *
 * Return: 0, or -EREMOTEIO when QEMU refused, recorded in the result.
 */
int slot_plug(struct guest *guest, const struct plug *plug)
{
	char addr[8];
	int ret;

	snprintf(addr, sizeof(addr), "0.%x", plug->function);
	ret = qmp_command(&guest->vm.qmp, "device_add",
			  json_pack("{s:s, s:s, s:s, s:s, s:b, s:s}",
				    "driver", plug->model, "id", plug->id,
				    "bus", guest->port, "addr", addr,
				    "multifunction", plug->multifunction,
				    "romfile", ""),
			  NULL);
	if (ret)
		result_error(&guest->result, "%s", guest->vm.qmp.error);

	return ret;
}

/**
 * slot_request_unplug() - ask the guest to release a device, by the attention
 * button
 * @guest: the guest
 * @plug: what
 *
 * Return: 0, or -EREMOTEIO when QEMU refused, recorded in the result.
 */
int slot_request_unplug(struct guest *guest, const struct plug *plug)
{
	int ret;

	ret = qmp_command(&guest->vm.qmp, "device_del",
			  json_pack("{s:s}", "id", plug->id), NULL);
	if (ret)
		result_error(&guest->result, "%s", guest->vm.qmp.error);

	return ret;
}

/* A kernel without the driver shows the device; that must do. */
static int check_not_bound(struct guest *guest, const struct plug *plug,
			   const char *bdf)
{
	int ret;

	ret = guest_request(guest, "exists /sys/bus/pci/drivers/%s",
			    plug->driver);
	if (!ret && !strcmp(guest->agent.text, "yes"))
		result_problem(&guest->result, "driver %s does not bind to %s",
			       plug->driver, bdf);

	return ret;
}

/**
 * slot_wait_added() - wait until the guest has taken a device in
 * @guest: the guest
 * @plug: what was plugged
 * @since_ns: guest time at which it was
 *
 * Return: 0; -ETIMEDOUT when the event is lost, recorded in the result; or
 * another negative errno.
 */
int slot_wait_added(struct guest *guest, const struct plug *plug,
		    int64_t since_ns)
{
	char bdf[BDF_SIZE];
	int ret;

	ret = slot_function_bdf(guest, plug->function, bdf);
	if (!ret)
		ret = guest_request(guest, "wait add,bind %s %d", bdf,
				    ADD_TIMEOUT_MS);
	if (ret && ret != -ETIMEDOUT)
		return ret;

	if (strncmp(guest->agent.text, "add", strlen("add"))) {
		result_lost(&guest->result,
			    "hot-add of %s is lost: the guest does not see %s after %d ms",
			    plug->model, bdf, ADD_TIMEOUT_MS);
		return -ETIMEDOUT;
	}
	result_step(&guest->result, "hot-add", since_ns, guest->agent.time_ns);

	return ret ? check_not_bound(guest, plug, bdf) : 0;
}

/**
 * slot_hot_add() - plug a device and wait until the guest has taken it in
 * @guest: the guest
 * @plug: what
 *
 * Return: as slot_wait_added().
 */
int slot_hot_add(struct guest *guest, const struct plug *plug)
{
	int64_t since_ns = guest->agent.now_ns;
	int ret;

	ret = slot_plug(guest, plug);

	return ret ?: slot_wait_added(guest, plug, since_ns);
}

/**
 * slot_hot_remove() - ask for a device back and wait until it is free
 * @guest: the guest
 * @plug: what
 *
 * QEMU's DEVICE_DELETED proves nothing alone, it also comes for a device that
 * the guest never took in: the guest's own removal is the evidence, and
 * DEVICE_DELETED must follow it.
 *
 * Return: 0; -ETIMEDOUT when the event is lost, recorded in the result; or
 * another negative errno.
 */
int slot_hot_remove(struct guest *guest, const struct plug *plug)
{
	int64_t since_ns = guest->agent.now_ns;
	char bdf[BDF_SIZE];
	int ret;

	ret = slot_function_bdf(guest, plug->function, bdf);
	if (!ret)
		ret = slot_request_unplug(guest, plug);
	if (ret)
		return ret;

	ret = guest_request(guest, "wait remove %s %d", bdf,
			    REMOVE_TIMEOUT_MS);
	if (ret == -ETIMEDOUT)
		result_lost(&guest->result,
			    "hot-remove of %s is lost: the guest still has %s after %d ms",
			    plug->model, bdf, REMOVE_TIMEOUT_MS);
	if (ret)
		return ret;
	result_step(&guest->result, "hot-remove", since_ns,
		    guest->agent.time_ns);

	ret = guest_request(guest, "sleep %d", POWER_OFF_MS);
	if (ret)
		return ret;
	ret = qmp_wait_event(&guest->vm.qmp, "DEVICE_DELETED", plug->id,
			     DELETED_TIMEOUT_MS);
	if (ret)
		result_lost(&guest->result,
			    "QEMU does not confirm the hot-remove of %s: %s",
			    plug->id, strerror(-ret));

	return ret;
}

/**
 * slot_write_attribute() - write a sysfs attribute of the slot
 * @guest: the guest
 * @attribute: "power" or "attention"
 * @value: what
 *
 * Return: 0, -ENODEV when the kernel has no such slot, or what the kernel
 * answered as a negative errno.
 */
int slot_write_attribute(struct guest *guest, const char *attribute,
			 const char *value)
{
	char bdf[BDF_SIZE], name[64];
	int ret;

	ret = slot_function_bdf(guest, 0, bdf);
	if (!ret)
		ret = guest_request(guest, "slot %s", bdf);
	if (ret) {
		if (ret == -ENODEV)
			result_problem(&guest->result,
				       "the kernel has no hotplug slot for %s",
				       bdf);
		return ret;
	}
	snprintf(name, sizeof(name), "%s", guest->agent.text);

	return guest_request(guest, "write /sys/bus/pci/slots/%s/%s %s", name,
			     attribute, value);
}
