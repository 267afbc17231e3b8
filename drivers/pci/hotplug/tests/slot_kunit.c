// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the states of a PCIe hotplug slot, and what changes them */

#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/pci.h>

#include "../../pci.h"
#include "../pciehp.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

static bool is_powered(struct fake_port *port)
{
	return (slot_ctrl(port) & PCI_EXP_SLTCTL_PCC) == PCI_EXP_SLTCTL_PWR_ON;
}

static bool is_blinking_timed(struct fake_port *port)
{
	return delayed_work_pending(&port->ctrl->button_work);
}

static void set_state(struct fake_port *port, u8 state)
{
	cancel_delayed_work_sync(&port->ctrl->button_work);
	port->ctrl->state = state;
	if (state == BLINKINGON_STATE || state == BLINKINGOFF_STATE)
		schedule_delayed_work(&port->ctrl->button_work, 5 * HZ);
}

/* The slot is off, and has a card that the kernel knows. */
static void begin_off(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	/* Otherwise the driver does not look at the link, but waits for 1 s. */
	port->pdev->link_active_reporting = 1;
	set_card(port, true, true);
	enable(port);
	pcie_do_write_cmd(port->ctrl,
			  PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF |
			  PCI_EXP_SLTCTL_ATTN_IND_BLINK,
			  PCI_EXP_SLTCTL_PCC | INDICATORS, false);
	set_state(port, OFF_STATE);
}

/* The slot is on.  Without power control, turning it off takes no second. */
static void begin_on(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	port->ctrl->slot_cap &= ~PCI_EXP_SLTCAP_PCP;
	enable(port);
	set_state(port, ON_STATE);
}

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
		forget_messages(port);
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
		expect_said(test, "will power off in 5 sec", i == 0);
		expect_said(test, "will power on in 5 sec", i == 1);
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
		forget_messages(port);
		pciehp_set_indicators(port->ctrl, PCI_EXP_SLTCTL_PWR_IND_BLINK,
				      PCI_EXP_SLTCTL_ATTN_IND_ON);
		set_state(port, slots[i].blinking);
		pciehp_handle_button_press(port->ctrl);
		KUNIT_EXPECT_EQ(test, port->ctrl->state, slots[i].state);
		KUNIT_EXPECT_EQ(test, indicators(port), slots[i].indicator |
				PCI_EXP_SLTCTL_ATTN_IND_OFF);
		KUNIT_EXPECT_FALSE(test, is_blinking_timed(port));
		expect_said(test, "canceling request to power off", i == 0);
		expect_said(test, "canceling request to power on", i == 1);
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
	expect_said(test, "Button press: ignoring", true);
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

/* A slot that is turned on */

static void occupied_slot_is_turned_on(struct kunit *test)
{
	static const u8 states[] = { OFF_STATE, BLINKINGON_STATE };
	struct fake_port *port = test->priv;
	struct controller *ctrl = port->ctrl;

	begin_off(test);
	for (int i = 0; i < ARRAY_SIZE(states); i++) {
		pcie_do_write_cmd(ctrl, PCI_EXP_SLTCTL_PWR_OFF |
				  PCI_EXP_SLTCTL_PWR_IND_OFF |
				  PCI_EXP_SLTCTL_ATTN_IND_ON,
				  PCI_EXP_SLTCTL_PCC | INDICATORS, false);
		set_state(port, states[i]);
		ctrl->request_result = -EINVAL;
		ctrl->keep_off = true;
		ctrl->power_fault_detected = true;
		fake_port_set(port, PCI_EXP_LNKCTL, PCI_EXP_LNKCTL_LD);
		fake_port_set(port, PCI_EXP_SLTSTA,
			      PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_PFD);
		run_thread(port, PCI_EXP_SLTSTA_PDC);
		KUNIT_EXPECT_EQ(test, ctrl->state, ON_STATE);
		KUNIT_EXPECT_EQ(test, ctrl->request_result, 0);
		KUNIT_EXPECT_TRUE(test, is_powered(port));
		KUNIT_EXPECT_EQ(test, indicators(port),
				PCI_EXP_SLTCTL_PWR_IND_ON |
				PCI_EXP_SLTCTL_ATTN_IND_OFF);
		KUNIT_EXPECT_FALSE(test, is_blinking_timed(port));
		KUNIT_EXPECT_FALSE(test, ctrl->keep_off);
		KUNIT_EXPECT_FALSE(test, ctrl->power_fault_detected);
		KUNIT_EXPECT_EQ(test, fake_port_get(port, PCI_EXP_LNKCTL), 0);
		KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
		KUNIT_EXPECT_EQ(test, port->state, POWERON_STATE);
		KUNIT_EXPECT_TRUE(test, port->locked);
		KUNIT_EXPECT_EQ(test, kref_read(&port->card->dev.kobj.kref), 1);
	}
}

