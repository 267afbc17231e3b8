/* SPDX-License-Identifier: GPL-2.0-only */
/* How a host is set up, and a guest started in it. */
#ifndef LIBPCIEHP_NESTED_NESTED_BOOT_H
#define LIBPCIEHP_NESTED_NESTED_BOOT_H

#include <stdbool.h>

#include "nested/nested.h"

/**
 * struct nested_setup - which guest a case wants in the host
 * @device: argument of -device, for what is plugged at boot, or NULL
 * @as_reported: with the options and the verbose kernel of the report
 * @network: the virtual function is a network card's
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
