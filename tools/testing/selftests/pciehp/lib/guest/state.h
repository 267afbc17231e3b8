/* SPDX-License-Identifier: GPL-2.0-only */
/* Saves guests and loads them again, to repeat an experiment from the same state. */
#ifndef LIBPCIEHP_GUEST_STATE_H
#define LIBPCIEHP_GUEST_STATE_H

#include <stdint.h>

#include "guest/guest.h"

int guest_boot_to_save(struct guest *guest, const char *state);
int guest_boot_part_to_save(struct guest *guest, const char *state,
			    uint64_t addr);
int guest_save(struct guest *guest);
int guest_load_part(struct guest *guest, const char *state);
int guest_load(struct guest *guest, const char *state, const char *device);

#endif /* LIBPCIEHP_GUEST_STATE_H */
