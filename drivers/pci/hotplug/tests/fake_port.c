// SPDX-License-Identifier: GPL-2.0
/*
 * A PCIe hotplug port for KUnit tests, with a config space in memory
 *
 * The port signals its events as a real one does:  With MSI, it sends a message
 * when the first enabled event is set, and no other before all are clear.  The
 * interrupt is handled before the config write returns which has caused it.
 */

#include <asm/byteorder.h>
#include <kunit/test.h>
#include <linux/pm_runtime.h>

#include "../../pci.h"
#include "fake_port.h"

#define FAKE_PORT_CAP		0x40

/* a driver which goes on for longer than this would do so for ever */
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
 * Return: its content, also when the port is absent.
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
 * What the port would make of a config write, it does not make of this.
 */
void fake_port_set(struct fake_port *port, int reg, u16 val)
{
	*(__le16 *)(port->config + FAKE_PORT_CAP + reg) = cpu_to_le16(val);
}

/* the events which Slot Control enables, as they are in Slot Status */
static u16 enabled_events(u16 slot_ctrl)
{
	u16 events = slot_ctrl & (PCI_EXP_SLTCTL_ABPE | PCI_EXP_SLTCTL_PFDE |
				  PCI_EXP_SLTCTL_MRLSCE | PCI_EXP_SLTCTL_PDCE |
				  PCI_EXP_SLTCTL_CCIE);

	if (slot_ctrl & PCI_EXP_SLTCTL_DLLSCE)
		events |= PCI_EXP_SLTSTA_DLLSC;

	return events;
}

/* bring the interrupt up to date with the registers */
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

static void fake_port_interrupt(struct fake_port *port)
{
	unsigned int storm = 0;
	irqreturn_t ret;

	if (port->in_handler || !port->ctrl)
		return;

	port->in_handler = true;
	while (port->message && storm++ < FAKE_PORT_STORM) {
		/* If not a message, it stays until all events are clear. */
		if (port->pdev->msi_enabled)
			port->message = false;
		ret = pciehp_isr(port->pcie.irq, port->ctrl);
		port->interrupts++;
		port->ignored += ret == IRQ_NONE;
		port->woken += ret == IRQ_WAKE_THREAD;
	}
	port->in_handler = false;
}

/*
 * A CPU which takes an interrupt while this one accesses config space waits for
 * pci_lock, and then is ahead of whoever issued the access.  Give way to it.
 */
