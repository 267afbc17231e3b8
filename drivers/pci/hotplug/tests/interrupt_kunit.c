// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the PCIe hotplug driver's interrupt handler */

#include <kunit/test.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/pci.h>

#include "../pciehp.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

/* pciehp_isr() */

/* G5 */
static void isr_ignores_events_while_disabled(struct kunit *test)
{
	struct fake_port *port = test->priv;

	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, port->status_reads, 0);

	fake_port_set(port, PCI_EXP_SLTSTA, 0);
	enable(port);
	pcie_disable_interrupt(port->ctrl);
	port->status_reads = 0;
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, port->status_reads, 0);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
}

/* HPIE alone determines whether it ignores events. */
static void isr_ignores_events_without_hpie(struct kunit *test)
{
	struct fake_port *port = test->priv;

	pcie_do_write_cmd(port->ctrl, ENABLES & ~PCI_EXP_SLTCTL_HPIE, ENABLES,
			  false);
	fake_port_event(port, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
}

static void isr_ignores_events_in_d3cold(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->status_reads = 0;
	port->pdev->current_state = PCI_D3cold;
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, port->status_reads, 0);
	KUNIT_EXPECT_EQ(test, pending(port), 0);

	port->pdev->current_state = PCI_D3hot;
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
}

static void isr_ignores_interrupt_without_event(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_MRLSC |
		      PCI_EXP_SLTSTA_MRLSS | PCI_EXP_SLTSTA_EIS);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
}

static void isr_ignores_all_ones(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	power_off(port);
	port->ctrl->cmd_busy = true;
	port->absent = true;
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
	KUNIT_EXPECT_FALSE(test, port->ctrl->power_fault_detected);
	KUNIT_EXPECT_TRUE(test, port->ctrl->cmd_busy);
	expect_said(test, "no response from device", true);
}

static void isr_ignores_all_ones_on_second_read(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->absent_after_clear = true;
	fake_port_event(port, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, port->ignored, 1);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
}

static void isr_passes_events_to_thread(struct kunit *test)
{
	static const u16 events[] = {
		PCI_EXP_SLTSTA_ABP,
		PCI_EXP_SLTSTA_PDC,
		PCI_EXP_SLTSTA_DLLSC,
		PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_PDC,
	};
	struct fake_port *port = test->priv;
	int i;

	enable(port);
	for (i = 0; i < ARRAY_SIZE(events); i++) {
		atomic_set(&port->ctrl->pending_events, 0);
		fake_port_set(port, PCI_EXP_SLTSTA, events[i]);
		KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
		KUNIT_EXPECT_EQ(test, pending(port), events[i]);
		KUNIT_EXPECT_EQ(test, slot_status(port), 0);
	}
}

static void isr_adds_to_events_of_thread(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	fake_port_event(port, PCI_EXP_SLTSTA_ABP);
	fake_port_event(port, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, port->woken, 2);
	KUNIT_EXPECT_EQ(test, pending(port),
			PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_DLLSC);
}

static void isr_completes_command(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	command_issued(port, 0);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_TRUE(test, port->ctrl->cmd_busy);

	atomic_set(&port->ctrl->pending_events, 0);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_CC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_HANDLED);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
	KUNIT_EXPECT_EQ(test, slot_status(port), 0);
}

/* With threadirqs, the thread runs only if the handler returns this. */
static void irq_passes_on_requests(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_EXPECT_EQ(test, irq(port), IRQ_NONE);
	enable(port);
	fake_port_set(port, PCI_EXP_SLTSTA, 0);
	KUNIT_EXPECT_EQ(test, irq(port), IRQ_NONE);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_CC);
	KUNIT_EXPECT_EQ(test, irq(port), IRQ_HANDLED);

	pciehp_request(port->ctrl, DISABLE_SLOT);
	KUNIT_EXPECT_EQ(test, irq(port), IRQ_WAKE_THREAD);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_CC);
	KUNIT_EXPECT_EQ(test, irq(port), IRQ_WAKE_THREAD);
	pcie_disable_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, irq(port), IRQ_WAKE_THREAD);
}

