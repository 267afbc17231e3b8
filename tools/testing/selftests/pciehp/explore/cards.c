// SPDX-License-Identifier: GPL-2.0-only
/* What is plugged, and where. */
#include <string.h>

#include "cards.h"

#include "guest/guest.h"
#include "qemu/pci_tree.h"
#include "qemu/topology.h"
#include "slot/slot_host.h"
#include "util/compiler.h"

/* Of each slot: a network card, whose driver takes its time. */
static const struct plug full_cards[] = {
	{ .model = "e1000e", .driver = "e1000e", .id = CARD },
	{ .model = "e1000e", .driver = "e1000e", .id = INNER_CARD, .port = 1 },
};

/* And one that its driver is ready with at once, and that it does not miss either. */
static const struct plug quick_cards[] = {
	{ .model = "edu", .driver = "uio_pci_generic", .id = OTHER_CARD },
	{ .model = "edu", .driver = "uio_pci_generic", .id = INNER_OTHER_CARD,
	  .port = 1 },
};

/* QEMU can take it away, but not plug it again with all that was below it. */
static const struct plug nested_switch = {
	.model = "x3130-upstream", .driver = "pcieport", .id = TOPOLOGY_NESTED,
};

/**
 * ports_refresh() - learn which ports with a slot there are now
 * @guest: the guest
 *
 * A nested one is gone with its switch, and has no address before the guest has given
 * it one.
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int ports_refresh(struct guest *guest)
{
	int ret;

	if (!guest->setup.nested)
		return 0;
	ret = guest_find_ports(guest);
	if (!ret && guest->n_ports > 1 &&
	    !strncmp(guest->ports[1].bdf, "0000:00:", strlen("0000:00:")))
		guest->n_ports = 1;

	return ret;
}

/**
 * card_full() - the network card of a slot
 * @port: number of the slot's port
 *
 * Return: the card.
 */
const struct plug *card_full(int port)
{
	return &full_cards[port];
}

/**
 * card_quick() - the other card of a slot
 * @port: number of the slot's port
 *
 * Return: the card.
 */
const struct plug *card_quick(int port)
{
	return &quick_cards[port];
}

/**
 * card_is_switch() - has a card a slot itself
 * @card: the card
 *
 * Return: whether it has.
 */
bool card_is_switch(const struct plug *card)
{
	return card == &nested_switch;
}

/**
 * card_find() - which card is in a slot
 * @guest: the guest
 * @port: number of the slot's port
 *
 * Return: the card, or NULL if there is none.
 */
const struct plug *card_find(struct guest *guest, int port)
{
	const struct plug *const cards[] = {
		&full_cards[port], &quick_cards[port], &nested_switch,
	};
	char bdf[BDF_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(cards); i++) {
		if (cards[i]->port == port &&
		    !pci_tree_find(&guest->vm.qmp, cards[i]->id, bdf))
			return cards[i];
	}

	return NULL;
}
