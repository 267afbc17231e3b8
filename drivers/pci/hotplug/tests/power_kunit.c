// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of how the PCIe hotplug driver turns a slot on and off */

#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/pci.h>
#include <linux/rwsem.h>

#include "../pciehp.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

static bool is_powered(struct fake_port *port)
{
	return (slot_ctrl(port) & PCI_EXP_SLTCTL_PCC) == PCI_EXP_SLTCTL_PWR_ON;
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
		port->blinked = false;
		fake_port_set(port, PCI_EXP_LNKCTL, PCI_EXP_LNKCTL_LD);
		fake_port_set(port, PCI_EXP_SLTSTA,
			      PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_PFD);
		run_thread(port, PCI_EXP_SLTSTA_PDC);
		KUNIT_EXPECT_EQ(test, ctrl->state, ON_STATE);
		KUNIT_EXPECT_EQ(test, ctrl->request_result, 0);
		KUNIT_EXPECT_TRUE(test, is_powered(port));
		KUNIT_EXPECT_TRUE(test, port->blinked);
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
		expect_said(test, "Can not enable the link", false);
	}
	/* The kernel has known the card before. */
	down_read(&ctrl->reset_lock);
	KUNIT_EXPECT_EQ(test, pciehp_configure_device(ctrl), -EEXIST);
	up_read(&ctrl->reset_lock);
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
		run_thread(port, CHANGES);
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

	/* Without a sensor, the bit means nothing. */
	port->ctrl->slot_cap &= ~PCI_EXP_SLTCAP_MRLSP;
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_MRLSS);
	set_state(port, OFF_STATE);
	power_off(port);
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
	unsigned long start;

	begin_off(test);
	/* With a button, the indicator would be turned off in any case. */
	port->ctrl->slot_cap &= ~PCI_EXP_SLTCAP_ABP;
	for (int i = 0; i < ARRAY_SIZE(link_status); i++) {
		start = jiffies;
		fake_port_set(port, PCI_EXP_LNKSTA, link_status[i]);
		expect_failed(test, -1, "Cannot train link");
		KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	}

	fake_port_set(port, PCI_EXP_LNKSTA, 0);
	expect_failed(test, -1, "No link");
	expect_said(test, "Cannot train link", false);
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

static void slot_stays_off_if_card_vanishes(struct kunit *test)
{
	struct fake_port *port = test->priv;

	begin_off(test);
	list_del_init(&port->card->bus_list);
	port->card_reads = 1;
	expect_failed(test, -ENODEV, "No new device found");
	expect_said(test, "Cannot add device", true);
}

/* Only after 1 s, software may rely on the power being off. */
static void failed_slot_is_powered_off(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start;

	begin_off(test);
	fake_port_set(port, PCI_EXP_LNKSTA, PCI_EXP_LNKSTA_DLLLA);
	start = jiffies;
	run_thread(port, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);
	KUNIT_EXPECT_FALSE(test, is_powered(port));
	KUNIT_EXPECT_GE(test, msecs_since(start), 1000);
}

static void slot_stays_off_after_power_fault(struct kunit *test)
{
	struct fake_port *port = test->priv;

	begin_off(test);
	port->ctrl->power_fault_detected = true;
	expect_failed(test, -EIO, "Power fault");

	/* The handler has not seen this one. */
	pcie_do_write_cmd(port->ctrl, 0, ENABLES, true);
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
	atomic_set(&port->ctrl->pending_events, CHANGES | PCI_EXP_SLTSTA_ABP);
	KUNIT_EXPECT_EQ(test, pciehp_check_link_status(port->ctrl), 0);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_ABP);

	port->card_id = ~0;
	atomic_set(&port->ctrl->pending_events, CHANGES);
	KUNIT_EXPECT_EQ(test, pciehp_check_link_status(port->ctrl), -1);
	KUNIT_EXPECT_EQ(test, pending(port), CHANGES);
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
	fake_port_set(port, PCI_EXP_SLTSTA, 0);
	start = jiffies;
	KUNIT_EXPECT_EQ(test, pciehp_check_link_status(port->ctrl), 0);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);

	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS);
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

	/* Without power control, the bit means nothing. */
	power_off(port);
	set_state(port, ON_STATE);
	run_thread(port, DISABLE_SLOT);
	KUNIT_EXPECT_FALSE(test, pci_dev_is_disconnected(port->card));
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
	/* Only after 1 s, software may rely on the power being off. */
	KUNIT_EXPECT_GE(test, msecs_since(start), 1000);
}

static void change(struct fake_port *port)
{
	fake_port_event(port, CHANGES | PCI_EXP_SLTSTA_ABP);
}

static void changes_by_power_off_are_ignored(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	enable(port);
	set_state(port, ON_STATE);
	/* Turning the power off takes a second. */
	fake_port_call_later(port, change, 100);
	run_thread(port, DISABLE_SLOT);
	flush_delayed_work(&port->later);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_ABP);
	KUNIT_EXPECT_FALSE(test, is_powered(port));
	KUNIT_EXPECT_FALSE(test, pci_dev_is_disconnected(port->card));
}

static struct kunit_case power_cases[] = {
	KUNIT_CASE(occupied_slot_is_turned_on),
	KUNIT_CASE(slot_needs_presence_or_link),
	KUNIT_CASE(changes_ignored_while_changing),
	KUNIT_CASE(slot_stays_off_with_open_latch),
	KUNIT_CASE(slot_stays_off_if_link_fails),
	KUNIT_CASE(slot_stays_off_if_card_does_not_answer),
	KUNIT_CASE(slot_stays_off_if_card_vanishes),
	KUNIT_CASE(failed_slot_is_powered_off),
	KUNIT_CASE(slot_stays_off_after_power_fault),
	KUNIT_CASE(power_fault_is_indicated),
	KUNIT_CASE(changes_until_card_answers_are_ignored),
	KUNIT_CASE(presence_awaited_if_out_of_band),
	KUNIT_CASE(vanished_card_is_removed),
	KUNIT_CASE(blinking_ends_without_card),
	KUNIT_CASE(disable_request_turns_slot_off),
	KUNIT_CASE(disable_request_for_slot_that_is_off),
	KUNIT_CASE(changes_by_power_off_are_ignored),
	{}
};

static struct kunit_suite power_suite = {
	.name = "pciehp_power",
	.init = pciehp_test_init,
	.exit = pciehp_test_exit,
	.test_cases = power_cases,
};

kunit_test_suite(power_suite);
