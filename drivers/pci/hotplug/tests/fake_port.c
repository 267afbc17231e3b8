// SPDX-License-Identifier: GPL-2.0
/*
 * A PCIe hotplug port for KUnit tests, with a config space in memory
 *
 * The port signals its events like a real port:  With MSI, it sends a message
 * when the first enabled event is set, and no other until all are clear.  The
 * interrupt is handled before the config write that has caused it returns.
 */

#include <asm/byteorder.h>
#include <linux/irq.h>

#include "../../pci.h"
#include "fake_port.h"

/* If a loop of the driver exceeds this limit, it would not end at all. */
#define FAKE_PORT_STORM		16

#define EVENTS			(PCI_EXP_SLTSTA_ABP |	\
				 PCI_EXP_SLTSTA_PFD |	\
				 PCI_EXP_SLTSTA_MRLSC |	\
				 PCI_EXP_SLTSTA_PDC |	\
				 PCI_EXP_SLTSTA_CC |	\
				 PCI_EXP_SLTSTA_DLLSC)

#define CONTROLS		(PCI_EXP_SLTCTL_AIC |	\
				 PCI_EXP_SLTCTL_PIC |	\
				 PCI_EXP_SLTCTL_PCC |	\
				 PCI_EXP_SLTCTL_EIC)

/**
 * fake_port_get() - get a register of the PCI Express Capability
 * @port: fake hotplug port
 * @reg: PCI_EXP_SLTCTL, ...
 *
 * Return: its content, even if the port is absent.
 */
u16 fake_port_get(struct fake_port *port, int reg)
{
	return le16_to_cpup((__le16 *)(port->config + FAKE_PORT_CAP + reg));
}

/**
 * fake_port_set() - set a register of the PCI Express Capability
 * @port: fake hotplug port
 * @reg: PCI_EXP_SLTCTL, ...
 * @val: its new content
 *
 * Unlike a config write, this has no side effects.
 */
void fake_port_set(struct fake_port *port, int reg, u16 val)
{
	*(__le16 *)(port->config + FAKE_PORT_CAP + reg) = cpu_to_le16(val);
}

/* the Slot Status bits of the events that Slot Control enables */
static u16 enabled_events(u16 slot_ctrl)
{
	u16 events = slot_ctrl & (PCI_EXP_SLTCTL_ABPE | PCI_EXP_SLTCTL_PFDE |
				  PCI_EXP_SLTCTL_MRLSCE | PCI_EXP_SLTCTL_PDCE |
				  PCI_EXP_SLTCTL_CCIE);

	if (slot_ctrl & PCI_EXP_SLTCTL_DLLSCE)
		events |= PCI_EXP_SLTSTA_DLLSC;

	return events;
}

/* update the interrupt after a change of the registers */
static void fake_port_assert(struct fake_port *port, bool signal)
{
	u16 slot_ctrl = fake_port_get(port, PCI_EXP_SLTCTL);
	u16 slot_status = fake_port_get(port, PCI_EXP_SLTSTA);
	bool asserted = slot_ctrl & PCI_EXP_SLTCTL_HPIE &&
			slot_status & enabled_events(slot_ctrl);

	if (!port->pdev->msi_enabled)
		port->message = asserted && port->vector;
	else if (asserted && !port->asserted && port->vector && signal)
		port->message = true;

	port->asserted = asserted;
}

static bool fake_port_masked(struct fake_port *port)
{
	return port->has_irq &&
	       irqd_irq_disabled(irq_get_irq_data(port->pcie.irq));
}

static void fake_port_interrupt(struct fake_port *port)
{
	struct controller *ctrl = get_service_data(&port->pcie);
	unsigned int storm = 0;
	irqreturn_t ret;

	if (port->in_handler || !ctrl || fake_port_masked(port))
		return;

	port->in_handler = true;
	while (port->message && storm++ < FAKE_PORT_STORM) {
		/* INTx stays asserted until all events are clear. */
		if (port->pdev->msi_enabled)
			port->message = false;
		ret = pciehp_isr(port->pcie.irq, ctrl);
		port->interrupts++;
		port->ignored += ret == IRQ_NONE;
		port->woken += ret == IRQ_WAKE_THREAD;
	}
	port->in_handler = false;
}

/*
 * If another CPU handles an interrupt while this one accesses config space, it
 * waits for pci_lock, and continues before the access returns.  So release the
 * lock while the handler runs.
 */
