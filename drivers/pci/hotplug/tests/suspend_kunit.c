// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the PCIe hotplug driver when its port is suspended */

#include <kunit/test.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/rwsem.h>

#include "../pciehp.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

/* Runtime suspend: G7 */

/* The capability itself is not read. */
#define PM_CAP	0x80

static void can_signal_pme_from(struct fake_port *port, u16 states)
{
	port->pdev->pm_cap = states ? PM_CAP : 0;
	port->pdev->pme_support = states >> PCI_PM_CAP_PME_SHIFT;
	port->host->native_pme = true;
}

static void port_without_pme_stays_awake(struct kunit *test)
{
	struct fake_port *port = test->priv;

	can_signal_pme_from(port, 0);
	enable(port);

	KUNIT_EXPECT_EQ(test, pciehp_runtime_suspend(&port->pcie), -EBUSY);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, ENABLES);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_ctrl & ENABLES, ENABLES);
}

/*
 * A port in D0 signals hotplug events by its interrupt only.  The port is never
 * put into D3cold.
 */
static void port_with_pme_from_other_states_stays_awake(struct kunit *test)
{
	struct fake_port *port = test->priv;

	can_signal_pme_from(port, PCI_PM_CAP_PME_D0 | PCI_PM_CAP_PME_D3cold);
	enable(port);

	KUNIT_EXPECT_EQ(test, pciehp_runtime_suspend(&port->pcie), -EBUSY);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, ENABLES);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_ctrl & ENABLES, ENABLES);
}

static void port_with_pme_is_suspended(struct kunit *test)
{
	struct fake_port *port = test->priv;
	u16 enables = PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_DLLSCE;

	can_signal_pme_from(port, PCI_PM_CAP_PME_D3hot);
	enable(port);

	KUNIT_EXPECT_EQ(test, pciehp_runtime_suspend(&port->pcie), 0);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & enables, 0);
	/* Other enabled events cause a PME (PCIe r6.2, sec 6.7.3.4). */
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_ABPE,
			PCI_EXP_SLTCTL_ABPE);
}

/* Firmware handles PME, so the interrupt remains enabled. */
static void port_with_firmware_pme_keeps_interrupt(struct kunit *test)
{
	struct fake_port *port = test->priv;

	if (pcie_ports_native)
		kunit_skip(test, "this kernel always controls PME natively");
	can_signal_pme_from(port, 0);
	port->host->native_pme = false;
	enable(port);

	KUNIT_EXPECT_EQ(test, pciehp_runtime_suspend(&port->pcie), 0);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, ENABLES);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_ctrl & ENABLES, ENABLES);
}

/* Suspend and resume */

static void interrupt_disabled_and_enabled(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	pcie_disable_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_ctrl & ENABLES,
			PCI_EXP_SLTCTL_ABPE | PCI_EXP_SLTCTL_CCIE);
	pcie_enable_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_ctrl & ENABLES, ENABLES);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	expect_hotplug_works(test, port);
}

/* The port does not signal this event.  As it is set, no completion either. */
static void unsignaled_event_found_when_enabled(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	enable(port);
	pcie_disable_interrupt(port->ctrl);
	fake_port_event(port, PCI_EXP_SLTSTA_ABP);
	KUNIT_EXPECT_EQ(test, pending(port), 0);

	port->interrupts = 0;
	pcie_enable_interrupt(port->ctrl);
	run_woken_handler(port);
	KUNIT_EXPECT_EQ(test, port->interrupts, 0);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_ABP);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	expect_hotplug_works(test, port);
}

/* The callbacks of the driver */

/* Events which occurred while the port was asleep may be lost. */
static void resume_finds_changes(struct kunit *test)
{
	static const struct {
		u8 state;
		bool present;
		int request;
	} slots[] = {
		{ OFF_STATE, true, PCI_EXP_SLTSTA_PDC },
		{ BLINKINGON_STATE, true, PCI_EXP_SLTSTA_PDC },
		{ BLINKINGOFF_STATE, true, 0 },
		{ POWERON_STATE, true, 0 },
		{ POWEROFF_STATE, true, 0 },
		{ ON_STATE, true, 0 },
		{ OFF_STATE, false, 0 },
		{ BLINKINGON_STATE, false, 0 },
		{ BLINKINGOFF_STATE, false, PCI_EXP_SLTSTA_PDC },
		{ POWERON_STATE, false, 0 },
		{ POWEROFF_STATE, false, 0 },
		{ ON_STATE, false, PCI_EXP_SLTSTA_PDC },
	};
	const struct pcie_port_service_driver *driver;
	struct fake_port *port = test->priv;
	struct controller *ctrl = port->ctrl;

	find_driver(test);
	driver = port->driver;
	if (!driver->resume)
		kunit_skip(test, "CONFIG_PM_SLEEP is not set");
	for (int i = 0; i < ARRAY_SIZE(slots); i++) {
		ctrl->state = slots[i].state;
		set_card(port, slots[i].present, slots[i].present);
		atomic_set(&ctrl->pending_events, 0);
		KUNIT_EXPECT_EQ(test, driver->resume(&port->pcie), 0);
		KUNIT_EXPECT_EQ(test, pending(port), slots[i].request);
		KUNIT_EXPECT_EQ(test, ctrl->state, slots[i].state);
		KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&ctrl->reset_lock));
		KUNIT_EXPECT_FALSE(test, mutex_is_locked(&ctrl->state_lock));
	}

	/* A port that is gone tells nothing. */
	port->absent = true;
	atomic_set(&ctrl->pending_events, 0);
	ctrl->state = ON_STATE;
	driver->resume(&port->pcie);
	ctrl->state = OFF_STATE;
	driver->resume(&port->pcie);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
}