/* Presence or the link alone may be broken, so either is enough. */
static void slot_needs_presence_or_link(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	enable(port);
	for (int i = 0; i < 4; i++) {
		forget_messages(port);
		set_state(port, OFF_STATE);
		set_card(port, i & 1, i & 2);
		/* The power is already on. */
		run_thread(port, PCI_EXP_SLTSTA_PDC);
		KUNIT_EXPECT_EQ(test, port->ctrl->state,
				i ? ON_STATE : OFF_STATE);
		expect_said(test, "Card present", i & 1);
		expect_said(test, "Link Up", i & 2);
		expect_said(test, "Already enabled", i);
	}
}

static void changes_ignored_while_changing(struct kunit *test)
{
	static const u8 states[] = { POWERON_STATE, POWEROFF_STATE };
	struct fake_port *port = test->priv;

	enable(port);
	port->commands = 0;
	for (int i = 0; i < ARRAY_SIZE(states); i++) {
		set_state(port, states[i]);
		run_thread(port, PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_DLLSC);
		KUNIT_EXPECT_EQ(test, port->ctrl->state, states[i]);
	}
	KUNIT_EXPECT_EQ(test, port->commands, 0);
}

static void slot_stays_off_with_open_latch(struct kunit *test)
{
	struct fake_port *port = test->priv;

	begin_off(test);
	port->ctrl->slot_cap |= PCI_EXP_SLTCAP_MRLSP;
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_MRLSS);
	pciehp_set_indicators(port->ctrl, PCI_EXP_SLTCTL_PWR_IND_BLINK,
			      INDICATOR_NOOP);
	run_thread(port, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);
	KUNIT_EXPECT_EQ(test, port->ctrl->request_result, -ENODEV);
	KUNIT_EXPECT_FALSE(test, is_powered(port));
	KUNIT_EXPECT_EQ(test, indicators(port), PCI_EXP_SLTCTL_PWR_IND_OFF |
			PCI_EXP_SLTCTL_ATTN_IND_BLINK);
	expect_said(test, "Latch open", true);

	/* Without a button, the indicator has not been blinking. */
	port->ctrl->slot_cap &= ~PCI_EXP_SLTCAP_ABP;
	port->commands = 0;
	run_thread(port, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, port->commands, 0);

	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS);
	run_thread(port, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, ON_STATE);
}

static void expect_failed(struct kunit *test, int error, const char *message)
{
	struct fake_port *port = test->priv;

	forget_messages(port);
	port->ctrl->slot_cap &= ~PCI_EXP_SLTCAP_PCP;
	run_thread(port, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);
	KUNIT_EXPECT_EQ(test, port->ctrl->request_result, error);
	KUNIT_EXPECT_EQ(test, indicators(port), PCI_EXP_SLTCTL_PWR_IND_OFF |
			PCI_EXP_SLTCTL_ATTN_IND_ON);
	expect_said(test, message, true);
}

static void slot_stays_off_if_link_fails(struct kunit *test)
{
	static const u16 link_status[] = {
		PCI_EXP_LNKSTA_DLLLA,
		PCI_EXP_LNKSTA_DLLLA | PCI_EXP_LNKSTA_NLW_X1 |
		PCI_EXP_LNKSTA_LT,
	};
	struct fake_port *port = test->priv;

	begin_off(test);
	for (int i = 0; i < ARRAY_SIZE(link_status); i++) {
		fake_port_set(port, PCI_EXP_LNKSTA, link_status[i]);
		expect_failed(test, -1, "Cannot train link");
	}
}

static void answer(struct fake_port *port)
{
	port->card_id = PCI_VENDOR_ID_REDHAT;
}