static void release_pci_lock(void)
	__releases(&pci_lock)
{
#ifndef CONFIG_PCI_LOCKLESS_CONFIG
	raw_spin_unlock(&pci_lock);
#endif
}

static void reacquire_pci_lock(void)
	__acquires(&pci_lock)
{
#ifndef CONFIG_PCI_LOCKLESS_CONFIG
	raw_spin_lock(&pci_lock);
#endif
}

static void fake_port_interrupt_access(struct fake_port *port)
	__must_hold(&pci_lock)
{
	release_pci_lock();
	fake_port_interrupt(port);
	reacquire_pci_lock();
}

/* set events in Slot Status */
static void fake_port_occur(struct fake_port *port, u16 events)
{
	u16 slot_status = fake_port_get(port, PCI_EXP_SLTSTA);

	fake_port_set(port, PCI_EXP_SLTSTA, slot_status | events);
	fake_port_assert(port, true);
}

static bool fake_port_completes(struct fake_port *port, u16 old, u16 new)
{
	switch (port->completion) {
	case FAKE_PORT_COMPLETES:
		return true;
	case FAKE_PORT_COMPLETES_CONTROL:
		return (old ^ new) & CONTROLS;
	default:
		return false;
	}
}

static void fake_port_command(struct fake_port *port, u16 new)
	__must_hold(&pci_lock)
{
	struct controller *ctrl = get_service_data(&port->pcie);
	u16 old = fake_port_get(port, PCI_EXP_SLTCTL);
	u16 events = port->before_command;

	port->commands++;
	if (ctrl) {
		port->slot_ctrl = ctrl->slot_ctrl;
		port->cmd_busy = ctrl->cmd_busy;
		port->state = ctrl->state;
		port->locked = mutex_is_locked(&ctrl->ctrl_lock);
	}
	port->command = le16_to_cpup((__le16 *)(port->config + PCI_COMMAND));
	port->blinked |= (new & PCI_EXP_SLTCTL_PIC) ==
			 PCI_EXP_SLTCTL_PWR_IND_BLINK;

	if (events) {
		port->before_command = 0;
		fake_port_occur(port, events);
		fake_port_interrupt_access(port);
	}

	fake_port_set(port, PCI_EXP_SLTCTL, new);
	fake_port_assert(port, port->signals_late);
	if (fake_port_completes(port, old, new)) {
		port->reads_left = port->completion_reads;
		if (!port->reads_left)
			fake_port_occur(port, PCI_EXP_SLTSTA_CC);
	}
	fake_port_interrupt_access(port);
}

static void fake_port_clear(struct fake_port *port, u16 events)
	__must_hold(&pci_lock)
{
	u16 slot_status;

	if (port->thread_before_clear) {
		port->thread_before_clear = false;
		port->thread_reads -= port->status_reads;
		release_pci_lock();
		port->thread_returned = pciehp_irq(port->pcie.irq, port->ctrl);
		reacquire_pci_lock();
		port->thread_reads += port->status_reads;
	}

	if (port->before_clear) {
		fake_port_occur(port, port->before_clear);
		port->before_clear = 0;
	}

	slot_status = fake_port_get(port, PCI_EXP_SLTSTA);
	fake_port_set(port, PCI_EXP_SLTSTA, slot_status & ~(events & EVENTS));
	fake_port_assert(port, true);

	if (events & port->sticky && port->sticky_left) {
		port->sticky_left--;
		fake_port_occur(port, port->sticky);
	}

	port->absent |= port->absent_after_clear;
	fake_port_interrupt_access(port);
}

static void fake_port_reset_bus(struct fake_port *port)
{
	port->bus_resets++;
	port->ignored_resets += rwsem_is_locked(&port->ctrl->reset_lock) &&
				fake_port_ignores_link_changes(port);
}

static int fake_port_read(struct pci_bus *bus, unsigned int devfn, int where,
			  int size, u32 *val)
{
	struct fake_port *port = container_of(bus, struct fake_port, bus);

	if (port->absent && ++port->absent_reads < FAKE_PORT_STORM) {
		PCI_SET_ERROR_RESPONSE(val);
		return PCIBIOS_SUCCESSFUL;
	}

	if (where == FAKE_PORT_CAP + PCI_EXP_SLTSTA) {
		port->status_reads++;
		port->unmasked_reads += !port->in_handler &&
					!fake_port_masked(port);
		if (port->reads_left && !--port->reads_left)
			fake_port_occur(port, PCI_EXP_SLTSTA_CC);
	}

	switch (size) {
	case 1:
		*val = port->config[where];
		break;
	case 2:
		*val = le16_to_cpup((__le16 *)(port->config + where));
		break;
	default:
		*val = le32_to_cpup((__le32 *)(port->config + where));
	}

	return PCIBIOS_SUCCESSFUL;
}

