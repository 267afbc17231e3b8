// SPDX-License-Identifier: GPL-2.0-only
/* A process in the guest that runs operations when a device interrupts. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "irq_worker.h"

#include "guest/guest.h"
#include "guest/request.h"
#include "qemu/gdbstub.h"
#include "qemu/pci_tree.h"
#include "slot/config_space.h"
#include "slot/slot.h"
#include "util/compiler.h"

/* A write to this register raises an interrupt (QEMU's docs/specs/edu). */
#define EDU_INTERRUPT_RAISE	0x60

static int find_root(struct guest *guest, char bdf[BDF_SIZE])
{
	return pci_tree_find(&guest->vm.qmp, "root0", bdf);
}

static void device_path(char path[SLOT_PATH_SIZE], const char *bdf)
{
	snprintf(path, SLOT_PATH_SIZE, "/sys/bus/pci/devices/%s", bdf);
}

/**
 * irq_worker_find_names() - find the names that replace %slot etc. in requests
 * @guest: the guest
 * @port: number of the slot's port
 * @names: receives the names
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int irq_worker_find_names(struct guest *guest, int port,
			  struct irq_worker_names *names)
{
	char bdf[BDF_SIZE];
	int ret;

	*names = (struct irq_worker_names){ .root = "" };
	ret = slot_attribute(guest, port, "", names->slot);
	if (ret)
		return ret;
	/* drop the slash before the attribute */
	names->slot[strlen(names->slot) - 1] = '\0';
	slot_function_bdf(guest, port, 0, bdf);
	device_path(names->card, bdf);
	device_path(names->port, guest->ports[port].bdf);
	slot_service_name(guest, port, names->service);
	if (!find_root(guest, bdf))
		device_path(names->root, bdf);

	return 0;
}

/**
 * irq_worker_format() - format a request for one slot
 * @request: the request, with %slot, %card, %port, %service and %root in place of the
 *	names
 * @names: names of the slot
 * @text: receives the request with the names
 * @size: size of @text
 */
void irq_worker_format(const char *request,
		       const struct irq_worker_names *names, char *text,
		       size_t size)
{
	const struct {
		const char *word;
		const char *name;
	} all[] = {
		{ "%slot", names->slot },
		{ "%card", names->card },
		{ "%port", names->port },
		{ "%service", names->service },
		{ "%root", names->root },
	};
	size_t len = 0;

	while (*request && len < size - 1) {
		size_t i = 0;

		while (i < ARRAY_SIZE(all) &&
		       strncmp(request, all[i].word, strlen(all[i].word)))
			i++;
		if (i < ARRAY_SIZE(all)) {
			len += snprintf(text + len, size - len, "%s",
					all[i].name);
			request += strlen(all[i].word);
		} else {
			text[len++] = *request++;
		}
	}
	text[len < size ? len : size - 1] = '\0';
}

/**
 * irq_worker_supports() - does the machine have the device that a request names
 * @guest: the guest
 * @request: the request, as passed to irq_worker_format()
 *
 * Return: true if it has.
 */
bool irq_worker_supports(struct guest *guest, const char *request)
{
	char bdf[BDF_SIZE];

	return !strstr(request, "%root") || !find_root(guest, bdf);
}

/**
 * irq_worker_start() - start the process in the guest
 * @guest: the guest, whose machine has an "edu" device
 * @requests: the requests that it can run, separated by semicolons
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int irq_worker_start(struct guest *guest, const char *requests)
{
	char bdf[BDF_SIZE];
	int ret;

	ret = pci_tree_find(&guest->vm.qmp, "edu", bdf) ?:
	      guest_request(guest, "irq-worker %s %d %s", bdf,
			    guest->config.cpus - 1, requests);
	if (ret)
		result_error(&guest->result,
			     "start the worker process (CONFIG_UIO_PCI_GENERIC): %s",
			     strerror(-ret));

	return ret;
}

/**
 * irq_worker_save() - read the state of the device that QEMU does not save
 * @guest: the guest, after irq_worker_start()
 * @base: receives the physical address of the device's registers
 *
 * Return: 0 or a negative errno.
 */
int irq_worker_save(struct guest *guest, uint32_t *base)
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
 * irq_worker_load() - restore the state of the device that QEMU does not save
 * @guest: the guest
 * @base: physical address of the device's registers
 *
 * Return: 0 or a negative errno.
 */
int irq_worker_load(struct guest *guest, uint32_t base)
{
	char bdf[BDF_SIZE];

	return pci_tree_find(&guest->vm.qmp, "edu", bdf) ?:
	       config_write16(guest, bdf, PCI_BASE_ADDRESS_0, base) ?:
	       config_write16(guest, bdf, PCI_BASE_ADDRESS_0 + 2, base >> 16) ?:
	       config_write16(guest, bdf, PCI_COMMAND, PCI_COMMAND_MEMORY);
}

/**
 * irq_worker_wake() - raise the device's interrupt, whose handler wakes the process
 * @guest: the guest, whose machine is stopped
 * @number: number of the request to run
 *
 * Return: as @run of struct operation.
 */
int irq_worker_wake(struct guest *guest, int number)
{
	struct gdbstub *gdb = &guest->vm.gdb;
	uint8_t bits[4] = { 0 };
	uint32_t base;
	int ret;

	bits[number / 8] = 1 << number % 8;
	ret = irq_worker_save(guest, &base);

	return ret ?: gdb_set_physical(gdb, true) ?:
	       gdb_write(gdb, base + EDU_INTERRUPT_RAISE, bits, sizeof(bits)) ?:
	       gdb_set_physical(gdb, false);
}
