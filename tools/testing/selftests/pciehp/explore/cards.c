// SPDX-License-Identifier: GPL-2.0-only
/* What is plugged. */
#include <string.h>

#include "explore.h"

/* A network card, whose driver takes its time. */
const struct plug full_card = {
	.model = "e1000e", .driver = "e1000e", .id = CARD,
};

/* One that its driver is ready with at once, and that it does not miss either. */
const struct plug quick_card = {
	.model = "edu", .driver = "uio_pci_generic", .id = OTHER_CARD,
};

/**
 * card_find() - which card is in the slot
 * @guest: the guest
 *
 * Return: the card, or NULL if there is none.
 */
const struct plug *card_find(struct guest *guest)
{
	const struct plug *const cards[] = { &full_card, &quick_card };
	char bdf[BDF_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(cards); i++) {
		if (!pci_tree_find(&guest->vm.qmp, cards[i]->id, bdf))
			return cards[i];
	}

	return NULL;
}
