/* SPDX-License-Identifier: GPL-2.0-only */
/* The slot under test: its port's registers, hot-add and hot-remove. */
#ifndef LIBPCIEHP_SLOT_H
#define LIBPCIEHP_SLOT_H

#include <stdint.h>

#include <linux/pci_regs.h>

#include <libpciehp/guest.h>
#include <libpciehp/pci_tree.h>

/**
 * struct port_regs - registers of the port, read from its configuration space
 * @slot_capabilities: Slot Capabilities
 * @slot_control: Slot Control
 * @slot_status: Slot Status
 */
struct port_regs {
	uint32_t slot_capabilities;
	uint16_t slot_control;
	uint16_t slot_status;
};

/**
 * struct plug - a device function that can be plugged
 * @model: QEMU's name of the device
 * @driver: the kernel's name of its driver
 * @id: QEMU's id
 * @function: its function number in the slot
 * @multifunction: function 0 says that there are others
 */
struct plug {
	const char *model;
	const char *driver;
	const char *id;
	int function;
	bool multifunction;
};

int port_read_regs(struct guest *guest, struct port_regs *regs);
uint16_t port_pending_events(const struct port_regs *regs);
int port_write_slot_control(struct guest *guest, uint16_t value);

int slot_plug(struct guest *guest, const struct plug *plug);
int slot_request_unplug(struct guest *guest, const struct plug *plug);
int slot_hot_add(struct guest *guest, const struct plug *plug);
int slot_hot_remove(struct guest *guest, const struct plug *plug);
int slot_wait_added(struct guest *guest, const struct plug *plug,
		    int64_t since_ns);
int slot_write_attribute(struct guest *guest, const char *attribute,
			 const char *value);
int slot_function_bdf(struct guest *guest, int function, char bdf[BDF_SIZE]);

#endif /* LIBPCIEHP_SLOT_H */
