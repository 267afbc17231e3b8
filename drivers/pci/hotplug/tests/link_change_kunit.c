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

static void thread_ignores_link_changes_of_reset(struct kunit *test)
{
	static const u32 events[] = {
		CHANGES, PCI_EXP_SLTSTA_PDC, PCI_EXP_SLTSTA_DLLSC,
	};
	static const u8 states[] = { ON_STATE, BLINKINGOFF_STATE };
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	enable(port);
	for (int i = 0; i < ARRAY_SIZE(states) * ARRAY_SIZE(events); i++) {
		fake_port_announce_reset(port);
		fake_port_end_reset(port);
		expect_card_kept(test, states[i % ARRAY_SIZE(states)],
				 events[i / ARRAY_SIZE(states)]);
	}

	/* Another card may have come, whose event is not signaled yet. */
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS | CHANGES);
	fake_port_announce_reset(port);
	fake_port_end_reset(port);
	expect_card_kept(test, ON_STATE, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, slot_status(port) & CHANGES, CHANGES);

	/* A slot that was off is turned on. */
	fake_port_announce_reset(port);
	fake_port_end_reset(port);
	set_state(port, OFF_STATE);
	run_thread(port, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, ON_STATE);
}

/* In polling mode, no handler has cleared them. */
static void polling_clears_link_changes_of_reset(struct kunit *test)
{
	struct fake_port *port = test->priv;

	poll_for_events(test);
	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS | CHANGES);
	fake_port_announce_reset(port);
	fake_port_end_reset(port);
	expect_card_kept(test, ON_STATE, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
}

/* The card is inaccessible until the end of the reset. */
static void disable_request_waits_for_end_of_reset(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	begin_on(test);
	fake_port_announce_reset(port);
	fake_port_call_later(port, fake_port_end_reset, 50);
	KUNIT_EXPECT_EQ(test, run_thread(port, DISABLE_SLOT), IRQ_HANDLED);
	KUNIT_EXPECT_GE(test, msecs_since(start), 30);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
	flush_delayed_work(&port->later);
}

static void end_reset_with_link_change(struct fake_port *port)
{
	atomic_or(PCI_EXP_SLTSTA_DLLSC, &port->ctrl->pending_events);
	fake_port_end_reset(port);
}

/* They may come until its end. */
static void thread_ignores_late_link_changes(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	enable(port);
	fake_port_announce_reset(port);
	fake_port_call_later(port, end_reset_with_link_change, 50);
	expect_card_kept(test, ON_STATE, PCI_EXP_SLTSTA_DLLSC);
	expect_said(test, "Link Down/Up ignored", true);
	flush_delayed_work(&port->later);
}

/* Otherwise a later link change of the card would be taken for the reset's. */
static void button_press_is_no_link_change(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	enable(port);
	port->ctrl->state = ON_STATE;
	fake_port_announce_reset(port);
	fake_port_end_reset(port);
	run_thread(port, PCI_EXP_SLTSTA_ABP);
	expect_said(test, "Link Down/Up ignored", false);
	cancel_delayed_work_sync(&port->ctrl->button_work);
}

static void reset_of_slot_is_ignored(struct kunit *test)
{
	struct fake_port *port = test->priv;
	struct hotplug_slot *slot = &port->ctrl->hotplug_slot;

	KUNIT_EXPECT_EQ(test, pciehp_reset_slot(slot, true), 0);
	KUNIT_EXPECT_EQ(test, port->bus_resets, 0);

	port->pdev->block_cfg_access = 1;
	KUNIT_EXPECT_EQ(test, pciehp_reset_slot(slot, false), 0);
	KUNIT_EXPECT_EQ(test, port->bus_resets, 1);
	KUNIT_EXPECT_EQ(test, port->ignored_resets, 1);
	KUNIT_EXPECT_FALSE(test, fake_port_ignores_link_changes(port));
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&port->ctrl->reset_lock));
}

/* The check of the slot, for which there is no event */

static void restore_requests_look_at_slot(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	fake_port_announce_reset(port);
	fake_port_reset(port);
	fake_port_restore(port);
	fake_port_end_reset(port);
	KUNIT_EXPECT_EQ(test, pending(port), CHECK_SLOT);
}

/* The port was not reset, but resumed, for example. */
static void restore_requests_nothing_else(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
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