/* A card has 1 s to answer. */
static void slot_stays_off_if_card_does_not_answer(struct kunit *test)
{
	struct fake_port *port = test->priv;

	begin_off(test);
	port->card_id = ~0;
	expect_failed(test, -1, "No device found");

	fake_port_call_later(port, answer, 300);
	run_thread(port, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, ON_STATE);
	flush_delayed_work(&port->later);
}

static void slot_stays_off_after_power_fault(struct kunit *test)
{
	struct fake_port *port = test->priv;

	begin_off(test);
	port->ctrl->power_fault_detected = true;
	expect_failed(test, -EIO, "Power fault");

	port->ctrl->power_fault_detected = false;
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_PFD);
	expect_failed(test, -EIO, "Power fault");
}

static void power_fault_is_indicated(struct kunit *test)
{
	struct fake_port *port = test->priv;

	begin_off(test);
	run_thread(port, PCI_EXP_SLTSTA_PFD);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);
	KUNIT_EXPECT_EQ(test, indicators(port), PCI_EXP_SLTCTL_PWR_IND_OFF |
			PCI_EXP_SLTCTL_ATTN_IND_ON);
	expect_said(test, "Power fault", true);
}

/* What occurs until the card has answered belongs to its insertion. */
static void changes_until_card_answers_are_ignored(struct kunit *test)
{
	struct fake_port *port = test->priv;

	begin_off(test);
	atomic_set(&port->ctrl->pending_events, PCI_EXP_SLTSTA_PDC |
		   PCI_EXP_SLTSTA_DLLSC | PCI_EXP_SLTSTA_ABP);
	KUNIT_EXPECT_EQ(test, pciehp_check_link_status(port->ctrl), 0);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_ABP);
}

static void become_present(struct fake_port *port)
{
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS);
}

static void presence_awaited_if_out_of_band(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start;

	begin_off(test);
	start = jiffies;
	KUNIT_EXPECT_EQ(test, pciehp_check_link_status(port->ctrl), 0);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);

	port->ctrl->inband_presence_disabled = 1;
	start = jiffies;
	KUNIT_EXPECT_EQ(test, pciehp_check_link_status(port->ctrl), 0);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);

	start = jiffies;
	fake_port_set(port, PCI_EXP_SLTSTA, 0);
	fake_port_call_later(port, become_present, 400);
	KUNIT_EXPECT_EQ(test, pciehp_check_link_status(port->ctrl), 0);
	KUNIT_EXPECT_GE(test, msecs_since(start), 400);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);

	start = jiffies;
	fake_port_set(port, PCI_EXP_SLTSTA, 0);
	KUNIT_EXPECT_EQ(test, pciehp_check_link_status(port->ctrl), 0);
	KUNIT_EXPECT_GE(test, msecs_since(start), 1250);
	KUNIT_EXPECT_LT(test, msecs_since(start), 3000);
}

/* A slot that is turned off */

static void vanished_card_is_removed(struct kunit *test)
{
	static const u8 states[] = { ON_STATE, BLINKINGOFF_STATE };
	static const u32 events[] = { PCI_EXP_SLTSTA_PDC, PCI_EXP_SLTSTA_DLLSC };
	struct fake_port *port = test->priv;

	begin_on(test);
	set_card(port, false, false);
	for (int i = 0; i < ARRAY_SIZE(states) * ARRAY_SIZE(events); i++) {
		pciehp_set_indicators(port->ctrl, PCI_EXP_SLTCTL_PWR_IND_ON,
				      PCI_EXP_SLTCTL_ATTN_IND_BLINK);
		set_state(port, states[i % 2]);
		port->card->error_state = pci_channel_io_normal;
		port->ctrl->keep_off = true;
		forget_messages(port);
		run_thread(port, events[i / 2]);
		KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);
		KUNIT_EXPECT_EQ(test, indicators(port),
				PCI_EXP_SLTCTL_PWR_IND_OFF |
				PCI_EXP_SLTCTL_ATTN_IND_BLINK);
		KUNIT_EXPECT_FALSE(test, is_blinking_timed(port));
		KUNIT_EXPECT_FALSE(test, port->ctrl->keep_off);
		KUNIT_EXPECT_TRUE(test, pci_dev_is_disconnected(port->card));
		KUNIT_EXPECT_EQ(test, kref_read(&port->card->dev.kobj.kref), 1);
		KUNIT_EXPECT_EQ(test, port->state, POWEROFF_STATE);
		expect_said(test, "Card not present", i / 2 == 0);
		expect_said(test, "Link Down", i / 2 == 1);
	}
}

