// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the PCIe hotplug driver when its port is reset */

#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/pci.h>

#include "../pciehp.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

/* Resets: G4 */

/* The write of Slot Control in pci_restore_state() completes as any other. */
static void rearm_consumes_completion(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	pcie_disable_interrupt(port->ctrl);
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_CC);
	port->ctrl->cmd_busy = true;
	port->interrupts = 0;

	pcie_rearm_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, ENABLES);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	/* That of the command which enables interrupts is signaled. */
	KUNIT_EXPECT_EQ(test, port->interrupts, 1);
	expect_hotplug_works(test, port);
}

static void rearm_waits_for_completion(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	pcie_disable_interrupt(port->ctrl);
	port->status_reads = 0;
	port->reads_left = 2;

	pcie_rearm_interrupt(port->ctrl);
	KUNIT_EXPECT_GE(test, port->status_reads, 2);
	expect_hotplug_works(test, port);
}

static void rearm_finds_unsignaled_event(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	enable(port);
	pcie_disable_interrupt(port->ctrl);
	fake_port_event(port, PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_CC);
	KUNIT_EXPECT_EQ(test, pending(port), 0);

	/* Neither this event nor, as it is set, a completion is signaled. */
	port->interrupts = 0;
	pcie_rearm_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, port->interrupts, 0);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_ABP);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	expect_hotplug_works(test, port);
}

/* The link went down and up, and presence may follow the link. */
static void rearm_ignores_link_changes_of_reset(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	pcie_disable_interrupt(port->ctrl);
	fake_port_event(port, PCI_EXP_SLTSTA_DLLSC | PCI_EXP_SLTSTA_PDC |
			      PCI_EXP_SLTSTA_CC);

	pcie_rearm_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
	expect_hotplug_works(test, port);
}

static void rearm_keeps_out_of_band_presence_change(struct kunit *test)
{
	struct fake_port *port = test->priv;

	port->ctrl->inband_presence_disabled = 1;
	enable(port);
	pcie_disable_interrupt(port->ctrl);
	fake_port_event(port, PCI_EXP_SLTSTA_DLLSC | PCI_EXP_SLTSTA_PDC |
			      PCI_EXP_SLTSTA_CC);

	pcie_rearm_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_PDC);
}

static void rearm_handles_signaled_event(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	pcie_disable_interrupt(port->ctrl);
	port->signals_late = true;
	fake_port_event(port, PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_CC);

	pcie_rearm_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_ABP);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	expect_hotplug_works(test, port);
}

static void rearm_without_completions(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	port->ctrl->slot_cap |= PCI_EXP_SLTCAP_NCCS;
	port->completion = FAKE_PORT_COMPLETES_NONE;
	pcie_do_write_cmd(port->ctrl, ENABLES & ~PCI_EXP_SLTCTL_CCIE, ENABLES,
			  false);
	pcie_disable_interrupt(port->ctrl);

	pcie_rearm_interrupt(port->ctrl);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	fake_port_event(port, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_DLLSC);
}

static void rearm_leaves_events_to_polling(struct kunit *test)
{
	struct fake_port *port = test->priv;

	poll_for_events(test);
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_CC);
	pcie_rearm_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_ABP);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_HPIE, 0);
}

/* The thread is told to look what has become of the card, and nothing else. */
static void expect_slot_checked(struct kunit *test, struct fake_port *port)
{
	KUNIT_EXPECT_NE(test, pending(port), 0);
	KUNIT_EXPECT_EQ(test, pending(port) & (PCI_EXP_SLTSTA_ABP |
					       PCI_EXP_SLTSTA_PFD |
					       DISABLE_SLOT | RERUN_ISR), 0);
}

/* as pci_reset_bus() goes about it */
static void hotplug_works_after_bus_reset(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;
	u16 val;

	enable(port);
	port->ctrl->state = ON_STATE;
	val = slot_ctrl(port);

	pciehp_reset_prepare(&port->pcie);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_HPIE, 0);
	KUNIT_ASSERT_EQ(test, pci_save_state(port->pdev), 0);
	fake_port_reset(port);
	fake_port_restore(port);
	pciehp_reset_done(&port->pcie);

	KUNIT_EXPECT_EQ(test, slot_ctrl(port), val);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	expect_slot_checked(test, port);
	expect_hotplug_works(test, port);
}

