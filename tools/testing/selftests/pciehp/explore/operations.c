// SPDX-License-Identifier: GPL-2.0-only
/* What can happen at a point. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cards.h"
#include "operations.h"
#include "registers.h"
#include "scenario.h"
#include "irq_worker.h"

#include "guest/guest.h"
#include "qemu/pci_tree.h"
#include "qemu/qmp.h"
#include "slot/config_space.h"
#include "slot/slot_host.h"
#include "util/compiler.h"

/* A request that is never made, for those after it to have their numbers. */
#define NOTHING	"sleep 0"

static int add_other(struct guest *guest, int port)
{
	return slot_try_plug(guest, card_quick(port));
}

/* A port that must not interrupt need not tell later (sec. 6.7.3.4). */
static int add_silently(struct guest *guest, int port)
{
	const char *bdf = guest->ports[port].bdf;
	uint16_t control;
	int offset, ret;

	ret = config_find_capability(guest, bdf, PCI_CAP_ID_EXP, &offset) ?:
	      config_read16(guest, bdf, offset + PCI_EXP_SLTCTL, &control);
	if (ret)
		return ret;
	if (control & PCI_EXP_SLTCTL_HPIE)
		return -ECANCELED;

	return slot_try_plug(guest, card_quick(port)) ?:
	       slot_clear_events(guest, port);
}

static int press_button(struct guest *guest, int port)
{
	const struct plug *card = card_find(guest, port);

	if (!card)
		return -ECANCELED;

	return qmp_command(&guest->vm.qmp, "device_del",
			   json_pack("{s:s}", "id", card->id), NULL);
}

/**
 * operation_press_again() - press the attention button while the power indicator blinks
 * @guest: the guest, whose machine is stopped
 * @port: number of the slot's port
 *
 * QEMU presses it for a device_del, but refuses that for a device a second time, and
 * any while the indicator blinks. So it is for the card's other function, and for QEMU
 * the indicator is on meanwhile.
 *
 * Return: as struct operation's @run.
 */
int operation_press_again(struct guest *guest, int port)
{
	const char *bdf = guest->ports[port].bdf;
	char function[BDF_SIZE];
	uint16_t control, status;
	int offset, ret;

	if (pci_tree_find(&guest->vm.qmp, SECOND_FUNCTION, function))
		return -ECANCELED;
	ret = config_find_capability(guest, bdf, PCI_CAP_ID_EXP, &offset) ?:
	      config_read16(guest, bdf, offset + PCI_EXP_SLTCTL, &control) ?:
	      config_read16(guest, bdf, offset + PCI_EXP_SLTSTA, &status);
	if (ret)
		return ret;
	if ((control & PCI_EXP_SLTCTL_PIC) != PCI_EXP_SLTCTL_PWR_IND_BLINK ||
	    status & PCI_EXP_SLTSTA_ABP)
		return -ECANCELED;

	return config_write16(guest, bdf, offset + PCI_EXP_SLTCTL,
			      (control & ~PCI_EXP_SLTCTL_PIC) |
			      PCI_EXP_SLTCTL_PWR_IND_ON) ?:
	       qmp_command(&guest->vm.qmp, "device_del",
			   json_pack("{s:s}", "id", SECOND_FUNCTION), NULL) ?:
	       config_write16(guest, bdf, offset + PCI_EXP_SLTCTL, control);
}

static int remove_by_surprise(struct guest *guest, int port)
{
	const struct plug *card = card_find(guest, port);

	return card ? slot_surprise_remove(guest, card) : -ECANCELED;
}

static int replace_by_other(struct guest *guest, int port)
{
	const struct plug *card = card_find(guest, port);

	if (!card)
		return -ECANCELED;

	return slot_surprise_remove(guest, card) ?:
	       slot_try_plug(guest, card == card_quick(port) ?
				    card_full(port) : card_quick(port));
}

static int replace_by_same(struct guest *guest, int port)
{
	const struct plug *card = card_find(guest, port);

	if (!card || card_is_switch(card))
		return -ECANCELED;

	return slot_surprise_remove(guest, card) ?:
	       slot_try_plug(guest, card);
}

static int add_and_remove(struct guest *guest, int port)
{
	return slot_try_plug(guest, card_quick(port)) ?:
	       slot_surprise_remove(guest, card_quick(port));
}

