// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the thread which handles a PCIe hotplug port's events */

#include <kunit/test.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/rwsem.h>

#include "../pciehp.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

static void empty_slot(struct fake_port *port)
{
	fake_port_set(port, PCI_EXP_SLTSTA, 0);
	fake_port_set(port, PCI_EXP_LNKSTA, 0);
}

static void fill_slot(struct fake_port *port)
{
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS);
	fake_port_set(port, PCI_EXP_LNKSTA, PCI_EXP_LNKSTA_DLLLA);
}

/* Without a power controller, turning the slot off does not wait for 1 s. */
static void remove_power_control(struct fake_port *port)
{
	port->ctrl->slot_cap &= ~PCI_EXP_SLTCAP_PCP;
}

/* If the power is on, a slot in OFF_STATE is turned on without a delay. */
static void add_power_control(struct fake_port *port)
{
	port->ctrl->slot_cap |= PCI_EXP_SLTCAP_PCP;
}

static void thread_handles_nothing(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->commands = 0;
	KUNIT_EXPECT_EQ(test, run_thread(port, 0), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, port->commands, 0);
	KUNIT_EXPECT_FALSE(test, port->ctrl->ist_running);
}

static void thread_handles_button_press(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->ctrl->state = ON_STATE;
	KUNIT_EXPECT_EQ(test, run_thread(port, PCI_EXP_SLTSTA_ABP),
			IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, BLINKINGOFF_STATE);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_PIC,
			PCI_EXP_SLTCTL_PWR_IND_BLINK);
}

/* When the port was inaccessible, the thread calls the handler again. */

static void defer(struct kunit *test, struct fake_port *port)
{
	if (!IS_ENABLED(CONFIG_PM))
		kunit_skip(test, "without CONFIG_PM, no device is suspended");

	enable(port);
	KUNIT_ASSERT_EQ(test, fake_port_suspend_parent(port), 0);
	KUNIT_ASSERT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_ASSERT_EQ(test, pending(port), RERUN_ISR);
}

static void thread_collects_deferred_event(struct kunit *test)
{
	struct fake_port *port = test->priv;

	defer(test, port);
	port->ctrl->state = ON_STATE;
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_ABP);
	KUNIT_EXPECT_EQ(test, ist(port), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, BLINKINGOFF_STATE);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
}

static void thread_tells_if_there_was_an_event(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS);
	KUNIT_EXPECT_EQ(test, run_thread(port, RERUN_ISR), IRQ_NONE);
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_CC);
	KUNIT_EXPECT_EQ(test, run_thread(port, RERUN_ISR), IRQ_HANDLED);
}

/* The thread handles a request even if the handler finds no event. */
static void thread_handles_request_beside_deferred(struct kunit *test)
{
	static const u16 events[] = { 0, PCI_EXP_SLTSTA_CC };
	struct fake_port *port = test->priv;

	remove_power_control(port);
	enable(port);
	for (int i = 0; i < ARRAY_SIZE(events); i++) {
		port->ctrl->state = ON_STATE;
		fake_port_set(port, PCI_EXP_SLTSTA, events[i]);
		KUNIT_EXPECT_EQ(test,
				run_thread(port, RERUN_ISR | DISABLE_SLOT),
				IRQ_HANDLED);
		KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);
		KUNIT_EXPECT_EQ(test, pending(port), 0);
	}
}

/*
 * With threadirqs, a request makes the handler's own thread run meanwhile.  If
 * both threads read Slot Status, one press of the button would count twice.
 */
static void thread_alone_reads_status_of_deferred(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->ctrl->state = ON_STATE;
	port->thread_before_clear = true;
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_ABP);
	KUNIT_EXPECT_EQ(test, run_thread(port, RERUN_ISR), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, port->thread_returned, IRQ_WAKE_THREAD);
	KUNIT_EXPECT_FALSE(test, port->thread_before_clear);
	KUNIT_EXPECT_EQ(test, port->thread_reads, 0);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, BLINKINGOFF_STATE);
}

/* A check of the slot, after a reset whose link changes were not ignored */

static void look_keeps_card_that_stayed(struct kunit *test)
{
	static const u8 states[] = { ON_STATE, BLINKINGOFF_STATE };
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	enable(port);
	for (int i = 0; i < ARRAY_SIZE(states); i++)
		expect_card_kept(test, states[i],
				 CHECK_SLOT | PCI_EXP_SLTSTA_DLLSC);
}

static void look_finds_card_gone(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	enable(port);
	port->ctrl->state = ON_STATE;
	empty_slot(port);
	run_thread(port, CHECK_SLOT);
	KUNIT_EXPECT_EQ(test, pending(port),
			PCI_EXP_SLTSTA_DLLSC | PCI_EXP_SLTSTA_PDC);
}

/* Out-of-band presence is independent of the link, so it is not ignored. */
static void look_keeps_out_of_band_presence_change(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	enable(port);
	port->ctrl->inband_presence_disabled = 1;
	port->ctrl->state = ON_STATE;
	empty_slot(port);
	run_thread(port, CHECK_SLOT);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_DLLSC);
}

static void look_turns_occupied_slot_on(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	run_thread(port, CHECK_SLOT);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, ON_STATE);
}

