// SPDX-License-Identifier: GPL-2.0-only
/* What can happen at a point. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "explore.h"

/* QEMU's docs/specs/edu: whoever writes here has it interrupt. */
#define EDU_INTERRUPT_RAISE	0x60

/* Requests to the standby process, in the order of standby_requests(). */
enum standby_request {
	STANDBY_POWER_OFF,
	STANDBY_POWER_ON,
	STANDBY_ATTENTION,
	STANDBY_UNBIND,
	STANDBY_BIND,
	STANDBY_RESCAN,
	STANDBY_REMOVE,
	STANDBY_RESET,
};

static int add_other(struct guest *guest)
{
	return slot_try_plug(guest, &quick_card);
}

/* A port that must not interrupt need not tell later (sec. 6.7.3.4). */
static int add_silently(struct guest *guest)
{
	const char *bdf = guest->ports[0].bdf;
	uint16_t control;
	int offset, ret;

	ret = config_find_capability(guest, bdf, PCI_CAP_ID_EXP, &offset) ?:
	      config_read16(guest, bdf, offset + PCI_EXP_SLTCTL, &control);
	if (ret)
		return ret;
	if (control & PCI_EXP_SLTCTL_HPIE)
		return -EOPNOTSUPP;

	return slot_try_plug(guest, &quick_card) ?: slot_clear_events(guest, 0);
}

static int press_button(struct guest *guest)
{
	const struct plug *card = card_find(guest);

	if (!card)
		return -EOPNOTSUPP;

	return qmp_command(&guest->vm.qmp, "device_del",
			   json_pack("{s:s}", "id", card->id), NULL);
}

/**
 * operation_press_again() - press the attention button while the power indicator blinks
 * @guest: the guest, whose machine is stopped
 *
 * QEMU presses it for a device_del, but refuses that for a device a second time, and
 * any while the indicator blinks. So it is for the card's other function, and for QEMU
 * the indicator is on meanwhile.
 *
 * Return: as struct operation's @run.
 */
int operation_press_again(struct guest *guest)
{
	const char *bdf = guest->ports[0].bdf;
	char function[BDF_SIZE];
	uint16_t control, status;
	int offset, ret;

	if (pci_tree_find(&guest->vm.qmp, SECOND_FUNCTION, function))
		return -EOPNOTSUPP;
	ret = config_find_capability(guest, bdf, PCI_CAP_ID_EXP, &offset) ?:
	      config_read16(guest, bdf, offset + PCI_EXP_SLTCTL, &control) ?:
	      config_read16(guest, bdf, offset + PCI_EXP_SLTSTA, &status);
	if (ret)
		return ret;
	if ((control & PCI_EXP_SLTCTL_PIC) != PCI_EXP_SLTCTL_PWR_IND_BLINK ||
	    status & PCI_EXP_SLTSTA_ABP)
		return -EOPNOTSUPP;

	return config_write16(guest, bdf, offset + PCI_EXP_SLTCTL,
			      (control & ~PCI_EXP_SLTCTL_PIC) |
			      PCI_EXP_SLTCTL_PWR_IND_ON) ?:
	       qmp_command(&guest->vm.qmp, "device_del",
			   json_pack("{s:s}", "id", SECOND_FUNCTION), NULL) ?:
	       config_write16(guest, bdf, offset + PCI_EXP_SLTCTL, control);
}

static int remove_by_surprise(struct guest *guest)
{
	const struct plug *card = card_find(guest);

	return card ? slot_surprise_remove(guest, card) : -EOPNOTSUPP;
}

static int replace_by_other(struct guest *guest)
{
	const struct plug *card = card_find(guest);

	if (!card)
		return -EOPNOTSUPP;

	return slot_surprise_remove(guest, card) ?:
	       slot_try_plug(guest, card == &quick_card ? &full_card :
						      &quick_card);
}