/* The bits that hold messages back, and where they are (PCIe Base Spec sec. 7.7). */
static int find_mask(struct guest *guest, int port, int *offset, uint16_t *bits)
{
	const char *bdf = guest->ports[port].bdf;
	uint16_t control;
	int ret;

	if (guest->setup.interrupt == INTERRUPT_POLLING)
		return -ECANCELED;
	ret = config_find_capability(guest, bdf, PCI_CAP_ID_MSIX, offset);
	if (!ret) {
		*offset += PCI_MSIX_FLAGS;
		*bits = PCI_MSIX_FLAGS_MASKALL;
		return 0;
	}
	ret = config_find_capability(guest, bdf, PCI_CAP_ID_MSI, offset) ?:
	      config_read16(guest, bdf, *offset + PCI_MSI_FLAGS, &control);
	if (ret || !(control & PCI_MSI_FLAGS_MASKBIT))
		return ret ?: -ECANCELED;
	*offset += control & PCI_MSI_FLAGS_64BIT ? PCI_MSI_MASK_64 :
						   PCI_MSI_MASK_32;
	*bits = 0xffff;

	return 0;
}

static int mask(struct guest *guest, int port, bool on)
{
	const char *bdf = guest->ports[port].bdf;
	uint16_t value, bits;
	int offset, ret;

	ret = find_mask(guest, port, &offset, &bits);
	if (ret == -ENODEV)
		return -ECANCELED;

	return ret ?: config_read16(guest, bdf, offset, &value) ?:
	       config_write16(guest, bdf, offset,
			      on ? value | bits : value & ~bits);
}

static int hold(struct guest *guest, int port)
{
	return mask(guest, port, true);
}

/**
 * operation_release() - deliver the port's interrupts that wait, and all later ones
 * @guest: the guest, whose machine is stopped
 * @port: number of the slot's port
 *
 * Return: as struct operation's @run.
 */
int operation_release(struct guest *guest, int port)
{
	return mask(guest, port, false);
}

/* Requests to the worker process. */
#define POWER_OFF	"write %slot/power 0"
#define POWER_ON	"write %slot/power 1"
#define ATTENTION	"write %slot/attention 1"
#define DRIVER		"/sys/bus/pci_express/drivers/pciehp"
#define UNBIND		"write " DRIVER "/unbind %service"
#define BIND		"write " DRIVER "/bind %service"
#define REMOVE		"write %card/remove 1"
#define SLOT_RESET	"write %card/reset 1"
#define PORT_RESET	"write %port/reset_subordinate 1"
#define RESCAN		"write /sys/bus/pci/rescan 1"
#define BUS_RESET	"write %root/reset_subordinate 1"

/* Those of the nested slot come last: where there is none, nobody learns its names. */
const struct operation operations[] = {
	{ "add", true, .run = add_other, .alone = "away.add" },
	{ "add_silently", true, .run = add_silently },
	{ "button", true, .run = press_button, .presses = true,
	  .alone = "away.remove" },
	{ "press_again", true, .run = operation_press_again, .presses = true,
	  .cancels = true },
	{ "surprise_removal", true, .run = remove_by_surprise,
	  .surprises = true, .alone = "away.surprise_removal" },
	{ "replace_by_other", false, .run = replace_by_other },
	{ "replace_by_same", true, .run = replace_by_same },
	{ "add_and_remove", false, .run = add_and_remove },
	{ "command_completed", true, .run = slot_complete_command },
	{ "power_off", true, .request = POWER_OFF, .alone = "away.power_off" },
	{ "power_on", true, .request = POWER_ON, .alone = "away.power_on" },
	{ "attention", true, .request = ATTENTION, .alone = "away.attention" },
	{ "unbind", false, .request = UNBIND, .binds = true,
	  .alone = "away.unbind_occupied" },
	{ "bind", false, .request = BIND, .binds = true,
	  .alone = "away.bind_occupied" },
	{ "rescan", false, .request = RESCAN, .scans = true },
	{ "remove", false, .request = REMOVE, .forgets = true, .scans = true },
	{ "slot_reset", true, .request = SLOT_RESET, .resets_card = true },
	{ "port_reset", false, .request = PORT_RESET },
	{ "bus_reset", true, .request = BUS_RESET,
	  .alone = "smp.reset_occupied" },
	{ "hold_interrupts", true, .run = hold, .holds = true },
	{ "release_interrupts", false, .run = operation_release,
	  .releases = true },
	{ "inner_add", true, .port = 1, .run = add_other },
	{ "inner_button", true, .port = 1, .run = press_button,
	  .presses = true },
	{ "inner_surprise_removal", true, .port = 1,
	  .run = remove_by_surprise, .surprises = true },
	{ "inner_replace_by_same", false, .port = 1, .run = replace_by_same },
	{ "inner_power_off", true, .port = 1, .request = POWER_OFF,
	  .alone = "away.power_off" },
	{ "inner_power_on", false, .port = 1, .request = POWER_ON },
	{ "inner_attention", true, .port = 1, .request = ATTENTION,
	  .alone = "away.attention" },
	{ "inner_unbind", false, .port = 1, .request = UNBIND, .binds = true,
	  .alone = "away.unbind_occupied" },
	{ "inner_bind", false, .port = 1, .request = BIND, .binds = true },
	{ "inner_remove", false, .port = 1, .request = REMOVE,
	  .forgets = true },
	{ "inner_slot_reset", true, .port = 1, .request = SLOT_RESET,
	  .resets_card = true },
	{ "inner_port_reset", false, .port = 1, .request = PORT_RESET },
};