static void look_leaves_empty_slot_off(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	empty_slot(port);
	run_thread(port, CHECK_SLOT);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);
}

static void turn_off(struct kunit *test, struct fake_port *port)
{
	remove_power_control(port);
	enable(port);
	port->ctrl->state = ON_STATE;
	run_thread(port, DISABLE_SLOT);
	KUNIT_EXPECT_EQ(test, port->ctrl->request_result, 0);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);
	add_power_control(port);
}

static void look_leaves_card_off_that_was_turned_off(struct kunit *test)
{
	struct fake_port *port = test->priv;

	turn_off(test, port);
	run_thread(port, CHECK_SLOT);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);

	/* until there is a request, or another card */
	run_thread(port, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, ON_STATE);
}

static void look_turns_on_what_came_after(struct kunit *test)
{
	struct fake_port *port = test->priv;

	/* The card is pulled before or after the thread has checked the slot. */
	for (int i = 0; i < 2; i++) {
		if (i == 0)
			empty_slot(port);
		turn_off(test, port);
		empty_slot(port);
		if (i == 1)
			run_thread(port, PCI_EXP_SLTSTA_PDC);
		KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);

		fill_slot(port);
		run_thread(port, CHECK_SLOT);
		KUNIT_EXPECT_EQ(test, port->ctrl->state, ON_STATE);
	}
}

static void look_leaves_slot_off_after_power_fault(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_PFD);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	ist(port);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_AIC,
			PCI_EXP_SLTCTL_ATTN_IND_ON);

	run_thread(port, CHECK_SLOT);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);
}

/* Removal of the card */

/* From then on, its driver does not access it, nor wait for an answer. */
static void surprise_removal_disconnects_card(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	remove_power_control(port);
	enable(port);
	port->ctrl->state = ON_STATE;
	empty_slot(port);
	run_thread(port, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_TRUE(test, pci_dev_is_disconnected(port->card));
	KUNIT_EXPECT_EQ(test, port->card_command,
			PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
			PCI_COMMAND_SERR);
}

static void safe_removal_quiesces_card(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	remove_power_control(port);
	enable(port);
	port->ctrl->state = ON_STATE;
	run_thread(port, DISABLE_SLOT);
	KUNIT_EXPECT_FALSE(test, pci_dev_is_disconnected(port->card));
	KUNIT_EXPECT_EQ(test, port->card_command,
			PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_DISABLE);
}

/* A lock that the thread keeps would block the next reset or request. */
static void thread_releases_locks(struct kunit *test)
{
	static const u32 events[] = {
		PCI_EXP_SLTSTA_ABP, DISABLE_SLOT, PCI_EXP_SLTSTA_PDC,
		CHECK_SLOT | PCI_EXP_SLTSTA_DLLSC,
	};
	static const u8 states[] = {
		OFF_STATE, ON_STATE, BLINKINGOFF_STATE, BLINKINGON_STATE,
	};
	struct fake_port *port = test->priv;
	struct controller *ctrl = port->ctrl;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	port->pdev->link_active_reporting = 1;
	fake_port_set(port, PCI_EXP_LNKSTA,
		      PCI_EXP_LNKSTA_DLLLA | PCI_EXP_LNKSTA_NLW_X1);
	enable(port);
	for (int i = 0; i < ARRAY_SIZE(events) * ARRAY_SIZE(states); i++) {
		ctrl->state = states[i % ARRAY_SIZE(states)];
		/* Turning the power off would take a second. */
		remove_power_control(port);
		run_thread(port, events[i / ARRAY_SIZE(states)]);
		KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&ctrl->reset_lock));
		KUNIT_EXPECT_FALSE(test, mutex_is_locked(&ctrl->state_lock));
		KUNIT_EXPECT_FALSE(test, mutex_is_locked(&ctrl->ctrl_lock));
		cancel_delayed_work_sync(&ctrl->button_work);
	}
}

static struct kunit_case thread_cases[] = {
	KUNIT_CASE(thread_handles_nothing),
	KUNIT_CASE(thread_handles_button_press),
	KUNIT_CASE(thread_collects_deferred_event),
	KUNIT_CASE(thread_tells_if_there_was_an_event),
	KUNIT_CASE(thread_handles_request_beside_deferred),
	KUNIT_CASE(thread_alone_reads_status_of_deferred),
	KUNIT_CASE(look_keeps_card_that_stayed),
	KUNIT_CASE(look_finds_card_gone),
	KUNIT_CASE(look_keeps_out_of_band_presence_change),
	KUNIT_CASE(look_turns_occupied_slot_on),
	KUNIT_CASE(look_leaves_empty_slot_off),
	KUNIT_CASE(look_leaves_card_off_that_was_turned_off),
	KUNIT_CASE(look_turns_on_what_came_after),
	KUNIT_CASE(look_leaves_slot_off_after_power_fault),
	KUNIT_CASE(surprise_removal_disconnects_card),
	KUNIT_CASE(safe_removal_quiesces_card),
	KUNIT_CASE(thread_releases_locks),
	{}
};

static struct kunit_suite thread_suite = {
	.name = "pciehp_thread",
	.init = pciehp_test_init,
	.exit = pciehp_test_exit,
	.test_cases = thread_cases,
};

kunit_test_suite(thread_suite);
