// SPDX-License-Identifier: GPL-2.0-only
/* The operations that can happen at a point. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cards.h"
#include "irq_worker.h"
#include "operations.h"
#include "registers.h"
#include "scenario.h"

#include "guest/guest.h"
#include "qemu/pci_tree.h"
#include "qemu/qmp.h"
#include "slot/config_space.h"
#include "slot/slot_host.h"
#include "util/compiler.h"

/* Takes the number of a request that cannot be run. It is never run itself. */
#define NOTHING	"sleep 0"

static int add_other(struct guest *guest, int port)
{
	return slot_try_plug(guest, card_edu(port));
}

/* A port with interrupts disabled need not signal the event later (sec. 6.7.3.4). */
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

	return slot_try_plug(guest, card_edu(port)) ?:
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
 * QEMU presses the button on device_del. It refuses a second device_del of the same
 * device, and any while the indicator blinks. So this deletes the card's other
 * function, and the indicator is set to on while it does.
 *
 * Return: as @run of struct operation.
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
	       slot_try_plug(guest, card == card_edu(port) ?
				    card_e1000e(port) : card_edu(port));
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
	return slot_try_plug(guest, card_edu(port)) ?:
	       slot_surprise_remove(guest, card_edu(port));
}

/* Finds the bits that mask MSI or MSI-X messages (PCIe Base Spec sec. 7.7). */
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

static int set_mask(struct guest *guest, int port, bool on)
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

static int mask_interrupts(struct guest *guest, int port)
{
	return set_mask(guest, port, true);
}

/**
 * operation_unmask() - unmask the port's interrupts, which delivers a pending one
 * @guest: the guest, whose machine is stopped
 * @port: number of the slot's port
 *
 * Return: as @run of struct operation.
 */
int operation_unmask(struct guest *guest, int port)
{
	return set_mask(guest, port, false);
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

/*
 * Operations on the nested slot come last. A machine without one has no names for them,
 * and the worker process gets no requests for them.
 */
const struct operation operations[] = {
	{ "add", true, .run = add_other, .coverage_of = "away.add" },
	{ "add_silently", true, .run = add_silently },
	{ "button", true, .run = press_button, .presses_button = true,
	  .coverage_of = "away.remove" },
	{ "press_again", true, .run = operation_press_again, .presses_button = true,
	  .cancels_press = true },
	{ "surprise_removal", true, .run = remove_by_surprise,
	  .removes_by_surprise = true, .coverage_of = "away.surprise_removal" },
	{ "replace_by_other", false, .run = replace_by_other },
	{ "replace_by_same", true, .run = replace_by_same },
	{ "add_and_remove", false, .run = add_and_remove },
	{ "command_completed", true, .run = slot_complete_command },
	{ "power_off", true, .request = POWER_OFF, .coverage_of = "away.power_off" },
	{ "power_on", true, .request = POWER_ON, .coverage_of = "away.power_on" },
	{ "attention", true, .request = ATTENTION, .coverage_of = "away.attention" },
	{ "unbind", false, .request = UNBIND, .binds_driver = true,
	  .coverage_of = "away.unbind_occupied" },
	{ "bind", false, .request = BIND, .binds_driver = true,
	  .coverage_of = "away.bind_occupied" },
	{ "rescan", false, .request = RESCAN, .scans = true },
	{ "remove", false, .request = REMOVE, .removes_device = true, .scans = true },
	{ "slot_reset", true, .request = SLOT_RESET, .resets_card = true },
	{ "port_reset", false, .request = PORT_RESET },
	{ "bus_reset", true, .request = BUS_RESET,
	  .coverage_of = "smp.reset_occupied" },
	{ "hold_interrupts", true, .run = mask_interrupts,
	  .masks_interrupts = true },
	{ "release_interrupts", false, .run = operation_unmask,
	  .unmasks_interrupts = true },
	{ "inner_add", true, .port = 1, .run = add_other },
	{ "inner_button", true, .port = 1, .run = press_button,
	  .presses_button = true },
	{ "inner_surprise_removal", true, .port = 1,
	  .run = remove_by_surprise, .removes_by_surprise = true },
	{ "inner_replace_by_same", false, .port = 1, .run = replace_by_same },
	{ "inner_power_off", true, .port = 1, .request = POWER_OFF,
	  .coverage_of = "away.power_off" },
	{ "inner_power_on", false, .port = 1, .request = POWER_ON },
	{ "inner_attention", true, .port = 1, .request = ATTENTION,
	  .coverage_of = "away.attention" },
	{ "inner_unbind", false, .port = 1, .request = UNBIND, .binds_driver = true,
	  .coverage_of = "away.unbind_occupied" },
	{ "inner_bind", false, .port = 1, .request = BIND, .binds_driver = true },
	{ "inner_remove", false, .port = 1, .request = REMOVE,
	  .removes_device = true },
	{ "inner_slot_reset", true, .port = 1, .request = SLOT_RESET,
	  .resets_card = true },
	{ "inner_port_reset", false, .port = 1, .request = PORT_RESET },
};

const size_t n_operations = ARRAY_SIZE(operations);

/**
 * operation_find() - find an operation by its name
 * @name: the name
 *
 * Return: the operation, or NULL if there is none of that name.
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
 * operation_number() - get the number of an operation's request
 * @operation: an operation with a request
 *
 * Return: the number of operations with a request before @operation.
 */
int operation_number(const struct operation *operation)
{
	int number = 0;

	for (const struct operation *o = operations; o < operation; o++)
		number += !!o->request;

	return number;
}

/* Formats the requests of all operations, in the order of their numbers. */
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
			ret = irq_worker_find_names(guest, port, &names);
			if (ret)
				return ret;
		}
		if (len && len < size - 1)
			text[len++] = ';';
		irq_worker_format(irq_worker_supports(guest, operation->request) ?
				  operation->request : NOTHING,
				  &names, text + len, size - len);
		len += strlen(text + len);
	}

	return len < size - 1 ? 0 : -E2BIG;
}

