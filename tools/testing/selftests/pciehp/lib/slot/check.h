/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks of the state of a slot and of the card in it. */
#ifndef LIBPCIEHP_SLOT_CHECK_H
#define LIBPCIEHP_SLOT_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "slot/slot.h"

void port_check_can_signal(struct guest *guest, const struct port_regs *regs);
int slot_check_can_signal(struct guest *guest, int port);
int slot_check_kept(struct guest *guest, const struct plug *plug,
		    struct moment since);
int slot_check_power(struct guest *guest, int port, bool on);
int slot_check_attention(struct guest *guest, int port, uint16_t indicator);

#endif /* LIBPCIEHP_SLOT_CHECK_H */