static void resume_clears_events_of_resume(struct kunit *test)
{
	static const u8 states[] = { ON_STATE, BLINKINGOFF_STATE, OFF_STATE };
	const struct pcie_port_service_driver *driver;
	struct fake_port *port = test->priv;
	u16 left;

	find_driver(test);
	driver = port->driver;
	if (!driver->resume_noirq)
		kunit_skip(test, "CONFIG_PM_SLEEP is not set");
	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	for (int i = 0; i < ARRAY_SIZE(states); i++) {
		left = states[i] == OFF_STATE ? CHANGES : 0;
		port->ctrl->state = states[i];
		atomic_set(&port->ctrl->pending_events, 0);
		fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS |
			      PCI_EXP_SLTSTA_ABP | CHANGES);
		KUNIT_EXPECT_EQ(test, driver->resume_noirq(&port->pcie), 0);
		KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS |
				PCI_EXP_SLTSTA_ABP | left);
		KUNIT_EXPECT_EQ(test, pending(port), 0);
		KUNIT_EXPECT_FALSE(test, pci_dev_is_disconnected(port->card));

		/* The same at runtime, where the rest is handled at once. */
		port->host->native_pme = true;
		fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS);
		enable(port);
		atomic_set(&port->ctrl->pending_events, 0);
		fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS |
			      PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_DLLSC);
		KUNIT_EXPECT_EQ(test, driver->runtime_resume(&port->pcie), 0);
		KUNIT_EXPECT_EQ(test, pending(port) & ~PCI_EXP_SLTSTA_PDC,
				PCI_EXP_SLTSTA_ABP |
				(left & PCI_EXP_SLTSTA_DLLSC));
		pcie_do_write_cmd(port->ctrl, 0, ENABLES, true);
	}

	/* If firmware handles PME, the interrupt was never disabled. */
	port->host->native_pme = false;
	port->ctrl->state = ON_STATE;
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS | CHANGES);
	KUNIT_EXPECT_EQ(test, driver->runtime_resume(&port->pcie), 0);
	if (!pcie_ports_native)
		KUNIT_EXPECT_EQ(test, slot_status(port),
				PCI_EXP_SLTSTA_PDS | CHANGES);
}

static void suspend_disables_interrupt(struct kunit *test)
{
	const struct pcie_port_service_driver *driver;
	u16 signals = PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_DLLSCE;
	struct fake_port *port = test->priv;

	find_driver(test);
	driver = port->driver;
	if (!driver->suspend)
		kunit_skip(test, "CONFIG_PM_SLEEP is not set");

	/* Firmware handles PME. */
	enable(port);
	if (!pcie_ports_native) {
		KUNIT_EXPECT_EQ(test, driver->suspend(&port->pcie), 0);
		KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, ENABLES);
	}

	port->host->native_pme = true;
	KUNIT_EXPECT_EQ(test, driver->suspend(&port->pcie), 0);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, ENABLES & ~signals);

	KUNIT_EXPECT_EQ(test, driver->resume(&port->pcie), 0);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, ENABLES);
}

