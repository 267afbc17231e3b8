// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the Attention Button, and of requests by sysfs */

#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "../pciehp.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

/* The Attention Button */

static void button_press_starts_blinking(struct kunit *test)
{
	static const u8 states[][2] = {
		{ ON_STATE, BLINKINGOFF_STATE },
		{ OFF_STATE, BLINKINGON_STATE },
	};
	struct fake_port *port = test->priv;
	struct controller *ctrl = port->ctrl;

	enable(port);
	for (int i = 0; i < ARRAY_SIZE(states); i++) {
		pciehp_set_indicators(ctrl, PCI_EXP_SLTCTL_PWR_IND_ON,
				      PCI_EXP_SLTCTL_ATTN_IND_ON);
		set_state(port, states[i][0]);
		pciehp_handle_button_press(ctrl);
		KUNIT_EXPECT_EQ(test, ctrl->state, states[i][1]);
		KUNIT_EXPECT_EQ(test, indicators(port),
				PCI_EXP_SLTCTL_PWR_IND_BLINK |
				PCI_EXP_SLTCTL_ATTN_IND_OFF);
		KUNIT_EXPECT_TRUE(test, is_blinking_timed(port));
		KUNIT_EXPECT_LE(test, ctrl->button_work.timer.expires - jiffies,
				5 * HZ + 1);
		KUNIT_EXPECT_GE(test, ctrl->button_work.timer.expires - jiffies,
				5 * HZ - HZ / 10);
	}
}

static void second_button_press_cancels(struct kunit *test)
{
	static const struct {
		u8 blinking;
		u8 state;
		u16 indicator;
	} slots[] = {
		{ BLINKINGOFF_STATE, ON_STATE, PCI_EXP_SLTCTL_PWR_IND_ON },
		{ BLINKINGON_STATE, OFF_STATE, PCI_EXP_SLTCTL_PWR_IND_OFF },
	};
	struct fake_port *port = test->priv;

	enable(port);
	for (int i = 0; i < ARRAY_SIZE(slots); i++) {
		pciehp_set_indicators(port->ctrl, PCI_EXP_SLTCTL_PWR_IND_BLINK,
				      PCI_EXP_SLTCTL_ATTN_IND_ON);
		set_state(port, slots[i].blinking);
		pciehp_handle_button_press(port->ctrl);
		KUNIT_EXPECT_EQ(test, port->ctrl->state, slots[i].state);
		KUNIT_EXPECT_EQ(test, indicators(port), slots[i].indicator |
				PCI_EXP_SLTCTL_ATTN_IND_OFF);
		KUNIT_EXPECT_FALSE(test, is_blinking_timed(port));
	}
}

static void button_press_ignored_while_changing(struct kunit *test)
{
	static const u8 states[] = { POWERON_STATE, POWEROFF_STATE };
	struct fake_port *port = test->priv;

	enable(port);
	port->commands = 0;
	for (int i = 0; i < ARRAY_SIZE(states); i++) {
		set_state(port, states[i]);
		pciehp_handle_button_press(port->ctrl);
		KUNIT_EXPECT_EQ(test, port->ctrl->state, states[i]);
		KUNIT_EXPECT_FALSE(test, is_blinking_timed(port));
	}
	KUNIT_EXPECT_EQ(test, port->commands, 0);
}

static void button_press_is_told(struct kunit *test)
{
	static const struct {
		u8 state;
		const char *told;
	} slots[] = {
		{ ON_STATE, "Button press: will power off in 5 sec" },
		{ OFF_STATE, "Button press: will power on in 5 sec" },
		{ BLINKINGOFF_STATE, "Button press: canceling request to power off" },
		{ BLINKINGON_STATE, "Button press: canceling request to power on" },
		{ POWERON_STATE, "Button press: ignoring invalid state" },
	};
	struct fake_port *port = test->priv;

	enable(port);
	for (int i = 0; i < ARRAY_SIZE(slots); i++) {
		forget_messages(port);
		set_state(port, slots[i].state);
		pciehp_handle_button_press(port->ctrl);
		for (int j = 0; j < ARRAY_SIZE(slots); j++)
			expect_said(test, slots[j].told, i == j);
	}
}