/**
 * operations_start() - start the process in the guest that does operations
 * @guest: the guest
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int operations_start(struct guest *guest)
{
	char requests[IRQ_WORKER_SIZE];
	int ret;

	ret = format_requests(guest, requests, sizeof(requests));
	if (ret)
		result_error(&guest->result,
			     "tell the worker process its requests: %s",
			     strerror(-ret));

	return ret ?: irq_worker_start(guest, requests);
}

/**
 * operation_uses_second_cpu() - does the second CPU do an operation or handle its event
 * @operation: the operation
 * @scenario: the scenario in which it happens
 *
 * Return: true if it does.
 */
bool operation_uses_second_cpu(const struct operation *operation,
			       const struct scenario *scenario)
{
	return scenario->irq_on_cpu1 || (scenario->setup.cpus > 1 && !operation->run);
}

/**
 * operation_applies() - does an operation make sense in a scenario
 * @operation: the operation
 * @scenario: the scenario
 *
 * It does not if its slot does not exist, or lacks the button or the power control that
 * it needs; or if the driver cannot notice it; or if the guest has to do it, but only
 * boots in the scenario. A scenario with changed capabilities excludes binding the
 * driver again, which would then read the real registers.
 *
 * Return: true if it does.
 */
bool operation_applies(const struct operation *operation,
		       const struct scenario *scenario)
{
	/*
	 * When QEMU removes a card, it does not set Data Link Layer State Changed. The
	 * driver notices because the command that makes QEMU remove the card completes.
	 */
	bool silent = operation->removes_by_surprise &&
		      scenario->registers &&
		      scenario->registers->set & PCI_EXP_SLTCAP_NCCS;

	return (!operation->port || scenario->setup.nested) && !silent &&
	       (operation->run || !scenario->boot) &&
	       !(operation->binds_driver && scenario->registers) &&
	       !(operation->presses_button && scenario->setup.no_button) &&
	       !(operation->scans && scenario->setup.no_power);
}

/* A switch would be reset by Function Level Reset, which is for endpoints. */
static bool has_endpoint(struct guest *guest, int port)
{
	const struct plug *card = card_find(guest, port);

	return card && !card_is_switch(card);
}

/**
 * operation_run() - do an operation, or have the guest do it
 * @operation: the operation
 * @guest: the guest, whose machine is stopped
 *
 * Return: as @run of struct operation.
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

	if (operation->request && !irq_worker_supports(guest, operation->request))
		return -ECANCELED;

	ret = operation->run ? operation->run(guest, operation->port) :
	      irq_worker_wake(guest, operation_number(operation));

	/* -ETIMEDOUT stands for a guest that hangs, and here it is QEMU that was slow */
	return ret == -ETIMEDOUT ? -EIO : ret;
}
