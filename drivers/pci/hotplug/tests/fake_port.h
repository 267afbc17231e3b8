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

/* offset of the PCI Express Capability */
#define FAKE_PORT_CAP		0x40

/**
 * enum fake_port_completion - which commands a port completes
 * @FAKE_PORT_COMPLETES: all of them
 * @FAKE_PORT_COMPLETES_CONTROL: those which change more than enable bits, like
 *	a port with the Intel CF118 erratum
 * @FAKE_PORT_COMPLETES_NONE: none, so the port never sets Command Completed
 */
enum fake_port_completion {
	FAKE_PORT_COMPLETES,
	FAKE_PORT_COMPLETES_CONTROL,
	FAKE_PORT_COMPLETES_NONE,
};

/**
 * struct fake_port - hotplug port with a config space in memory
 * @pdev: the port
 * @host: the host bridge, from which native_pme is read
 * @bus: the root bus, which the port is on
 * @subordinate: the bus below the port, with @card or empty
 * @sysdata: data of the architecture for both buses, zeroed
 * @card: the device in the slot, or NULL
 * @card_id: the Vendor and Device ID that a read of @card returns
 * @card_reads: @card disappears after this many reads of its Vendor ID, or
 *	never if 0
 * @card_command: the Command register of @card
 * @card_class: the class and revision that a read of @card returns
 * @card_subsystem: the subsystem's IDs that a read of @card returns
 * @card_dsn: the Device Serial Number of @card
 * @pcie: the hotplug service of the port
 * @ctrl: the driver's controller of the port, or NULL
 * @driver: the driver's callbacks, set by find_driver()
 * @bound: the driver is bound to the port.  fake_port_cleanup() unbinds it
 * @parent: the parent of @pdev, or NULL
 * @config: the registers, little endian
 * @absent: config reads return all ones and writes have no effect
 * @absent_reads: number of reads that have returned all ones
 * @completion: which commands the port completes
 * @completion_reads: if 0, a command completes within the write; otherwise
 *	after this number of reads of Slot Status
 * @reads_left: number of reads of Slot Status until the command completes
 * @sticky: events which are set again whenever they are cleared, up to
 *	@sticky_left times
 * @sticky_left: see @sticky
 * @before_command: events which occur just before the next write of the Slot
 *	Control register takes effect
 * @before_clear: events which occur just before the next write of the Slot
 *	Status register takes effect
 * @thread_before_clear: with threadirqs, the handler's own thread runs just
 *	before the next write of the Slot Status register takes effect
 * @thread_returned: the return value of the handler in that thread
 * @thread_reads: number of reads of Slot Status by that thread
 * @absent_after_clear: the port becomes @absent after the next write of the
 *	Slot Status register
 * @signals_late: an event which occurred while it was disabled is signaled when
 *	it is enabled, which is optional (PCIe r6.2, sec 6.7.3.4)
 * @has_irq: the interrupt can be masked; if false, it counts as unmasked
 * @vector: the vector is set up, so an interrupt reaches the CPU
 * @asserted: interrupts are enabled, and an enabled event is set
 * @message: an interrupt is to be handled
 * @in_handler: an interrupt is being handled
 * @interrupts: number of handled interrupts
 * @ignored: number of these for which the handler returned IRQ_NONE
 * @woken: number of these which woke the IRQ thread
 * @status_reads: number of reads of Slot Status
 * @unmasked_reads: number of these outside the handler, while the interrupt was
 *	not masked
 * @commands: number of writes of Slot Control
 * @slot_ctrl: &controller.slot_ctrl when Slot Control was last written
 * @cmd_busy: &controller.cmd_busy at that time
 * @command: the Command register at that time
 * @state: &controller.state at that time
 * @locked: &controller.ctrl_lock was held at that time
 * @blinked: a command has made the Power Indicator blink
 * @bus_resets: number of resets of the bus below the port
 * @ignored_resets: number of these whose link changes the driver ignored, with
 *	&controller.reset_lock held
 * @first_message: number of the first kernel message that said() looks at
 * @later: calls @later_fn
 * @later_fn: see @later
 * @poll_mode: the value of pciehp_poll_mode before the test
 * @poll_time: the value of pciehp_poll_time before the test
 * @slot: has the slot name that the driver's messages contain
 *
 * Only the test's thread accesses this. While it sleeps, @later does, and if
 * @bound, so does the driver's thread.
 */
struct fake_port {
	struct pci_dev *pdev;
	struct pci_host_bridge *host;
	struct pci_bus bus;
	struct pci_bus subordinate;
	unsigned long sysdata[16];
	struct pci_dev *card;
	u32 card_id;
	unsigned int card_reads;
	u16 card_command;
	u32 card_class;
	u32 card_subsystem;
	u64 card_dsn;
	struct pcie_device pcie;
	struct controller *ctrl;
	const struct pcie_port_service_driver *driver;
	bool bound;
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
	u8 state;
	bool locked;
	bool blinked;
	unsigned int bus_resets;
	unsigned int ignored_resets;

	u64 first_message;
	struct delayed_work later;
	void (*later_fn)(struct fake_port *port);
	bool poll_mode;
	int poll_time;

	struct pci_slot slot;
};

extern struct pci_ops fake_port_ops;

struct fake_port *fake_port_init(struct kunit *test);
int fake_port_probe(struct fake_port *port);
int fake_port_bind(struct fake_port *port);
void fake_port_unbind(struct fake_port *port);
void fake_port_cleanup(struct fake_port *port);

u16 fake_port_get(struct fake_port *port, int reg);
void fake_port_set(struct fake_port *port, int reg, u16 val);

void fake_port_event(struct fake_port *port, u16 events);
void fake_port_call_later(struct fake_port *port,
			  void (*fn)(struct fake_port *port),
			  unsigned int msecs);

void fake_port_announce_reset(struct fake_port *port);
void fake_port_end_reset(struct fake_port *port);
bool fake_port_ignores_link_changes(struct fake_port *port);
void fake_port_keep_card(struct pci_dev *card);
void fake_port_reset(struct fake_port *port);
void fake_port_recover(struct fake_port *port);
void fake_port_restore(struct fake_port *port);
void fake_port_restore_unbound(struct fake_port *port);
int fake_port_add_card(struct fake_port *port);
int fake_port_alloc_irq(struct fake_port *port);
int fake_port_request_irq(struct fake_port *port);
int fake_port_suspend_parent(struct fake_port *port);

#endif /* _PCIEHP_FAKE_PORT_H */