static void end_of_blinking_requests(struct kunit *test)
{
	static const struct {
		u8 state;
		int request;
	} slots[] = {
		{ OFF_STATE, 0 },
		{ BLINKINGON_STATE, PCI_EXP_SLTSTA_PDC },
		{ BLINKINGOFF_STATE, DISABLE_SLOT },
		{ POWERON_STATE, 0 },
		{ POWEROFF_STATE, 0 },
		{ ON_STATE, 0 },
	};
	struct fake_port *port = test->priv;

	for (int i = 0; i < ARRAY_SIZE(slots); i++) {
		atomic_set(&port->ctrl->pending_events, 0);
		port->ctrl->state = slots[i].state;
		pciehp_queue_pushbutton_work(&port->ctrl->button_work.work);
		KUNIT_EXPECT_EQ(test, pending(port), slots[i].request);
		KUNIT_EXPECT_EQ(test, port->ctrl->state, slots[i].state);
	}
}

/* Requests by sysfs */

static void sysfs_requests_refused(struct kunit *test)
{
	static const u8 enabled[] = {
		POWERON_STATE, BLINKINGOFF_STATE, ON_STATE, POWEROFF_STATE, 77,
	};
	static const char *const why_enabled[] = {
		"Already in powering on state", "Already enabled",
		"Already enabled", "Already enabled", "Invalid state 0x4d",
	};
	static const u8 disabled[] = {
		POWEROFF_STATE, BLINKINGON_STATE, OFF_STATE, POWERON_STATE, 77,
	};
	static const char *const why_disabled[] = {
		"Already in powering off state", "Already disabled",
		"Already disabled", "Already disabled", "Invalid state 0x4d",
	};
	struct fake_port *port = test->priv;
	struct hotplug_slot *slot = &port->ctrl->hotplug_slot;

	for (int i = 0; i < ARRAY_SIZE(enabled); i++) {
		forget_messages(port);
		port->ctrl->state = enabled[i];
		KUNIT_EXPECT_EQ(test, pciehp_sysfs_enable_slot(slot), -ENODEV);
		expect_said(test, "Invalid state", enabled[i] == 77);
		for (int j = 0; j < ARRAY_SIZE(enabled); j++)
			expect_said(test, why_enabled[j],
				    !strcmp(why_enabled[j], why_enabled[i]));
		forget_messages(port);
		port->ctrl->state = disabled[i];
		KUNIT_EXPECT_EQ(test, pciehp_sysfs_disable_slot(slot), -ENODEV);
		expect_said(test, "Invalid state", disabled[i] == 77);
		for (int j = 0; j < ARRAY_SIZE(disabled); j++)
			expect_said(test, why_disabled[j],
				    !strcmp(why_disabled[j], why_disabled[i]));
		expect_said(test, "Slot(kunit)", true);
		KUNIT_EXPECT_FALSE(test, mutex_is_locked(&port->ctrl->state_lock));
		KUNIT_EXPECT_EQ(test, port->ctrl->state, disabled[i]);
		KUNIT_EXPECT_EQ(test, pending(port), 0);
	}
}

static void sysfs_request_waits_for_thread(struct kunit *test)
{
	struct fake_port *port = test->priv;
	struct hotplug_slot *slot = &port->ctrl->hotplug_slot;

	begin_on(test);
	fake_port_call_later(port, call_thread, 50);
	KUNIT_EXPECT_EQ(test, pciehp_sysfs_disable_slot(slot), 0);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);

	port->ctrl->slot_cap |= PCI_EXP_SLTCAP_PCP;
	fake_port_call_later(port, call_thread, 50);
	KUNIT_EXPECT_EQ(test, pciehp_sysfs_enable_slot(slot), 0);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, ON_STATE);

	/* The thread does nothing if the card has gone meanwhile. */
	set_state(port, OFF_STATE);
	set_card(port, false, false);
	fake_port_call_later(port, call_thread, 50);
	KUNIT_EXPECT_EQ(test, pciehp_sysfs_enable_slot(slot), -ENODEV);
	flush_delayed_work(&port->later);
}

static struct kunit_case slot_cases[] = {
	KUNIT_CASE(button_press_starts_blinking),
	KUNIT_CASE(second_button_press_cancels),
	KUNIT_CASE(button_press_ignored_while_changing),
	KUNIT_CASE(button_press_is_told),
	KUNIT_CASE(end_of_blinking_requests),
	KUNIT_CASE(sysfs_requests_refused),
	KUNIT_CASE(sysfs_request_waits_for_thread),
	{}
};

static struct kunit_suite slot_suite = {
	.name = "pciehp_slot",
	.init = pciehp_test_init,
	.exit = pciehp_test_exit,
	.test_cases = slot_cases,
};

kunit_test_suite(slot_suite);
