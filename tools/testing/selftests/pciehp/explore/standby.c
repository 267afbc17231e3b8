// SPDX-License-Identifier: GPL-2.0-only
/* What is done in the guest, by a process that waits for an interrupt. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "explore.h"

/* QEMU's docs/specs/edu: whoever writes here has it interrupt. */
#define EDU_INTERRUPT_RAISE	0x60

/* A request that is never made, for those after it to have their numbers. */
#define NOTHING	"sleep 0"

__printf(2, 3)
static void add(char *text, const char *fmt, ...)
{
	size_t len = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + len, STANDBY_SIZE - len, fmt, ap);
	va_end(ap);
}

/* Of one slot, in the order of enum standby_request. */
static int add_slot(struct guest *guest, int port, char *text)
{
	char power[SLOT_PATH_SIZE], attention[SLOT_PATH_SIZE], bdf[BDF_SIZE];
	char unbind[SLOT_PATH_SIZE], bind[SLOT_PATH_SIZE];
	int ret;

	ret = slot_attribute(guest, port, "power", power) ?:
	      slot_attribute(guest, port, "attention", attention);
	if (ret)
		return ret;
	slot_function_bdf(guest, port, 0, bdf);
	slot_service_request(guest, port, "unbind", unbind, sizeof(unbind));
	slot_service_request(guest, port, "bind", bind, sizeof(bind));
	add(text, "write %s 0;write %s 1;write %s 1;%s;%s;", power, power,
	    attention, unbind, bind);
	add(text, "write /sys/bus/pci/devices/%s/remove 1;", bdf);
	add(text, "write /sys/bus/pci/devices/%s/reset 1;", bdf);
	add(text, "write /sys/bus/pci/devices/%s/reset_subordinate 1;",
	    guest->ports[port].bdf);

	return 0;
}

static int format_requests(struct guest *guest, char *text)
{
	char root[BDF_SIZE];
	int ret;

	*text = '\0';
	ret = add_slot(guest, 0, text);
	if (ret)
		return ret;
	add(text, "write /sys/bus/pci/rescan 1;");
	if (pci_tree_find(&guest->vm.qmp, "root0", root))
		add(text, NOTHING);
	else
		add(text, "write /sys/bus/pci/devices/%s/reset_subordinate 1",
		    root);
	if (guest->n_ports > 1) {
		add(text, ";");
		ret = add_slot(guest, 1, text);
		text[strlen(text) - 1] = '\0';
	}

	return ret;
}

/**
 * standby_begin() - start the process that runs operations in the guest
 * @guest: the guest, whose machine has the device for it
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int standby_begin(struct guest *guest)
{
	char text[STANDBY_SIZE], bdf[BDF_SIZE];
	int ret;

	ret = pci_tree_find(&guest->vm.qmp, "edu", bdf) ?:
	      format_requests(guest, text) ?:
	      guest_request(guest, "standby %s %d %s", bdf,
			    guest->config.cpus - 1, text);
	if (ret)
		result_error(&guest->result,
			     "start the standby process (CONFIG_UIO_PCI_GENERIC): %s",
			     strerror(-ret));

	return ret;
}

/**
 * standby_save() - tell what QEMU does not save of the device
 * @guest: the guest, after standby_begin()
 * @base: receives the physical address of its registers
 *
 * Return: 0 or a negative errno.
 */
int standby_save(struct guest *guest, uint32_t *base)
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
 * standby_load() - give the device back what QEMU did not save
 * @guest: the guest
 * @base: physical address of its registers
 *
 * Return: 0 or a negative errno.
 */
int standby_load(struct guest *guest, uint32_t base)
{
	char bdf[BDF_SIZE];

	return pci_tree_find(&guest->vm.qmp, "edu", bdf) ?:
	       config_write16(guest, bdf, PCI_BASE_ADDRESS_0, base) ?:
	       config_write16(guest, bdf, PCI_BASE_ADDRESS_0 + 2, base >> 16) ?:
	       config_write16(guest, bdf, PCI_COMMAND, PCI_COMMAND_MEMORY);
}

/**
 * standby_wake() - have the device interrupt, whose handler wakes the process
 * @guest: the guest, whose machine is stopped
 * @request: number of what is asked for
 *
 * Return: as struct operation's @run.
 */
int standby_wake(struct guest *guest, enum standby_request request)
{
	struct gdbstub *gdb = &guest->vm.gdb;
	uint8_t bits[4] = { 0 };
	char root[BDF_SIZE];
	uint32_t base;
	int ret;

	if (request == STANDBY_RESET &&
	    pci_tree_find(&guest->vm.qmp, "root0", root))
		return -ECANCELED;
	bits[request / 8] = 1 << request % 8;
	ret = standby_save(guest, &base);

	return ret ?: gdb_physical(gdb, true) ?:
	       gdb_write(gdb, base + EDU_INTERRUPT_RAISE, bits, sizeof(bits)) ?:
	       gdb_physical(gdb, false);
}
