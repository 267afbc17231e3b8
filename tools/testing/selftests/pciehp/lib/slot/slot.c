// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "guest/request.h"
#include "slot/slot.h"

/* Guest time. With polling, pciehp turns the power indicator on after the card is bound. */
#define SETTLE_MS	500

#define SLTCTL_EVENT_ENABLES	(PCI_EXP_SLTCTL_ABPE | PCI_EXP_SLTCTL_PFDE | \
				 PCI_EXP_SLTCTL_MRLSCE | PCI_EXP_SLTCTL_PDCE | \
				 PCI_EXP_SLTCTL_CCIE)

/**
 * slot_function_bdf() - address of a function of the card in a slot
 * @guest: the guest
 * @port: number of the slot's port
 * @function: number of the function
 * @bdf: receives the address in the format of sysfs
 */
void slot_function_bdf(const struct guest *guest, int port, int function,
		       char bdf[BDF_SIZE])
{
	snprintf(bdf, BDF_SIZE, "0000:%02x:00.%x",
		 guest->ports[port].bus & 0xff, function & 7);
}

/**
 * port_parse_regs() - parse one line of the answer to "slot-registers"
 * @line: the line
 * @regs: receives the registers
 *
 * Return: 0, or -EPROTO if the line is malformed.
 */
int port_parse_regs(const char *line, struct port_regs *regs)
{
	uint16_t power_control;
	char status[32];

	if (sscanf(line, "%15s %x %hx %hx %hx %31s %hx", regs->bdf,
		   &regs->slot_capabilities, &regs->slot_control,
		   &regs->slot_status, &regs->link_status, status,
		   &power_control) != 7)
		return -EPROTO;
	regs->runtime_suspended = !strcmp(status, "suspended");
	/* PME is not signalled for hotplug events in D0 (PCIe Base Spec sec. 6.7.3.4) */
	regs->can_signal_pme = power_control & PCI_PM_CTRL_PME_ENABLE &&
			       power_control & PCI_PM_CTRL_STATE_MASK;

	return 0;
}

/**
 * port_read_regs() - read a slot's registers (PCIe Base Spec sec. 7.5.3.8 to
 * 7.5.3.11)
 * @guest: the guest
 * @port: number of its port
 * @regs: receives the registers
 *
 * Return: 0; -ENODEV if there is no such port, or if it does not answer; or another
 * negative errno.
 */
int port_read_regs(struct guest *guest, int port, struct port_regs *regs)
{
	int ret;

	if (port >= guest->n_ports) {
		result_error(&guest->result,
			     "read the registers of port%d: QEMU has no such port",
			     port);
		return -ENODEV;
	}
	ret = guest_request(guest, "slot-registers %s", guest->ports[port].bdf);
	if (!ret)
		ret = port_parse_regs(guest->agent.text, regs);
	if (ret == -ENODEV)
		result_problem(&guest->result, "port %s does not answer",
			       guest->ports[port].bdf);
	else if (ret && ret != -ENOLINK)
		result_error(&guest->result, "read the registers of port %s: %s",
			     guest->ports[port].bdf, strerror(-ret));

	return ret;
}

/**
 * port_pending_events() - events that are set in Slot Status and enabled
 * @regs: registers of the port
 *
 * An event and its enable have the same bit position, except for Data Link Layer State
 * Changed (PCIe Base Spec sec. 7.5.3.10 and 7.5.3.11).
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
 * port_write_slot_control() - write Slot Control without the driver's knowledge
 * @guest: the guest, whose agent writes it
 * @port: number of the port
 * @value: the value to write
 *
 * Return: 0 or a negative errno.
 */
int port_write_slot_control(struct guest *guest, int port, uint16_t value)
{
	return guest_request(guest, "slot-control %s %#x",
			     guest->ports[port].bdf, value);
}

/* Not a failure if the kernel does not have the driver. */
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
 * slot_added_request() - format a request that waits for a hot-add to complete
 * @guest: the guest
 * @plug: the device
 * @since: the moment before it is plugged
 * @request: receives the request
 * @size: size of @request in bytes
 */
void slot_added_request(const struct guest *guest, const struct plug *plug,
			struct moment since, char *request, size_t size)
{
	char bdf[BDF_SIZE];

	slot_function_bdf(guest, plug->port, plug->function, bdf);
	guest_format_wait(request, size, plug->driver ? "add,bind" : "add", bdf,
			  since, SLOT_ADD_TIMEOUT_MS);
}

/**
 * slot_check_added() - check that a hot-add has completed
 * @guest: the guest
 * @plug: the device
 * @since: the moment before it was plugged
 * @answer: the answer to slot_added_request()
 *
 * Return: as for slot_wait_added().
 */
int slot_check_added(struct guest *guest, const struct plug *plug,
		     struct moment since, const struct batch_answer *answer)
{
	char bdf[BDF_SIZE];