static int replace_by_same(struct guest *guest)
{
	const struct plug *card = card_find(guest);

	if (!card)
		return -EOPNOTSUPP;

	return slot_surprise_remove(guest, card) ?:
	       slot_try_plug(guest, card);
}

static int add_and_remove(struct guest *guest)
{
	return slot_try_plug(guest, &quick_card) ?:
	       slot_surprise_remove(guest, &quick_card);
}

static int complete_command(struct guest *guest)
{
	return slot_complete_command(guest, 0);
}

/* The bits that hold messages back, and where they are (PCIe Base Spec sec. 7.7). */
static int find_mask(struct guest *guest, int *offset, uint16_t *bits)
{
	const char *bdf = guest->ports[0].bdf;
	uint16_t control;
	int ret;

	if (guest->setup.interrupt == INTERRUPT_POLLING)
		return -EOPNOTSUPP;
	ret = config_find_capability(guest, bdf, PCI_CAP_ID_MSIX, offset);
	if (!ret) {
		*offset += PCI_MSIX_FLAGS;
		*bits = PCI_MSIX_FLAGS_MASKALL;
		return 0;
	}
	ret = config_find_capability(guest, bdf, PCI_CAP_ID_MSI, offset) ?:
	      config_read16(guest, bdf, *offset + PCI_MSI_FLAGS, &control);
	if (ret || !(control & PCI_MSI_FLAGS_MASKBIT))
		return ret ?: -EOPNOTSUPP;
	*offset += control & PCI_MSI_FLAGS_64BIT ? PCI_MSI_MASK_64 :
						   PCI_MSI_MASK_32;
	*bits = 0xffff;

	return 0;
}

static int mask(struct guest *guest, bool on)
{
	const char *bdf = guest->ports[0].bdf;
	uint16_t value, bits;
	int offset, ret;

	ret = find_mask(guest, &offset, &bits);
	if (ret == -ENODEV)
		return -EOPNOTSUPP;

	return ret ?: config_read16(guest, bdf, offset, &value) ?:
	       config_write16(guest, bdf, offset,
			      on ? value | bits : value & ~bits);
}

/**
 * operation_hold() - have the port's interrupts wait
 * @guest: the guest, whose machine is stopped
 *
 * Return: as struct operation's @run.
 */
int operation_hold(struct guest *guest)
{
	return mask(guest, true);
}

/**
 * operation_release() - deliver the port's interrupts that wait, and all later ones
 * @guest: the guest, whose machine is stopped
 *
 * Return: as struct operation's @run.
 */
int operation_release(struct guest *guest)
{
	return mask(guest, false);
}

const struct operation operations[] = {
	{ "add", true, -1, add_other },
	{ "add_silently", true, -1, add_silently },
	{ "button", true, -1, press_button },
	{ "press_again", true, -1, operation_press_again },
	{ "surprise_removal", true, -1, remove_by_surprise },
	{ "replace_by_other", false, -1, replace_by_other },
	{ "replace_by_same", true, -1, replace_by_same },
	{ "add_and_remove", false, -1, add_and_remove },
	{ "command_completed", true, -1, complete_command },
	{ "power_off", true, STANDBY_POWER_OFF, NULL },
	{ "power_on", true, STANDBY_POWER_ON, NULL },
	{ "attention", true, STANDBY_ATTENTION, NULL },
	{ "unbind", false, STANDBY_UNBIND, NULL },
	{ "bind", false, STANDBY_BIND, NULL },
	{ "rescan", false, STANDBY_RESCAN, NULL },
	{ "remove", false, STANDBY_REMOVE, NULL },
	{ "bus_reset", true, STANDBY_RESET, NULL },
	{ "hold_interrupts", true, -1, operation_hold },
	{ "release_interrupts", false, -1, operation_release },
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
	return operation->standby == STANDBY_REMOVE;
}