const size_t n_operations = ARRAY_SIZE(operations);

/**
 * operation_find() - the operation of that name
 * @name: the name
 *
 * Return: the operation, or NULL.
 */
const struct operation *operation_find(const char *name)
{
	for (size_t i = 0; i < n_operations; i++) {
		if (!strcmp(operations[i].name, name))
			return &operations[i];
	}

	return NULL;
}

/**
 * operation_number() - the number of an operation for the worker process
 * @operation: the operation, one with a request
 *
 * Return: how many such operations come before it.
 */
int operation_number(const struct operation *operation)
{
	int number = 0;

	for (const struct operation *o = operations; o < operation; o++)
		number += !!o->request;

	return number;
}

/* The requests of all operations, in the order of their numbers. */
static int format_requests(struct guest *guest, char *text, size_t size)
{
	struct irq_worker_names names;
	int port = -1, ret;
	size_t len = 0;

	for (size_t i = 0; i < n_operations; i++) {
		const struct operation *operation = &operations[i];

		if (!operation->request || operation->port >= guest->n_ports)
			continue;
		if (operation->port != port) {
			port = operation->port;
			ret = irq_worker_learn_names(guest, port, &names);
			if (ret)
				return ret;
		}
		if (len && len < size - 1)
			text[len++] = ';';
		irq_worker_format(irq_worker_can(guest, operation->request) ?
			       operation->request : NOTHING,
			       &names, text + len, size - len);
		len += strlen(text + len);
	}

	return len < size - 1 ? 0 : -E2BIG;
}

/**
 * operations_begin() - start the process in the guest that does those with a request
 * @guest: the guest
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int operations_begin(struct guest *guest)
{
	char requests[IRQ_WORKER_SIZE];
	int ret;

	ret = format_requests(guest, requests, sizeof(requests));
	if (ret)
		result_error(&guest->result,
			     "tell the worker process its requests: %s",
			     strerror(-ret));

	return ret ?: irq_worker_begin(guest, requests);
}

/**
 * operation_has_cpu() - is what an operation brings about done by another CPU
 * @operation: the operation
 * @scenario: the scenario that goes on meanwhile
 *
 * Return: whether it is.
 */
bool operation_has_cpu(const struct operation *operation,
		       const struct scenario *scenario)
{
	return scenario->irq_on_cpu1 || (scenario->setup.cpus > 1 && !operation->run);
}

/**
 * operation_applies() - does an operation make sense while a scenario goes on
 * @operation: the operation
 * @scenario: the scenario
 *
 * Return: whether the slot that it is about may be there, with a button for it, and the
 * driver can learn of it; and who does it, as nobody in the guest does while it boots.
 * A driver that is bound again would find the registers as they are.
 */
bool operation_applies(const struct operation *operation,
		       const struct scenario *scenario)
{
	/*
	 * As QEMU takes a card away, no Data Link Layer State Changed says so, but the
	 * completion of the command that makes it do so has the driver look.
	 */
	bool silent = operation->surprises &&
		      scenario->registers &&
		      scenario->registers->set & PCI_EXP_SLTCAP_NCCS;

	return (!operation->port || scenario->setup.nested) && !silent &&
	       (operation->run || !scenario->boot) &&
	       !(operation->binds && scenario->registers) &&
	       !(operation->presses && scenario->setup.no_button) &&
	       !(operation->scans && scenario->setup.no_power);
}

/* A switch is reset by Function Level Reset, which is not meant for one. */
static bool has_endpoint(struct guest *guest, int port)
{
	const struct plug *card = card_find(guest, port);

	return card && !card_is_switch(card);
}

/**
 * operation_run() - do it to the stopped machine
 * @operation: the operation
 * @guest: the guest
 *
 * Return: as @operation->run.
 */
int operation_run(const struct operation *operation, struct guest *guest)
{
	int ret;

	ret = ports_refresh(guest);
	if (ret)
		return ret;
	if (operation->port >= guest->n_ports ||
	    (operation->resets_card && !has_endpoint(guest, operation->port)))
		return -ECANCELED;

	if (operation->request && !irq_worker_can(guest, operation->request))
		return -ECANCELED;

	ret = operation->run ? operation->run(guest, operation->port) :
	      irq_worker_wake(guest, operation_number(operation));

	/* what QEMU does not do in time is no fault of the guest */
	return ret == -ETIMEDOUT ? -EIO : ret;
}