	if (answer->error && answer->error != -ETIMEDOUT)
		return answer->error;
	slot_function_bdf(guest, plug->port, plug->function, bdf);
	if (strncmp(answer->text, "add", strlen("add"))) {
		result_lost(&guest->result,
			    "hot-add of %s is lost: the guest does not see %s after %d ms",
			    plug->model, bdf, SLOT_ADD_TIMEOUT_MS);
		return -ETIMEDOUT;
	}
	result_step(&guest->result, "hot-add", since.ns, answer->time_ns);

	return answer->error ? check_not_bound(guest, plug, bdf) : 0;
}

/**
 * slot_wait_added() - wait until a hot-add has completed
 * @guest: the guest
 * @plug: the device
 * @since: the moment before it was plugged
 *
 * The guest must have added the device and bound its driver.
 *
 * Return: 0; -ETIMEDOUT if the event is lost, recorded in the result; or another
 * negative errno.
 */
int slot_wait_added(struct guest *guest, const struct plug *plug,
		    struct moment since)
{
	struct batch batch = { .n = 0 };
	char request[128];
	int ret;

	slot_added_request(guest, plug, since, request, sizeof(request));
	ret = batch_ask(&batch, guest, request);
	if (!ret)
		ret = slot_check_added(guest, plug, since, &batch.answers[0]);
	batch_free(&batch);

	return ret;
}

/**
 * slot_hot_add() - plug a device and wait until the hot-add has completed
 * @guest: the guest
 * @plug: the device
 *
 * Return: as for slot_wait_added().
 */
int slot_hot_add(struct guest *guest, const struct plug *plug)
{
	struct moment since = guest->agent.now;
	int ret;

	ret = slot_plug(guest, plug);

	return ret ?: slot_wait_added(guest, plug, since);
}

/**
 * slot_hot_add_and_settle() - hot-add a device, and wait until pciehp is idle again
 * @guest: the guest
 * @plug: the device
 *
 * Return: as for slot_wait_added().
 */
int slot_hot_add_and_settle(struct guest *guest, const struct plug *plug)
{
	return slot_hot_add(guest, plug) ?:
	       guest_request(guest, "sleep %d", SETTLE_MS);
}

/**
 * slot_wait_removed() - wait until guest and QEMU have removed a device
 * @guest: the guest
 * @plug: the device
 * @since: the moment before the removal was requested
 *
 * QEMU sends DEVICE_DELETED even for a device that the guest has never added, so that
 * event alone is no evidence. The guest must send its uevent for the removal, and
 * DEVICE_DELETED must come as well.
 *
 * Return: 0; -ETIMEDOUT if the event is lost, recorded in the result; or another
 * negative errno.
 */
int slot_wait_removed(struct guest *guest, const struct plug *plug,
		      struct moment since)
{
	return slot_wait_gone(guest, plug, since) ?:
	       slot_wait_deleted(guest, plug);
}

/**
 * slot_hot_remove() - request the removal of a device and wait until it is removed
 * @guest: the guest
 * @plug: the device
 *
 * Return: as for slot_wait_removed().
 */
int slot_hot_remove(struct guest *guest, const struct plug *plug)
{
	struct moment since = guest->agent.now;
	int ret;

	ret = slot_request_unplug(guest, plug);

	return ret ?: slot_wait_removed(guest, plug, since);
}

/**
 * slot_attribute() - path of a sysfs attribute of a slot
 * @guest: the guest
 * @port: number of its port
 * @attribute: "power", "attention", ...
 * @path: receives the path
 *
 * Return: 0; -ENODEV if the kernel has no such slot, recorded in the result; or another
 * negative errno.
 */
int slot_attribute(struct guest *guest, int port, const char *attribute,
		   char path[SLOT_PATH_SIZE])
{
	char bdf[BDF_SIZE];
	int ret;

	slot_function_bdf(guest, port, 0, bdf);
	ret = guest_request(guest, "slot %s", bdf);
	if (ret == -ENODEV)
		result_problem(&guest->result,
			       "the kernel has no hotplug slot for %s", bdf);
	if (!ret)
		snprintf(path, SLOT_PATH_SIZE, "/sys/bus/pci/slots/%s/%s",
			 guest->agent.text, attribute);

	return ret;
}

/**
 * slot_write_attribute() - write a sysfs attribute of a slot
 * @guest: the guest
 * @port: number of its port
 * @attribute: "power" or "attention"
 * @value: the text to write
 *
 * Return: 0; -ENODEV if the kernel has no such slot; or the error of the write as a
 * negative errno.
 */
int slot_write_attribute(struct guest *guest, int port, const char *attribute,
			 const char *value)
{
	char path[SLOT_PATH_SIZE];

	return slot_attribute(guest, port, attribute, path) ?:
	       guest_request(guest, "write %s %s", path, value);
}

