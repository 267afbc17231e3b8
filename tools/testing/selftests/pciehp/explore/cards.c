// SPDX-License-Identifier: GPL-2.0-only
/* The cards that scenarios and operations plug. */
#include <string.h>

#include "cards.h"

#include "guest/guest.h"
#include "qemu/pci_tree.h"
#include "qemu/topology.h"
#include "slot/slot_host.h"
#include "util/compiler.h"

/* A network card for each slot. Its driver takes long to probe. */
static const struct plug e1000e_cards[] = {
	{ .model = "e1000e", .driver = "e1000e", .id = CARD },
	{ .model = "e1000e", .driver = "e1000e", .id = INNER_CARD, .port = 1 },
};

/*
 * Another card for each slot. Its driver probes at once, and does not depend on the card
 * while that is removed.
 */
static const struct plug edu_cards[] = {
	{ .model = "edu", .driver = "uio_pci_generic", .id = OTHER_CARD },
	{ .model = "edu", .driver = "uio_pci_generic", .id = INNER_OTHER_CARD,
	  .port = 1 },
};

/* QEMU can remove the switch, but cannot plug it again with the devices below it. */
static const struct plug nested_switch = {
	.model = "x3130-upstream", .driver = "pcieport", .id = TOPOLOGY_NESTED,
};

/**
 * ports_refresh() - find the hotplug ports that exist now
 * @guest: the guest, whose list of ports is updated
 *
 * A nested port is removed with its switch. It has no address until the guest has
 * assigned a bus number.
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
 * card_e1000e() - get the network card of a slot
 * @port: number of the slot's port
 *
 * Return: the card.
 */
const struct plug *card_e1000e(int port)
{
	return &e1000e_cards[port];
}

/**
 * card_edu() - get the "edu" card of a slot
 * @port: number of the slot's port
 *
 * Return: the card.
 */
const struct plug *card_edu(int port)
{
	return &edu_cards[port];
}

/**
 * card_is_switch() - is a card a switch with a nested slot
 * @card: the card
 *
 * Return: true if it is.
 */
bool card_is_switch(const struct plug *card)
{
	return card == &nested_switch;
}

/**
 * card_find() - find the card that is in a slot
 * @guest: the guest
 * @port: number of the slot's port
 *
 * Return: the card, or NULL if the slot is empty.
 */
const struct plug *card_find(struct guest *guest, int port)
{
	const struct plug *const cards[] = {
		&e1000e_cards[port], &edu_cards[port], &nested_switch,
	};
	char bdf[BDF_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(cards); i++) {
		if (cards[i]->port == port &&
		    !pci_tree_find(&guest->vm.qmp, cards[i]->id, bdf))
			return cards[i];
	}

	return NULL;
}
