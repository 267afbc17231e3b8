/* SPDX-License-Identifier: GPL-2.0-only */
/* What the host does to a slot, past the guest's kernel. */
#ifndef LIBPCIEHP_SLOT_SLOT_HOST_H
#define LIBPCIEHP_SLOT_SLOT_HOST_H

#include <stdbool.h>

#include "guest/guest.h"

/**
 * struct plug - a device function that can be plugged
 * @model: QEMU's name of the device
 * @driver: the kernel's name of its driver
 * @id: QEMU's id
 * @port: number of the port of its slot
 * @function: its function number in the slot
 * @multifunction: function 0 says that there are others
 * @properties: further properties, by name, NULL after the last
 */
struct plug {
	const char *model;
	const char *driver;
	const char *id;
	int port;
	int function;
	bool multifunction;
	const struct plug_property *properties;
};

/**
 * struct plug_property - a property of a device
 * @name: QEMU's name of it
 * @value: what it is to be
 * @is_json: that is a number or a truth value, as JSON writes it, and no text
 */
struct plug_property {
	const char *name;
	const char *value;
	bool is_json;
};

int slot_try_plug(struct guest *guest, const struct plug *plug);
int slot_plug(struct guest *guest, const struct plug *plug);
int slot_request_unplug(struct guest *guest, const struct plug *plug);
int slot_wait_deleted(struct guest *guest, const struct plug *plug);
int slot_complete_command(struct guest *guest, int port);
int slot_clear_events(struct guest *guest, int port);
int slot_clear_button(struct guest *guest, int port);
int slot_surprise_remove(struct guest *guest, const struct plug *plug);

#endif /* LIBPCIEHP_SLOT_SLOT_HOST_H */