/**
 * slot_service_name() - the kernel's name of the port service that pciehp binds to
 * @guest: the guest
 * @port: number of the slot's port
 * @name: receives the name
 *
 * The name depends on the type of the port: pcie004 for a Root Port and pcie204 for a
 * Switch Downstream Port. The hundreds are the difference to Device/Port Type of a Root
 * Port (PCIe Base Spec sec. 7.5.3.2). All ports on bus 0 are Root Ports.
 */
void slot_service_name(const struct guest *guest, int port,
		       char name[SLOT_SERVICE_SIZE])
{
	const char *bdf = guest->ports[port].bdf;
	bool root = !strncmp(bdf, "0000:00:", strlen("0000:00:"));

	snprintf(name, SLOT_SERVICE_SIZE, "%s:pcie%s4", bdf,
		 root ? "00" : "20");
}

/**
 * slot_service_request() - format a request that binds or unbinds pciehp
 * @guest: the guest
 * @port: number of the slot's port
 * @verb: "bind" or "unbind"
 * @request: receives the request
 * @size: size of @request in bytes
 */
void slot_service_request(const struct guest *guest, int port,
			  const char *verb, char *request, size_t size)
{
	char name[SLOT_SERVICE_SIZE];

	slot_service_name(guest, port, name);
	snprintf(request, size,
		 "write /sys/bus/pci_express/drivers/pciehp/%s %s", verb, name);
}

/**
 * slot_wait_present() - wait until a device is present and its driver is bound
 * @guest: the guest
 * @plug: the device, which may have been added at boot, before the agent started
 *
 * Return: 0; -ETIMEDOUT if the event is lost, recorded in the result; or another
 * negative errno.
 */
int slot_wait_present(struct guest *guest, const struct plug *plug)
{
	char bdf[BDF_SIZE];
	int ret;

	slot_function_bdf(guest, plug->port, plug->function, bdf);
	ret = guest_request(guest, "appears /sys/bus/pci/devices/%s %d", bdf,
			    SLOT_ADD_TIMEOUT_MS);
	if (ret == -ETIMEDOUT)
		result_lost(&guest->result,
			    "the guest does not see %s in %s after %d ms",
			    plug->model, bdf, SLOT_ADD_TIMEOUT_MS);
	if (ret)
		return ret;
	ret = guest_request(guest, "appears /sys/bus/pci/devices/%s/driver %d",
			    bdf, SLOT_ADD_TIMEOUT_MS);

	return ret == -ETIMEDOUT ? check_not_bound(guest, plug, bdf) : ret;
}

/**
 * slot_gone_requests() - format the requests that wait until the guest has removed a
 * device, and its slot is powered off
 * @guest: the guest
 * @plug: the device
 * @since: the moment before the removal
 * @requests: receives the two requests, separated by a semicolon
 * @size: size of @requests in bytes
 */
void slot_gone_requests(const struct guest *guest, const struct plug *plug,
			struct moment since, char *requests, size_t size)
{
	char bdf[BDF_SIZE];
	size_t len;

	slot_function_bdf(guest, plug->port, plug->function, bdf);
	guest_format_wait(requests, size, "remove", bdf, since,
			  SLOT_REMOVE_TIMEOUT_MS);
	len = strlen(requests);
	snprintf(requests + len, size - len, ";sleep %d", SLOT_POWER_OFF_MS);
}

static int judge_gone(struct guest *guest, const struct plug *plug,
		      struct moment since, const struct batch_answer *answer)
{
	char bdf[BDF_SIZE];

	if (answer->error == -ETIMEDOUT) {
		slot_function_bdf(guest, plug->port, plug->function, bdf);
		result_lost(&guest->result,
			    "hot-remove of %s is lost: the guest still has %s after %d ms",
			    plug->model, bdf, SLOT_REMOVE_TIMEOUT_MS);
	}
	if (!answer->error)
		result_step(&guest->result, "hot-remove", since.ns,
			    answer->time_ns);

	return answer->error;
}

/**
 * slot_wait_gone() - wait until the guest has removed a device, and its slot is powered
 * off
 * @guest: the guest
 * @plug: the device
 * @since: the moment before the removal
 *
 * Does not wait for QEMU, unlike slot_wait_removed().
 *
 * Return: 0; -ETIMEDOUT if the event is lost, recorded in the result; or another
 * negative errno.
 */
int slot_wait_gone(struct guest *guest, const struct plug *plug,
		   struct moment since)
{
	struct batch batch = { .n = 0 };
	char requests[160];
	int ret;

	slot_gone_requests(guest, plug, since, requests, sizeof(requests));
	ret = batch_ask(&batch, guest, requests);
	if (!ret)
		ret = judge_gone(guest, plug, since, &batch.answers[0]) ?:
		      batch.answers[1].error;
	batch_free(&batch);

	return ret;
}