/* A reference too many keeps the port awake; one too few lets it suspend early. */
static void driver_lets_go_of_port(struct kunit *test)
{
	struct fake_port *port = test->priv;
	struct controller *ctrl = port->ctrl;
	struct hotplug_slot *slot = &ctrl->hotplug_slot;
	atomic_t *usage = &port->pdev->dev.power.usage_count;
	u8 status;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	enable(port);
	/* At 0, a reference too few would not show. */
	pm_runtime_get_noresume(&port->pdev->dev);
	KUNIT_EXPECT_EQ(test, atomic_read(usage), 1);

	pciehp_get_attention_status(slot, &status);
	KUNIT_EXPECT_EQ(test, atomic_read(usage), 1);
	pciehp_get_raw_indicator_status(slot, &status);
	KUNIT_EXPECT_EQ(test, atomic_read(usage), 1);
	pciehp_set_raw_indicator_status(slot, status);
	KUNIT_EXPECT_EQ(test, atomic_read(usage), 1);

	ist(port);
	KUNIT_EXPECT_EQ(test, atomic_read(usage), 1);
	/* Without power control, turning it off takes no second. */
	ctrl->slot_cap &= ~PCI_EXP_SLTCAP_PCP;
	ctrl->state = ON_STATE;
	pciehp_request(ctrl, DISABLE_SLOT);
	ist(port);
	KUNIT_EXPECT_EQ(test, ctrl->state, OFF_STATE);
	KUNIT_EXPECT_EQ(test, atomic_read(usage), 1);
	ctrl->slot_cap |= PCI_EXP_SLTCAP_PCP;
	pciehp_request(ctrl, PCI_EXP_SLTSTA_PDC);
	ist(port);
	KUNIT_EXPECT_EQ(test, ctrl->state, ON_STATE);
	KUNIT_EXPECT_EQ(test, atomic_read(usage), 1);

	fake_port_set(port, PCI_EXP_SLTCAP, PCI_EXP_SLTCAP_AIP |
		      PCI_EXP_SLTCAP_PCP | PCI_EXP_SLTCAP_MRLSP);
	bind_port(test);
	slot = &port->ctrl->hotplug_slot;
	KUNIT_EXPECT_EQ(test, atomic_read(usage), 1);
	slot->ops->set_attention_status(slot, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(usage), 1);
	slot->ops->get_power_status(slot, &status);
	KUNIT_EXPECT_EQ(test, atomic_read(usage), 1);
	slot->ops->get_latch_status(slot, &status);
	KUNIT_EXPECT_EQ(test, atomic_read(usage), 1);
	slot->ops->get_adapter_status(slot, &status);
	KUNIT_EXPECT_EQ(test, atomic_read(usage), 1);

	pm_runtime_put_noidle(&port->pdev->dev);
}

static void isr_deferred_while_parent_suspended(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	KUNIT_ASSERT_EQ(test, fake_port_suspend_parent(port), 0);
	port->status_reads = 0;
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_EQ(test, pending(port), RERUN_ISR);
	KUNIT_EXPECT_EQ(test, port->status_reads, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&port->parent->power.usage_count), 0);
}

/* Otherwise an INTx would occur again and again until the parent has resumed. */
static void deferred_interrupt_is_masked(struct kunit *test)
{
	struct fake_port *port = test->priv;
	struct irq_data *data;

	KUNIT_ASSERT_EQ(test, fake_port_request_irq(port), 0);
	data = irq_get_irq_data(port->pcie.irq);
	enable(port);
	KUNIT_ASSERT_EQ(test, fake_port_suspend_parent(port), 0);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_ABP);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_TRUE(test, irqd_irq_disabled(data));
	KUNIT_EXPECT_EQ(test, ist(port), IRQ_HANDLED);
	KUNIT_EXPECT_FALSE(test, irqd_irq_disabled(data));
	cancel_delayed_work_sync(&port->ctrl->button_work);
}

static void isr_lets_go_of_parent(struct kunit *test)
{
	struct fake_port *port = test->priv;
	atomic_t *usage;

	enable(port);
	KUNIT_ASSERT_EQ(test, fake_port_suspend_parent(port), 0);
	usage = &port->parent->power.usage_count;
	KUNIT_ASSERT_EQ(test, pm_runtime_get_sync(port->parent), 0);

	fake_port_set(port, PCI_EXP_SLTSTA, 0);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, atomic_read(usage), 1);

	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, atomic_read(usage), 1);

	port->absent = true;
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, atomic_read(usage), 1);

	pm_runtime_put_sync(port->parent);
}

static struct kunit_case suspend_cases[] = {
	KUNIT_CASE(port_without_pme_stays_awake),
	KUNIT_CASE(port_with_pme_from_other_states_stays_awake),
	KUNIT_CASE(port_with_pme_is_suspended),
	KUNIT_CASE(port_with_firmware_pme_keeps_interrupt),
	KUNIT_CASE(interrupt_disabled_and_enabled),
	KUNIT_CASE(unsignaled_event_found_when_enabled),
	KUNIT_CASE(resume_finds_changes),
	KUNIT_CASE(resume_clears_events_of_resume),
	KUNIT_CASE(suspend_disables_interrupt),
	KUNIT_CASE(driver_lets_go_of_port),
	KUNIT_CASE(isr_deferred_while_parent_suspended),
	KUNIT_CASE(deferred_interrupt_is_masked),
	KUNIT_CASE(isr_lets_go_of_parent),
	{}
};

static struct kunit_suite suspend_suite = {
	.name = "pciehp_suspend",
	.init = pciehp_test_init,
	.exit = pciehp_test_exit,
	.test_cases = suspend_cases,
};

kunit_test_suite(suspend_suite);