static int standby_requests(struct guest *guest, char *text, size_t size)
{
	char power[SLOT_PATH_SIZE], attention[SLOT_PATH_SIZE], bdf[BDF_SIZE];
	char unbind[SLOT_PATH_SIZE], bind[SLOT_PATH_SIZE], root[BDF_SIZE];
	int len, ret;

	ret = slot_attribute(guest, 0, "power", power) ?:
	      slot_attribute(guest, 0, "attention", attention);
	if (ret)
		return ret;
	slot_function_bdf(guest, 0, 0, bdf);
	slot_service_request(guest, "unbind", unbind, sizeof(unbind));
	slot_service_request(guest, "bind", bind, sizeof(bind));
	len = snprintf(text, size,
		       "write %s 0;write %s 1;write %s 1;%s;%s;write /sys/bus/pci/rescan 1;write /sys/bus/pci/devices/%s/remove 1",
		       power, power, attention, unbind, bind, bdf);
	if (!pci_tree_find(&guest->vm.qmp, "root0", root))
		snprintf(text + len, size - len,
			 ";write /sys/bus/pci/devices/%s/reset_subordinate 1",
			 root);

	return 0;
}

/**
 * operation_standby() - start the process that runs operations in the guest
 * @guest: the guest, whose machine has the device for it
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int operation_standby(struct guest *guest)
{
	char text[REQUEST_SIZE], bdf[BDF_SIZE];
	int ret;

	ret = pci_tree_find(&guest->vm.qmp, "edu", bdf) ?:
	      standby_requests(guest, text, sizeof(text)) ?:
	      guest_request(guest, "standby %s %d %s", bdf,
			    guest->config.cpus - 1, text);
	if (ret)
		result_error(&guest->result,
			     "start the standby process (CONFIG_UIO_PCI_GENERIC): %s",
			     strerror(-ret));

	return ret;
}

/**
 * operation_save_standby() - tell what QEMU does not save of the device
 * @guest: the guest, after operation_standby()
 * @base: receives the physical address of its registers
 *
 * Return: 0 or a negative errno.
 */
int operation_save_standby(struct guest *guest, uint32_t *base)
{
	uint16_t low, high;
	char bdf[BDF_SIZE];
	int ret;

	ret = pci_tree_find(&guest->vm.qmp, "edu", bdf) ?:
	      config_read16(guest, bdf, PCI_BASE_ADDRESS_0, &low) ?:
	      config_read16(guest, bdf, PCI_BASE_ADDRESS_0 + 2, &high);
	if (!ret)
		*base = (uint32_t)high << 16 | (low & ~0xf);

	return ret;
}

/**
 * operation_load_standby() - give the device back what QEMU did not save
 * @guest: the guest
 * @base: physical address of its registers
 *
 * Return: 0 or a negative errno.
 */
int operation_load_standby(struct guest *guest, uint32_t base)
{
	char bdf[BDF_SIZE];

	return pci_tree_find(&guest->vm.qmp, "edu", bdf) ?:
	       config_write16(guest, bdf, PCI_BASE_ADDRESS_0, base) ?:
	       config_write16(guest, bdf, PCI_BASE_ADDRESS_0 + 2, base >> 16) ?:
	       config_write16(guest, bdf, PCI_COMMAND, PCI_COMMAND_MEMORY);
}

/* Have the device interrupt, whose handler wakes the standby process. */
static int wake_standby(struct guest *guest, int request)
{
	struct gdbstub *gdb = &guest->vm.gdb;
	uint8_t bits[4] = { 1 << request };
	char root[BDF_SIZE];
	uint32_t base;
	int ret;

	if (request == STANDBY_RESET &&
	    pci_tree_find(&guest->vm.qmp, "root0", root))
		return -EOPNOTSUPP;
	ret = operation_save_standby(guest, &base);

	return ret ?: gdb_physical(gdb, true) ?:
	       gdb_write(gdb, base + EDU_INTERRUPT_RAISE, bits, sizeof(bits)) ?:
	       gdb_physical(gdb, false);
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
	return operation->run ? operation->run(guest) :
	       wake_standby(guest, operation->standby);
}
