// SPDX-License-Identifier: GPL-2.0
/* Accesses of the fake hotplug port to internals of the PCI core */

#include <linux/pci.h>

#include "fake_port.h"

/**
 * fake_port_announce_reset() - make the driver ignore link changes of a reset
 * @port: fake hotplug port
 *
 * This PCI core announces no reset, so do nothing.
 */
void fake_port_announce_reset(struct fake_port *port)
{
}

/**
 * fake_port_end_reset() - make the driver stop ignoring link changes
 * @port: fake hotplug port
 *
 * This PCI core announces no reset, so do nothing.
 */
void fake_port_end_reset(struct fake_port *port)
{
}

/**
 * fake_port_ignores_link_changes() - does the driver ignore link changes?
 * @port: fake hotplug port
 *
 * Return: %true while the port does not signal them.
 */
bool fake_port_ignores_link_changes(struct fake_port *port)
{
	return !(fake_port_get(port, PCI_EXP_SLTCTL) & PCI_EXP_SLTCTL_DLLSCE);
}

/**
 * fake_port_keep_card() - have the PCI core not remove a card
 * @card: a new card
 *
 * This PCI core removes nothing that has no parent, so do nothing.
 */
void fake_port_keep_card(struct pci_dev *card)
{
}