/* Otherwise it would mask the interrupt twice.  The thread unmasks it once. */
static void irq_leaves_rerun_to_thread(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->status_reads = 0;
	atomic_set(&port->ctrl->pending_events, RERUN_ISR);
	KUNIT_EXPECT_EQ(test, irq(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_EQ(test, port->status_reads, 0);
}

static void isr_completes_command_beside_event(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	command_issued(port, 0);
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_CC | PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, slot_status(port), 0);
}

/* With MSI, the port signals no other event while an event stays set. */
static void isr_reads_status_again_with_msi(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->before_clear = PCI_EXP_SLTSTA_ABP;
	fake_port_event(port, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, port->woken, 1);
	KUNIT_EXPECT_EQ(test, pending(port),
			PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_DLLSC);
	expect_hotplug_works(test, port);
}

/* With INTx, the interrupt stays asserted, and the handler is called again. */
static void isr_reads_status_once_with_intx(struct kunit *test)
{
	struct fake_port *port = test->priv;

	port->pdev->msi_enabled = 0;
	enable(port);
	port->interrupts = 0;
	port->status_reads = 0;
	port->before_clear = PCI_EXP_SLTSTA_ABP;
	fake_port_event(port, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, port->interrupts, 2);
	KUNIT_EXPECT_EQ(test, port->status_reads, 2);
	KUNIT_EXPECT_EQ(test, port->woken, 2);
	KUNIT_EXPECT_EQ(test, pending(port),
			PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_DLLSC);
	expect_hotplug_works(test, port);
}

static void isr_reports_power_fault_once(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PFD);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_PFD);

	atomic_set(&port->ctrl->pending_events, 0);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PFD);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, pending(port), 0);

	/* A power fault counts as handled when the slot is turned on. */
	pciehp_power_on_slot(port->ctrl);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PFD);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_PFD);
}

/* Some ports set it again as soon as it is cleared.  The loop must end. */
static void isr_clears_sticky_power_fault_once(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->sticky = PCI_EXP_SLTSTA_PFD;
	port->sticky_left = 5;
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PFD);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_EQ(test, port->sticky_left, 4);
}

static void isr_hides_events_to_be_ignored(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	command_issued(port, 0);
	port->pdev->ignore_hotplug = 1;
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_CC | PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, slot_status(port), 0);
}

/* Polling mode: G6 */

static void polling_enables_no_interrupt(struct kunit *test)
{
	struct fake_port *port = test->priv;

	poll_for_events(test);
	pcie_enable_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_HPIE, 0);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_DLLSCE,
			PCI_EXP_SLTCTL_DLLSCE);
	KUNIT_EXPECT_EQ(test, port->interrupts, 0);

	/* The next poll handles the completion of the command. */
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_HANDLED);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
}

static void polling_handles_events_without_hpie(struct kunit *test)
{
	struct fake_port *port = test->priv;

	poll_for_events(test);
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
}

static void polling_stops_in_d3cold(struct kunit *test)
{
	struct fake_port *port = test->priv;

	poll_for_events(test);
	port->pdev->current_state = PCI_D3cold;
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, port->status_reads, 0);
}

/* The next poll handles later events. */
static void polling_reads_status_once(struct kunit *test)
{
	struct fake_port *port = test->priv;

	poll_for_events(test);
	port->before_clear = PCI_EXP_SLTSTA_ABP;
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_EQ(test, port->status_reads, 1);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_ABP);
}

static struct kunit_case interrupt_cases[] = {
	KUNIT_CASE(isr_ignores_events_while_disabled),
	KUNIT_CASE(isr_ignores_events_without_hpie),
	KUNIT_CASE(isr_ignores_events_in_d3cold),
	KUNIT_CASE(isr_ignores_interrupt_without_event),
	KUNIT_CASE(isr_ignores_all_ones),
	KUNIT_CASE(isr_ignores_all_ones_on_second_read),
	KUNIT_CASE(isr_passes_events_to_thread),
	KUNIT_CASE(isr_adds_to_events_of_thread),
	KUNIT_CASE(isr_completes_command),
	KUNIT_CASE(irq_passes_on_requests),
	KUNIT_CASE(irq_leaves_rerun_to_thread),
	KUNIT_CASE(isr_completes_command_beside_event),
	KUNIT_CASE(isr_reads_status_again_with_msi),
	KUNIT_CASE(isr_reads_status_once_with_intx),
	KUNIT_CASE(isr_reports_power_fault_once),
	KUNIT_CASE(isr_clears_sticky_power_fault_once),
	KUNIT_CASE(isr_hides_events_to_be_ignored),
	KUNIT_CASE(polling_enables_no_interrupt),
	KUNIT_CASE(polling_handles_events_without_hpie),
	KUNIT_CASE(polling_stops_in_d3cold),
	KUNIT_CASE(polling_reads_status_once),
	{}
};

static struct kunit_suite interrupt_suite = {
	.name = "pciehp_interrupt",
	.init = pciehp_test_init,
	.exit = pciehp_test_exit,
	.test_cases = interrupt_cases,
};

kunit_test_suite(interrupt_suite);