static void fake_port_interrupt_access(struct fake_port *port)
	__must_hold(&pci_lock)
{
#ifndef CONFIG_PCI_LOCKLESS_CONFIG
	raw_spin_unlock(&pci_lock);
#endif
	fake_port_interrupt(port);
#ifndef CONFIG_PCI_LOCKLESS_CONFIG
	raw_spin_lock(&pci_lock);
#endif
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
	u16 old = fake_port_get(port, PCI_EXP_SLTCTL);
	u16 events = port->before_command;

	port->commands++;
	if (port->ctrl) {
		port->slot_ctrl = port->ctrl->slot_ctrl;
		port->notification = port->ctrl->notification;
		port->cmd_busy = port->ctrl->cmd_busy;
	}

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

static struct pci_ops fake_port_ops = {
	.read = fake_port_read,
	.write = fake_port_write,
};

/**
 * fake_port_event() - have events occur, and their interrupt handled
 * @port: fake hotplug port
 * @events: PCI_EXP_SLTSTA_PDC, ...
 */
void fake_port_event(struct fake_port *port, u16 events)
{
	fake_port_occur(port, events);
	fake_port_interrupt(port);
}

static void fake_port_later(struct work_struct *work)
{
	struct fake_port *port = container_of(to_delayed_work(work),
					      struct fake_port, later);

	fake_port_event(port, port->later_events);
}

/**
 * fake_port_event_later() - have events occur while the test waits for them
 * @port: fake hotplug port
 * @events: PCI_EXP_SLTSTA_CC, ...
 * @msecs: how much later
 */
void fake_port_event_later(struct fake_port *port, u16 events,
			   unsigned int msecs)
{
	port->later_events = events;
	schedule_delayed_work(&port->later, msecs_to_jiffies(msecs));
}

/**
 * fake_port_reset() - have a hot reset propagated to the port
 * @port: fake hotplug port
 *
 * From then on, no interrupt reaches the CPU.
 */
void fake_port_reset(struct fake_port *port)
{
	u16 slot_status = fake_port_get(port, PCI_EXP_SLTSTA);

	fake_port_set(port, PCI_EXP_SLTCTL, 0);
	fake_port_set(port, PCI_EXP_SLTSTA, slot_status & ~EVENTS);
	port->vector = false;
	port->message = false;
	port->asserted = false;
}

/**
 * fake_port_restore() - restore the port's state after a reset
 * @port: fake hotplug port
 *
 * Interrupts reach the CPU once everything is restored, but not before.
 */
void fake_port_restore(struct fake_port *port)
{
	unsigned int msi_enabled = port->pdev->msi_enabled;

	/* There is no MSI Capability which could be restored. */
	port->pdev->msi_enabled = 0;
	pci_restore_state(port->pdev);
	port->pdev->msi_enabled = msi_enabled;
	port->vector = true;
}

/**
 * fake_port_suspend_parent() - give the port a parent, and have it suspended
 * @port: fake hotplug port
 *
 * Return: %0, or an error if there is no such parent.
 */
int fake_port_suspend_parent(struct fake_port *port)
{
	port->parent = root_device_register("pciehp_kunit");
	if (IS_ERR(port->parent))
		return PTR_ERR(port->parent);

	/* Until told otherwise, runtime PM takes a device to be suspended. */
	pm_runtime_enable(port->parent);
	port->pdev->dev.parent = port->parent;

	return 0;
}

/**
 * fake_port_init() - make a hotplug port, and a controller of it
 * @test: whose memory it is
 *
 * The slot is occupied, has all features, and is turned on.
 *
 * Return: the port, or %NULL if memory is short.
 */
struct fake_port *fake_port_init(struct kunit *test)
{
	struct fake_port *port;
	struct pci_dev *pdev;

	port = kunit_kzalloc(test, sizeof(*port), GFP_KERNEL);
	if (!port)
		return NULL;

	port->poll_mode = pciehp_poll_mode;
	INIT_DELAYED_WORK(&port->later, fake_port_later);

	*(__le16 *)(port->config + PCI_VENDOR_ID) =
		cpu_to_le16(PCI_VENDOR_ID_REDHAT);
	port->config[PCI_STATUS] = PCI_STATUS_CAP_LIST;
	port->config[PCI_CAPABILITY_LIST] = FAKE_PORT_CAP;
	port->config[FAKE_PORT_CAP] = PCI_CAP_ID_EXP;
	fake_port_set(port, PCI_EXP_FLAGS,
		      2 | PCI_EXP_TYPE_ROOT_PORT << 4 | PCI_EXP_FLAGS_SLOT);
	fake_port_set(port, PCI_EXP_SLTCAP,
		      PCI_EXP_SLTCAP_ABP | PCI_EXP_SLTCAP_PCP |
		      PCI_EXP_SLTCAP_AIP | PCI_EXP_SLTCAP_PIP |
		      PCI_EXP_SLTCAP_HPS | PCI_EXP_SLTCAP_HPC);
	fake_port_set(port, PCI_EXP_SLTCTL,
		      PCI_EXP_SLTCTL_PWR_ON | PCI_EXP_SLTCTL_PWR_IND_ON |
		      PCI_EXP_SLTCTL_ATTN_IND_OFF);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS);
	fake_port_set(port, PCI_EXP_LNKSTA, PCI_EXP_LNKSTA_DLLLA);
	port->vector = true;

	port->host = kunit_kzalloc(test, sizeof(*port->host), GFP_KERNEL);
	if (!port->host)
		return NULL;

	port->bus.ops = &fake_port_ops;
	port->bus.bridge = &port->host->dev;
	INIT_LIST_HEAD(&port->bus.devices);
	INIT_LIST_HEAD(&port->subordinate.devices);
	port->subordinate.parent = &port->bus;

	pdev = pci_alloc_dev(NULL);
	if (!pdev)
		return NULL;

	pdev->bus = &port->bus;
	pdev->subordinate = &port->subordinate;
	pdev->hdr_type = PCI_HEADER_TYPE_BRIDGE;
	pdev->cfg_size = PCI_CFG_SPACE_SIZE;
	pdev->pcie_cap = FAKE_PORT_CAP;
	pdev->pcie_flags_reg = fake_port_get(port, PCI_EXP_FLAGS);
	pdev->current_state = PCI_D0;
	pdev->msi_enabled = 1;
	pdev->dev.init_name = "pciehp_kunit";
	/* For runtime PM; never added, so there is nothing to release. */
	device_initialize(&pdev->dev);
	pci_allocate_cap_save_buffers(pdev);
	port->subordinate.self = pdev;
	port->pdev = pdev;

	port->pcie.port = pdev;
	port->pcie.irq = IRQ_NOTCONNECTED;
	port->pcie.service = PCIE_PORT_SERVICE_HP;
	port->ctrl = pcie_init(&port->pcie);
	if (!port->ctrl) {
		fake_port_cleanup(port);
		return NULL;
	}
	set_service_data(&port->pcie, port->ctrl);
	port->slot.kobj.name = "kunit";
	port->ctrl->hotplug_slot.pci_slot = &port->slot;
	port->status_reads = 0;

	return port;
}

/**
 * fake_port_cleanup() - undo what fake_port_init() and the test did
 * @port: fake hotplug port
 */
void fake_port_cleanup(struct fake_port *port)
{
	cancel_delayed_work_sync(&port->later);
	pciehp_poll_mode = port->poll_mode;

	if (port->ctrl)
		pciehp_release_ctrl(port->ctrl);

	if (!IS_ERR_OR_NULL(port->parent)) {
		pm_runtime_disable(port->parent);
		root_device_unregister(port->parent);
	}

	pci_free_cap_save_buffers(port->pdev);
	kfree(port->pdev);
}
