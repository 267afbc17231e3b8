/* SPDX-License-Identifier: GPL-2.0-only */
/* Sets up a host and starts a guest in it. */
#ifndef LIBPCIEHP_NESTED_NESTED_BOOT_H
#define LIBPCIEHP_NESTED_NESTED_BOOT_H

#include <stdbool.h>

#include "nested/nested.h"

/**
 * struct nested_setup - the guest in the host that a case needs
 * @device: argument of -device, for the device that is plugged at boot, or NULL
 * @as_reported: use the options and the kernel messages of the report
 * @network: the virtual function is that of a network card
 */
struct nested_setup {
	const char *device;
	bool as_reported;
	bool network;
};

const char *nested_missing(void);
int nested_boot(struct nested *nested, const char *name,
		const struct nested_setup *setup);

#endif /* LIBPCIEHP_NESTED_NESTED_BOOT_H */
