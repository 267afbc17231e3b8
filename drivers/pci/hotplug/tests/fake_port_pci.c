// SPDX-License-Identifier: GPL-2.0
/* Accesses of the fake hotplug port to internals of the PCI core */

#include <linux/bitops.h>
#include <linux/pci.h>

#include "../../pci.h"
#include "fake_port.h"

/**
 * fake_port_announce_reset() - make the driver ignore link changes of a reset
 * @port: fake hotplug port
 */
void fake_port_announce_reset(struct fake_port *port)
{
	pci_hp_ignore_link_change(port->pdev);
}

/**
 * fake_port_end_reset() - make the driver stop ignoring link changes
 * @port: fake hotplug port
 */
void fake_port_end_reset(struct fake_port *port)
{
	pci_hp_unignore_link_change(port->pdev);
}

/**
 * fake_port_ignores_link_changes() - does the driver ignore link changes?
 * @port: fake hotplug port
 *
 * Return: %true between the announcement of a reset and its end.
 */
bool fake_port_ignores_link_changes(struct fake_port *port)
{
	return test_bit(PCI_LINK_CHANGING, &port->pdev->priv_flags);
}

/**
 * fake_port_keep_card() - have the PCI core not remove a card
 * @card: a new card
 *
 * It is in no list and not in sysfs, so it must count as removed.
 */
void fake_port_keep_card(struct pci_dev *card)
{
	set_bit(PCI_DEV_REMOVED, &card->priv_flags);
}