/* G3, G4: the thread or a user may issue a command at any time. */
static void hotplug_works_after_command_during_reset(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	enable(port);
	pciehp_reset_prepare(&port->pcie);
	KUNIT_ASSERT_EQ(test, pci_save_state(port->pdev), 0);
	fake_port_reset(port);
	power_off(port);
	fake_port_restore(port);
	pciehp_reset_done(&port->pcie);

	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, ENABLES);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_PCC,
			PCI_EXP_SLTCTL_PWR_OFF);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	expect_hotplug_works(test, port);
}

/* The slot as it is before and after. */
struct slot_states {
	u8 state;
	u16 before;
	u16 after;
	bool checked;
};

static void reset_looks_after_slot(struct kunit *test)
{
	static const struct slot_states slots[] = {
		{ ON_STATE, PCI_EXP_SLTSTA_PDS, PCI_EXP_SLTSTA_PDS, true },
		{ ON_STATE, PCI_EXP_SLTSTA_PDS, 0, true },
		{ BLINKINGOFF_STATE, PCI_EXP_SLTSTA_PDS, PCI_EXP_SLTSTA_PDS, true },
		{ POWERON_STATE, PCI_EXP_SLTSTA_PDS, PCI_EXP_SLTSTA_PDS, true },
		/* a card has come */
		{ OFF_STATE, 0, PCI_EXP_SLTSTA_PDS, true },
		/* the card was turned off, or soon will be, or on */
		{ OFF_STATE, PCI_EXP_SLTSTA_PDS, PCI_EXP_SLTSTA_PDS, false },
		{ POWEROFF_STATE, PCI_EXP_SLTSTA_PDS, PCI_EXP_SLTSTA_PDS, false },
		{ BLINKINGON_STATE, PCI_EXP_SLTSTA_PDS, PCI_EXP_SLTSTA_PDS, false },
	};
	struct fake_port *port = test->priv;

	for (int i = 0; i < ARRAY_SIZE(slots); i++) {
		enable(port);
		atomic_set(&port->ctrl->pending_events, 0);
		port->ctrl->state = slots[i].state;
		fake_port_set(port, PCI_EXP_SLTSTA, slots[i].before);
		fake_port_set(port, PCI_EXP_LNKSTA,
			      slots[i].before ? PCI_EXP_LNKSTA_DLLLA : 0);
		pciehp_reset_prepare(&port->pcie);
		fake_port_set(port, PCI_EXP_SLTSTA,
			      slots[i].after | PCI_EXP_SLTSTA_CC);
		pciehp_reset_done(&port->pcie);
		KUNIT_EXPECT_EQ_MSG(test, pending(port) != 0, slots[i].checked,
				    "slot %d", i);
	}
}

/* Nobody has been told of it yet, but nobody has turned it off either. */
static void reset_finds_card_in_slot_without_button(struct kunit *test)
{
	struct fake_port *port = test->priv;

	port->ctrl->slot_cap &= ~PCI_EXP_SLTCAP_ABP;
	enable(port);
	pciehp_reset_prepare(&port->pcie);
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_CC);
	pciehp_reset_done(&port->pcie);
	KUNIT_EXPECT_NE(test, pending(port), 0);
}

/*
 * as pcie_portdrv_slot_reset() goes about it:  The driver learns of a reset
 * when it is over.
 */
static void recover(struct fake_port *port)
{
	fake_port_reset(port);
	pciehp_slot_reset(&port->pcie);
	fake_port_restore(port);
	pciehp_reset_done(&port->pcie);
}

/* What is restored was saved before the slot was changed. */
static void hotplug_works_after_error_recovery(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	KUNIT_ASSERT_EQ(test, pci_save_state(port->pdev), 0);
	enable(port);
	power_off(port);
	port->ctrl->state = ON_STATE;

	recover(port);

	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, ENABLES);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_PCC,
			PCI_EXP_SLTCTL_PWR_OFF);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	expect_slot_checked(test, port);
	expect_hotplug_works(test, port);
}

/* Whether it had a card before, nobody knows. */
static void recovery_leaves_slot_with_button_off(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, pci_save_state(port->pdev), 0);
	enable(port);
	recover(port);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
}

