// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of link changes by a reset, which the driver ignores */

#include <kunit/test.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/pci.h>
#include <linux/rwsem.h>

#include "../pciehp.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

/* The link needs this long to come up again after a reset. */
#define LINK_UP_MSECS		100

static void add_card(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	port->card->d3cold_delay = LINK_UP_MSECS;
}

static void thread_ignores_link_changes_of_reset(struct kunit *test)
{
	static const u8 states[] = { ON_STATE, BLINKINGOFF_STATE };
	struct fake_port *port = test->priv;

	add_card(test);
	enable(port);
	for (int i = 0; i < ARRAY_SIZE(states); i++) {
		forget_messages(port);
		expect_card_kept(test, states[i],
				 CHECK_SLOT | PCI_EXP_SLTSTA_DLLSC |
				 PCI_EXP_SLTSTA_PDC);
		expect_said(test, "Link Down/Up ignored", true);
	}
}

/* In polling mode, no handler has cleared them. */
static void polling_clears_link_changes_of_reset(struct kunit *test)
{
	struct fake_port *port = test->priv;

	poll_for_events(test);
	add_card(test);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS | CHANGES);
	expect_card_kept(test, ON_STATE, CHECK_SLOT | PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
}

static void change_link_later(struct fake_port *port)
{
	atomic_or(PCI_EXP_SLTSTA_DLLSC, &port->ctrl->pending_events);
}

/* They may come until the link has had time to come up again. */
static void thread_ignores_late_link_changes(struct kunit *test)
{
	struct fake_port *port = test->priv;

	add_card(test);
	enable(port);
	fake_port_call_later(port, change_link_later, LINK_UP_MSECS / 2);
	expect_card_kept(test, ON_STATE, CHECK_SLOT | PCI_EXP_SLTSTA_DLLSC);
	expect_said(test, "Link Down/Up ignored", true);
	flush_delayed_work(&port->later);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
}

/* A link change is ignored only after a reset. */
static void button_press_is_no_link_change(struct kunit *test)
{
	struct fake_port *port = test->priv;

	add_card(test);
	enable(port);
	port->ctrl->state = ON_STATE;
	run_thread(port, PCI_EXP_SLTSTA_ABP);
	expect_said(test, "Link Down/Up ignored", false);
	cancel_delayed_work_sync(&port->ctrl->button_work);
}

/* The card is inaccessible until the link is up again. */
static void disable_request_waits_for_end_of_reset(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	begin_on(test);
	port->card->d3cold_delay = LINK_UP_MSECS;
	KUNIT_EXPECT_EQ(test, run_thread(port, CHECK_SLOT | DISABLE_SLOT),
			IRQ_HANDLED);
	KUNIT_EXPECT_GE(test, msecs_since(start), LINK_UP_MSECS);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
}

/* The port does not signal them meanwhile. */
static void reset_of_slot_is_ignored(struct kunit *test)
{
	struct fake_port *port = test->priv;
	struct hotplug_slot *slot = &port->ctrl->hotplug_slot;

	KUNIT_EXPECT_EQ(test, pciehp_reset_slot(slot, true), 0);
	KUNIT_EXPECT_EQ(test, port->bus_resets, 0);

	enable(port);
	port->pdev->block_cfg_access = 1;
	KUNIT_EXPECT_EQ(test, pciehp_reset_slot(slot, false), 0);
	KUNIT_EXPECT_EQ(test, port->bus_resets, 1);
	KUNIT_EXPECT_EQ(test, port->ignored_resets, 1);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, ENABLES);
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&port->ctrl->reset_lock));
}

/* The check of the slot, for which there is no event */

static void restore_requests_look_at_slot(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	fake_port_reset(port);
	fake_port_restore(port);
	KUNIT_EXPECT_EQ(test, pending(port), CHECK_SLOT);
}

/* The port was not reset, but is resuming. */
static void restore_requests_nothing_else(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	pcie_disable_interrupt(port->ctrl);
	fake_port_reset(port);
	fake_port_restore(port);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
}

static struct kunit_case link_change_cases[] = {
	KUNIT_CASE(thread_ignores_link_changes_of_reset),
	KUNIT_CASE(polling_clears_link_changes_of_reset),
	KUNIT_CASE(thread_ignores_late_link_changes),
	KUNIT_CASE(button_press_is_no_link_change),
	KUNIT_CASE(disable_request_waits_for_end_of_reset),
	KUNIT_CASE(reset_of_slot_is_ignored),
	KUNIT_CASE(restore_requests_look_at_slot),
	KUNIT_CASE(restore_requests_nothing_else),
	{}
};

static struct kunit_suite link_change_suite = {
	.name = "pciehp_link_change",
	.init = pciehp_test_init,
	.exit = pciehp_test_exit,
	.test_cases = link_change_cases,
};

kunit_test_suite(link_change_suite);