/* The other request was to turn on what is not there. */
static void blinking_ends_without_card(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	set_card(port, false, false);
	pciehp_set_indicators(port->ctrl, PCI_EXP_SLTCTL_PWR_IND_BLINK,
			      PCI_EXP_SLTCTL_ATTN_IND_BLINK);
	set_state(port, BLINKINGON_STATE);
	run_thread(port, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);
	KUNIT_EXPECT_EQ(test, indicators(port), PCI_EXP_SLTCTL_PWR_IND_OFF |
			PCI_EXP_SLTCTL_ATTN_IND_BLINK);
	KUNIT_EXPECT_FALSE(test, is_blinking_timed(port));
	expect_said(test, "Card not present", true);

	port->commands = 0;
	run_thread(port, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, port->commands, 0);
}

static void disable_request_turns_slot_off(struct kunit *test)
{
	static const u8 states[] = {
		ON_STATE, BLINKINGOFF_STATE, BLINKINGON_STATE,
	};
	struct fake_port *port = test->priv;

	begin_on(test);
	for (int i = 0; i < ARRAY_SIZE(states); i++) {
		pciehp_set_indicators(port->ctrl, PCI_EXP_SLTCTL_PWR_IND_ON,
				      PCI_EXP_SLTCTL_ATTN_IND_BLINK);
		set_state(port, states[i]);
		set_card(port, i != 1, false);
		port->ctrl->request_result = -EINVAL;
		run_thread(port, DISABLE_SLOT);
		KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);
		KUNIT_EXPECT_EQ(test, port->ctrl->request_result, 0);
		KUNIT_EXPECT_EQ(test, indicators(port),
				PCI_EXP_SLTCTL_PWR_IND_OFF |
				PCI_EXP_SLTCTL_ATTN_IND_BLINK);
		KUNIT_EXPECT_FALSE(test, is_blinking_timed(port));
		KUNIT_EXPECT_EQ(test, port->ctrl->keep_off, i != 1);
		KUNIT_EXPECT_EQ(test, port->state, POWEROFF_STATE);
		KUNIT_EXPECT_FALSE(test, pci_dev_is_disconnected(port->card));
	}
}

static void disable_request_for_slot_that_is_off(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	enable(port);
	power_off(port);
	set_state(port, ON_STATE);
	run_thread(port, DISABLE_SLOT);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);
	KUNIT_EXPECT_EQ(test, port->ctrl->request_result, -EINVAL);
	expect_said(test, "Already disabled", true);

	/* If something else has turned it off, the card is not quiesced. */
	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	set_state(port, ON_STATE);
	run_thread(port, DISABLE_SLOT);
	KUNIT_EXPECT_EQ(test, port->ctrl->request_result, 0);
	KUNIT_EXPECT_TRUE(test, pci_dev_is_disconnected(port->card));
	/* So long, nothing may rely on the power being off. */
	KUNIT_EXPECT_GE(test, msecs_since(start), 1000);
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
		expect_said(test, why_enabled[i], true);
		forget_messages(port);
		port->ctrl->state = disabled[i];
		KUNIT_EXPECT_EQ(test, pciehp_sysfs_disable_slot(slot), -ENODEV);
		expect_said(test, why_disabled[i], true);
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
	KUNIT_CASE(end_of_blinking_requests),
	KUNIT_CASE(occupied_slot_is_turned_on),
	KUNIT_CASE(slot_needs_presence_or_link),
	KUNIT_CASE(changes_ignored_while_changing),
	KUNIT_CASE(slot_stays_off_with_open_latch),
	KUNIT_CASE(slot_stays_off_if_link_fails),
	KUNIT_CASE(slot_stays_off_if_card_does_not_answer),
	KUNIT_CASE(slot_stays_off_after_power_fault),
	KUNIT_CASE(power_fault_is_indicated),
	KUNIT_CASE(changes_until_card_answers_are_ignored),
	KUNIT_CASE(presence_awaited_if_out_of_band),
	KUNIT_CASE(vanished_card_is_removed),
	KUNIT_CASE(blinking_ends_without_card),
	KUNIT_CASE(disable_request_turns_slot_off),
	KUNIT_CASE(disable_request_for_slot_that_is_off),
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
