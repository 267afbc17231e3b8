/* SPDX-License-Identifier: GPL-2.0-only */
/* The cards that scenarios and operations plug. */
#ifndef EXPLORE_CARDS_H
#define EXPLORE_CARDS_H

#include <stdbool.h>

#include "guest/guest.h"
#include "slot/slot_host.h"

/* QEMU's ids of the cards. Those of the nested slot are called INNER. */
#define CARD		"dev0"
#define OTHER_CARD	"dev1"
#define SECOND_FUNCTION	"dev0.1"
#define INNER_CARD	"dev2"
#define INNER_OTHER_CARD	"dev3"

/* A machine has one slot, or one and another nested in it. */
#define PORTS_MAX	2

const struct plug *card_e1000e(int port);
const struct plug *card_edu(int port);
bool card_is_switch(const struct plug *card);
const struct plug *card_find(struct guest *guest, int port);
int ports_refresh(struct guest *guest);

#endif /* EXPLORE_CARDS_H */