static int fake_port_write(struct pci_bus *bus, unsigned int devfn, int where,
			   int size, u32 val)
	__must_hold(&pci_lock)
{
	struct fake_port *port = container_of(bus, struct fake_port, bus);

	if (port->absent)
		return PCIBIOS_SUCCESSFUL;

	switch (where) {
	case FAKE_PORT_CAP + PCI_EXP_SLTCTL:
		fake_port_command(port, val);
		return PCIBIOS_SUCCESSFUL;
	case FAKE_PORT_CAP + PCI_EXP_SLTSTA:
		fake_port_clear(port, val);
		return PCIBIOS_SUCCESSFUL;
	case FAKE_PORT_CAP + PCI_EXP_LNKSTA:
		/* Only these bits are writable, by writing 1 to clear them. */
		fake_port_set(port, PCI_EXP_LNKSTA,
			      fake_port_get(port, PCI_EXP_LNKSTA) &
			      ~(val & (PCI_EXP_LNKSTA_LBMS |
				       PCI_EXP_LNKSTA_LABS)));
		return PCIBIOS_SUCCESSFUL;
	case PCI_BRIDGE_CONTROL:
		if (val & PCI_BRIDGE_CTL_BUS_RESET)
			fake_port_reset_bus(port);
		break;
	}

	switch (size) {
	case 1:
		port->config[where] = val;
		break;
	case 2:
		*(__le16 *)(port->config + where) = cpu_to_le16(val);
		break;
	default:
		*(__le32 *)(port->config + where) = cpu_to_le32(val);
	}

	return PCIBIOS_SUCCESSFUL;
}

struct pci_ops fake_port_ops = {
	.read = fake_port_read,
	.write = fake_port_write,
};

/**
 * fake_port_event() - set events, and handle their interrupt
 * @port: fake hotplug port
 * @events: PCI_EXP_SLTSTA_PDC, ...
 */
void fake_port_event(struct fake_port *port, u16 events)
{
	fake_port_occur(port, events);
	fake_port_interrupt(port);
}

static void fake_port_set_master(struct fake_port *port, bool master)
{
	*(__le16 *)(port->config + PCI_COMMAND) =
		cpu_to_le16(master ? PCI_COMMAND_MASTER : 0);
}

/**
 * fake_port_reset() - reset the port by a hot reset from above
 * @port: fake hotplug port
 *
 * From then on, no interrupt reaches the CPU.
 */
void fake_port_reset(struct fake_port *port)
{
	u16 slot_status = fake_port_get(port, PCI_EXP_SLTSTA);

	fake_port_set(port, PCI_EXP_SLTCTL, 0);
	fake_port_set(port, PCI_EXP_SLTSTA, slot_status & ~EVENTS);
	fake_port_set_master(port, false);
	port->reads_left = 0;
	port->vector = false;
	port->message = false;
	port->asserted = false;
}

/**
 * fake_port_recover() - restore what the PCI core restores before Slot Control
 * @port: fake hotplug port
 *
 * Interrupts reach the CPU again.
 */
void fake_port_recover(struct fake_port *port)
{
	fake_port_set_master(port, true);
	port->vector = true;
}

/**
 * fake_port_restore() - restore the port's state after a reset
 * @port: fake hotplug port
 *
 * Do what pci_restore_state() does if the driver is bound to the port.
 */
void fake_port_restore(struct fake_port *port)
{
	fake_port_recover(port);
	pcie_restore_slot_control(port->ctrl);
}

/**
 * fake_port_restore_unbound() - restore the port's state without the driver
 * @port: fake hotplug port, whose state has been saved
 */
void fake_port_restore_unbound(struct fake_port *port)
{
	unsigned int msi_enabled = port->pdev->msi_enabled;

	/* The port has no MSI Capability to restore. */
	port->pdev->msi_enabled = 0;
	pci_restore_state(port->pdev);
	port->pdev->msi_enabled = msi_enabled;
}
