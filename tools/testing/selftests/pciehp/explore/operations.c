// SPDX-License-Identifier: GPL-2.0-only
/* What can happen at a point. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "explore.h"

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

/**
 * operation_hold() - have the port's interrupts wait
 * @guest: the guest, whose machine is stopped
 * @port: number of the slot's port
 *
 * Return: as struct operation's @run.
 */
int operation_hold(struct guest *guest, int port)
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

const struct operation operations[] = {
	{ "add", true, -1, add_other, .alone = "away.add" },
	{ "add_silently", true, -1, add_silently },
	{ "button", true, -1, press_button, .alone = "away.remove" },
	{ "press_again", true, -1, operation_press_again },
	{ "surprise_removal", true, -1, remove_by_surprise,
	  .alone = "away.surprise_removal" },
	{ "replace_by_other", false, -1, replace_by_other },
	{ "replace_by_same", true, -1, replace_by_same },
	{ "add_and_remove", false, -1, add_and_remove },
	{ "command_completed", true, -1, slot_complete_command },
	{ "power_off", true, STANDBY_POWER_OFF, NULL,
	  .alone = "away.power_off" },
	{ "power_on", true, STANDBY_POWER_ON, NULL, .alone = "away.power_on" },
	{ "attention", true, STANDBY_ATTENTION, NULL,
	  .alone = "away.attention" },
	{ "unbind", false, STANDBY_UNBIND, NULL,
	  .alone = "away.unbind_occupied" },
	{ "bind", false, STANDBY_BIND, NULL, .alone = "away.bind_occupied" },
	{ "rescan", false, STANDBY_RESCAN, NULL },
	{ "remove", false, STANDBY_REMOVE, NULL },
	{ "slot_reset", true, STANDBY_SLOT_RESET, NULL },
	{ "port_reset", false, STANDBY_PORT_RESET, NULL },
	{ "bus_reset", true, STANDBY_RESET, NULL,
	  .alone = "smp.reset_occupied" },
	{ "hold_interrupts", true, -1, operation_hold },
	{ "release_interrupts", false, -1, operation_release },
	{ "inner_add", true, -1, add_other, .port = 1 },
	{ "inner_button", true, -1, press_button, .port = 1 },
	{ "inner_surprise_removal", true, -1, remove_by_surprise, .port = 1 },
	{ "inner_replace_by_same", false, -1, replace_by_same, .port = 1 },
	{ "inner_power_off", true, STANDBY_INNER_POWER_OFF, NULL, .port = 1,
	  .alone = "away.power_off" },
	{ "inner_power_on", false, STANDBY_INNER_POWER_ON, NULL, .port = 1 },
	{ "inner_attention", true, STANDBY_INNER_ATTENTION, NULL, .port = 1,
	  .alone = "away.attention" },
	{ "inner_unbind", false, STANDBY_INNER_UNBIND, NULL, .port = 1,
	  .alone = "away.unbind_occupied" },
	{ "inner_bind", false, STANDBY_INNER_BIND, NULL, .port = 1 },
	{ "inner_remove", false, STANDBY_INNER_REMOVE, NULL, .port = 1 },
	{ "inner_slot_reset", true, STANDBY_INNER_SLOT_RESET, NULL, .port = 1 },
	{ "inner_port_reset", false, STANDBY_INNER_PORT_RESET, NULL, .port = 1 },
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
 * operation_forgets() - does the kernel no longer know a device that is there
 * @operation: the operation
 *
 * Return: whether that may be so.
 */
bool operation_forgets(const struct operation *operation)
{
	return operation->standby == STANDBY_REMOVE ||
	       operation->standby == STANDBY_INNER_REMOVE;
}

/**
 * operation_binds() - does it bind a driver, or unbind it
 * @operation: the operation
 *
 * Return: whether it does.
 */
bool operation_binds(const struct operation *operation)
{
	return operation->standby == STANDBY_UNBIND ||
	       operation->standby == STANDBY_BIND ||
	       operation->standby == STANDBY_INNER_UNBIND ||
	       operation->standby == STANDBY_INNER_BIND;
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
	return scenario->away || (scenario->setup.cpus > 1 && !operation->run);
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
	bool presses = operation->run == press_button ||
		       operation->run == operation_press_again;

	/* finds a card in a slot that counts as off, but which nobody turns off */
	bool scans = operation->standby == STANDBY_RESCAN ||
		     operation->standby == STANDBY_REMOVE;

	/*
	 * As QEMU takes a card away, no Data Link Layer State Changed says so, but the
	 * completion of the command that makes it do so has the driver look.
	 */
	bool silent = operation->run == remove_by_surprise &&
		      scenario->registers &&
		      scenario->registers->set & PCI_EXP_SLTCAP_NCCS;

	return (!operation->port || scenario->setup.nested) && !silent &&
	       (operation->run || !scenario->boot) &&
	       !(operation_binds(operation) && scenario->registers) &&
	       !(presses && scenario->setup.no_button) &&
	       !(scans && scenario->setup.no_power);
}

static bool resets_card(const struct operation *operation)
{
	return operation->standby == STANDBY_SLOT_RESET ||
	       operation->standby == STANDBY_INNER_SLOT_RESET;
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
	    (resets_card(operation) && !has_endpoint(guest, operation->port)))
		return -ECANCELED;

	ret = operation->run ? operation->run(guest, operation->port) :
	      standby_wake(guest, operation->standby);

	/* what QEMU does not do in time is no fault of the guest */
	return ret == -ETIMEDOUT ? -EIO : ret;
}
