/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A PCIe hotplug port for KUnit tests, with a config space in memory
 */
#ifndef _PCIEHP_FAKE_PORT_H
#define _PCIEHP_FAKE_PORT_H

#include <linux/interrupt.h>
#include <linux/pci.h>
#include <linux/workqueue.h>

#include "../pciehp.h"

struct kunit;

/* where its PCI Express Capability is */
#define FAKE_PORT_CAP		0x40

/**
 * enum fake_port_completion - which commands a port completes
 * @FAKE_PORT_COMPLETES: all of them
 * @FAKE_PORT_COMPLETES_CONTROL: those which change more than an enable bit, as
 *	a port with the Intel CF118 erratum does
 * @FAKE_PORT_COMPLETES_NONE: none, that is it never sets Command Completed
 */
enum fake_port_completion {
	FAKE_PORT_COMPLETES,
	FAKE_PORT_COMPLETES_CONTROL,
	FAKE_PORT_COMPLETES_NONE,
};

/**
 * struct fake_port - hotplug port with a config space in memory
 * @pdev: the port
 * @host: the host bridge, which native_pme is read of
 * @bus: the root bus, which the port is on
 * @subordinate: the bus below the port, on which is @card or nothing
 * @card: the device in the slot, or NULL
 * @card_id: its Vendor and Device ID as they are read
 * @pcie: the hotplug service of the port
 * @ctrl: what the driver has made of it
 * @parent: the parent of @pdev if it has one, or else NULL
 * @config: the registers, little endian
 * @absent: config reads return all ones and writes go nowhere
 * @absent_reads: how often all ones were read
 * @completion: which commands the port completes
 * @completion_reads: if 0, a command completes within the write; otherwise when
 *	Slot Status is read for this many times
 * @reads_left: how often Slot Status is yet to be read until that happens
 * @sticky: events which are set again as often as they are cleared, up to
 *	@sticky_left times
 * @sticky_left: see @sticky
 * @before_command: events which occur just before the next write of the Slot
 *	Control register takes effect
 * @before_clear: events which occur just before the next write of the Slot
 *	Status register takes effect
 * @thread_before_clear: with threadirqs, the handler's own thread runs then
 * @thread_returned: what the handler returned to that
 * @thread_reads: how often it has read Slot Status then
 * @absent_after_clear: the port becomes @absent after the next write of the
 *	Slot Status register
 * @signals_late: an event which occurred while it was disabled is signaled once
 *	it is enabled, which is optional (PCIe r6.2, sec 6.7.3.4)
 * @has_irq: the interrupt can be masked; if not, nobody looks whether it is
 * @vector: an interrupt reaches the CPU, as its vector is set up
 * @asserted: an event is set and enabled, and so are interrupts
 * @message: an interrupt is to be handled
 * @in_handler: an interrupt is being handled
 * @interrupts: how many have been handled
 * @ignored: how many of these were no business of the handler
 * @woken: how many of these woke the IRQ thread
 * @status_reads: how often Slot Status was read
 * @unmasked_reads: how often it was by somebody else than the handler while the
 *	handler could have run
 * @commands: how often Slot Control was written
 * @slot_ctrl: &controller.slot_ctrl when Slot Control was last written
 * @cmd_busy: &controller.cmd_busy then
 * @command: the Command register then
 * @later: calls @later_fn
 * @later_fn: see @later
 * @poll_mode: the value of pciehp_poll_mode before the test
 * @slot: has the name which the driver's messages begin with
 *
 * Only the test's thread accesses this, and @later while that sleeps.
 */
struct fake_port {
	struct pci_dev *pdev;
	struct pci_host_bridge *host;
	struct pci_bus bus;
	struct pci_bus subordinate;
	struct pci_dev *card;
	u32 card_id;
	struct pcie_device pcie;
	struct controller *ctrl;
	struct device *parent;

	u8 config[PCI_CFG_SPACE_SIZE] __aligned(4);

	bool absent;
	unsigned int absent_reads;
	enum fake_port_completion completion;
	unsigned int completion_reads;
	unsigned int reads_left;
	u16 sticky;
	unsigned int sticky_left;
	u16 before_command;
	u16 before_clear;
	bool thread_before_clear;
	irqreturn_t thread_returned;
	unsigned int thread_reads;
	bool absent_after_clear;
	bool signals_late;

	bool has_irq;
	bool vector;
	bool asserted;
	bool message;
	bool in_handler;
	unsigned int interrupts;
	unsigned int ignored;
	unsigned int woken;

	unsigned int status_reads;
	unsigned int unmasked_reads;
	unsigned int commands;
	u16 slot_ctrl;
	bool cmd_busy;
	u16 command;

	struct delayed_work later;
	void (*later_fn)(struct fake_port *port);
	bool poll_mode;

	struct pci_slot slot;
};

extern struct pci_ops fake_port_ops;

struct fake_port *fake_port_init(struct kunit *test);
int fake_port_probe(struct fake_port *port);
void fake_port_cleanup(struct fake_port *port);

u16 fake_port_get(struct fake_port *port, int reg);
void fake_port_set(struct fake_port *port, int reg, u16 val);

void fake_port_event(struct fake_port *port, u16 events);
void fake_port_call_later(struct fake_port *port,
			  void (*fn)(struct fake_port *port),
			  unsigned int msecs);

void fake_port_announce_reset(struct fake_port *port);
void fake_port_end_reset(struct fake_port *port);
void fake_port_reset(struct fake_port *port);
void fake_port_recover(struct fake_port *port);
void fake_port_restore(struct fake_port *port);
void fake_port_restore_unbound(struct fake_port *port);
int fake_port_add_card(struct fake_port *port);
int fake_port_request_irq(struct fake_port *port);
int fake_port_suspend_parent(struct fake_port *port);

#endif /* _PCIEHP_FAKE_PORT_H */
