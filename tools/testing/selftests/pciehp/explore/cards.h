/* SPDX-License-Identifier: GPL-2.0-only */
/* What is plugged, and where. */
#ifndef EXPLORE_CARDS_H
#define EXPLORE_CARDS_H

#include <stdbool.h>

#include "guest/guest.h"
#include "slot/slot_host.h"

/* Cards of the scenarios and the operations, by QEMU's id. */
#define CARD		"dev0"
#define OTHER_CARD	"dev1"
#define SECOND_FUNCTION	"dev0.1"
#define INNER_CARD	"dev2"
#define INNER_OTHER_CARD	"dev3"

/* The slots of a machine, at most: one, and one nested in it. */
#define PORTS_MAX	2

const struct plug *card_full(int port);
const struct plug *card_quick(int port);
bool card_is_switch(const struct plug *card);
const struct plug *card_find(struct guest *guest, int port);
int ports_refresh(struct guest *guest);

#endif /* EXPLORE_CARDS_H */
