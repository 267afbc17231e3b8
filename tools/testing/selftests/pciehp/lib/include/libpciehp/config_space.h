/* SPDX-License-Identifier: GPL-2.0-only */
/* Configuration space as the host reaches it, past the guest's kernel. */
#ifndef LIBPCIEHP_CONFIG_SPACE_H
#define LIBPCIEHP_CONFIG_SPACE_H

#include <stdint.h>

#include <libpciehp/slot.h>

int config_read16(struct guest *guest, const char *bdf, int offset,
		  uint16_t *value);
int config_write16(struct guest *guest, const char *bdf, int offset,
		   uint16_t value);
int config_find_capability(struct guest *guest, const char *bdf, int id,
			   int *offset);
int slot_complete_command(struct guest *guest, int port);
int slot_clear_events(struct guest *guest, int port);
int slot_clear_button(struct guest *guest, int port);
int slot_surprise_remove(struct guest *guest, const struct plug *plug);

#endif /* LIBPCIEHP_CONFIG_SPACE_H */