/* Without a button, it is known whether the slot was empty. */
static void recovery_finds_card_in_slot_without_button(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, pci_save_state(port->pdev), 0);
	port->ctrl->slot_cap &= ~PCI_EXP_SLTCAP_ABP;
	enable(port);
	power_off(port);

	/* as if somebody had turned it off */
	pciehp_handle_disable_request(port->ctrl);
	recover(port);
	KUNIT_EXPECT_EQ(test, pending(port), 0);

	/* The card is pulled, and comes back meanwhile. */
	fake_port_set(port, PCI_EXP_SLTSTA, 0);
	fake_port_set(port, PCI_EXP_LNKSTA, 0);
	pciehp_handle_presence_or_link_change(port->ctrl, PCI_EXP_SLTSTA_PDC);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS);
	recover(port);
	KUNIT_EXPECT_NE(test, pending(port), 0);
}

/*
 * A slot that is off although nobody has asked for it may have a card that is
 * to be turned on.
 */
static void reset_finds_card_that_failed(struct kunit *test)
{
	struct fake_port *port = test->priv;
	struct controller *ctrl = port->ctrl;

	ctrl->slot_cap &= ~PCI_EXP_SLTCAP_ABP;
	/* with its latch open, a slot cannot be turned on */
	ctrl->slot_cap |= PCI_EXP_SLTCAP_MRLSP;
	enable(port);
	power_off(port);
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_MRLSS);
	pciehp_handle_presence_or_link_change(ctrl, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, ctrl->state, OFF_STATE);

	pciehp_reset_prepare(&port->pcie);
	fake_port_event(port, PCI_EXP_SLTSTA_CC);
	pciehp_reset_done(&port->pcie);
	KUNIT_EXPECT_NE(test, pending(port), 0);
}

/* The thread turns the slot off, and then cannot see the card that has come. */
static void reset_finds_card_that_thread_missed(struct kunit *test)
{
	struct fake_port *port = test->priv;
	struct controller *ctrl = port->ctrl;

	ctrl->slot_cap &= ~PCI_EXP_SLTCAP_ABP;
	enable(port);
	power_off(port);
	ctrl->state = ON_STATE;

	pciehp_reset_prepare(&port->pcie);
	port->absent = true;
	pciehp_handle_presence_or_link_change(ctrl, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, ctrl->state, OFF_STATE);
	port->absent = false;
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_CC);
	pciehp_reset_done(&port->pcie);
	KUNIT_EXPECT_NE(test, pending(port), 0);
}

/* The reset has ended the command, and cleared the event if it had completed. */
static void recovery_awaits_no_completion(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	KUNIT_ASSERT_EQ(test, pci_save_state(port->pdev), 0);
	enable(port);
	command_issued(port, 0);

	recover(port);

	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	expect_hotplug_works(test, port);
}

/* as on suspend and resume */
static void interrupt_disabled_and_enabled(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	pcie_disable_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, port->ctrl->notification,
			PCI_EXP_SLTCTL_ABPE | PCI_EXP_SLTCTL_CCIE);
	pcie_enable_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, port->ctrl->notification, ENABLES);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	expect_hotplug_works(test, port);
}

static struct kunit_case reset_cases[] = {
	KUNIT_CASE(rearm_consumes_completion),
	KUNIT_CASE(rearm_waits_for_completion),
	KUNIT_CASE(rearm_finds_unsignaled_event),
	KUNIT_CASE(rearm_ignores_link_changes_of_reset),
	KUNIT_CASE(rearm_keeps_out_of_band_presence_change),
	KUNIT_CASE(rearm_handles_signaled_event),
	KUNIT_CASE(rearm_without_completions),
	KUNIT_CASE(rearm_leaves_events_to_polling),
	KUNIT_CASE(hotplug_works_after_bus_reset),
	KUNIT_CASE(hotplug_works_after_command_during_reset),
	KUNIT_CASE(reset_looks_after_slot),
	KUNIT_CASE(reset_finds_card_in_slot_without_button),
	KUNIT_CASE(reset_finds_card_that_failed),
	KUNIT_CASE(reset_finds_card_that_thread_missed),
	KUNIT_CASE(hotplug_works_after_error_recovery),
	KUNIT_CASE(recovery_leaves_slot_with_button_off),
	KUNIT_CASE(recovery_finds_card_in_slot_without_button),
	KUNIT_CASE(recovery_awaits_no_completion),
	KUNIT_CASE(interrupt_disabled_and_enabled),
	{}
};

static struct kunit_suite reset_suite = {
	.name = "pciehp_reset",
	.init = pciehp_test_init,
	.exit = pciehp_test_exit,
	.test_cases = reset_cases,
};

kunit_test_suite(reset_suite);
