/* SPDX-License-Identifier: GPL-2.0-only */
/* Actions of the host on a slot, without the guest's kernel. */
#ifndef LIBPCIEHP_SLOT_SLOT_HOST_H
#define LIBPCIEHP_SLOT_SLOT_HOST_H

#include <stdbool.h>

#include "guest/guest.h"

/**
 * struct plug - a device function that can be plugged
 * @model: QEMU's name of the device
 * @driver: the kernel's name of its driver, or NULL if no driver binds to it
 * @id: QEMU's id of the device
 * @port: number of the port of its slot
 * @function: its function number
 * @multifunction: the multifunction bit of function 0 is set
 * @properties: further properties, with a NULL name after the last; may be NULL
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
 * @name: QEMU's name of the property
 * @value: its value
 * @is_json: @value is a number or a boolean in JSON, and not a string
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
