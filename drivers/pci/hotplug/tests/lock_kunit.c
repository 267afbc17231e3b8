// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the locks that the PCIe hotplug driver takes */

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/rwsem.h>

#include "../pciehp.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

/* The other thread gets so long to go ahead, if it does not wait. */
#define OTHER_MSECS		300

static void press_button(struct fake_port *port)
{
	pciehp_handle_button_press(port->ctrl);
}

static void end_blinking(struct fake_port *port)
{
	pciehp_queue_pushbutton_work(&port->ctrl->button_work.work);
}

static void request_to_enable(struct fake_port *port)
{
	pciehp_sysfs_enable_slot(&port->ctrl->hotplug_slot);
}

static void request_to_disable(struct fake_port *port)
{
	pciehp_sysfs_disable_slot(&port->ctrl->hotplug_slot);
}

/* Let a function run in another thread, which waits for a lock of this one. */
static void call_meanwhile(struct fake_port *port,
			   void (*fn)(struct fake_port *port))
{
	fake_port_call_later(port, fn, 0);
	msleep(OTHER_MSECS);
}

static void state_changes_with_state_lock_only(struct kunit *test)
{
	static void (*const fn[])(struct fake_port *port) = {
		press_button, end_blinking, request_to_enable,
		request_to_disable,
	};
	/* Each of these refuses its request, or ends soon. */
	static const u8 states[] = {
		ON_STATE, BLINKINGOFF_STATE, ON_STATE, OFF_STATE,
	};
	struct fake_port *port = test->priv;
	struct controller *ctrl = port->ctrl;

	begin_on(test);
	forget_messages(port);
	for (int i = 0; i < ARRAY_SIZE(fn); i++) {
		ctrl->state = states[i];
		mutex_lock(&ctrl->state_lock);
		call_meanwhile(port, fn[i]);
		KUNIT_EXPECT_TRUE(test, mutex_is_locked(&ctrl->state_lock));
		KUNIT_EXPECT_EQ(test, ctrl->state, states[i]);
		KUNIT_EXPECT_EQ(test, pending(port), 0);
		expect_said(test, "Slot(", false);
		mutex_unlock(&ctrl->state_lock);
		flush_delayed_work(&port->later);
		KUNIT_EXPECT_FALSE(test, mutex_is_locked(&ctrl->state_lock));
		cancel_delayed_work_sync(&ctrl->button_work);
		atomic_set(&ctrl->pending_events, 0);
		forget_messages(port);
	}
}

/* While a slot is reset, presence and link mean nothing. */
static void thread_waits_for_reset_of_slot(struct kunit *test)
{
	static const u32 events[] = { DISABLE_SLOT, PCI_EXP_SLTSTA_PDC };
	struct fake_port *port = test->priv;
	struct controller *ctrl = port->ctrl;

	begin_on(test);
	fake_port_set(port, PCI_EXP_SLTSTA, 0);
	fake_port_set(port, PCI_EXP_LNKSTA, 0);
	for (int i = 0; i < ARRAY_SIZE(events); i++) {
		ctrl->state = ON_STATE;
		atomic_set(&ctrl->pending_events, events[i]);
		down_write(&ctrl->reset_lock);
		call_meanwhile(port, call_thread);
		KUNIT_EXPECT_EQ(test, ctrl->state, ON_STATE);
		up_write(&ctrl->reset_lock);
		flush_delayed_work(&port->later);
		KUNIT_EXPECT_EQ(test, ctrl->state, OFF_STATE);
		/* Else the next down_write() would wait for ever. */
		KUNIT_ASSERT_FALSE(test, rwsem_is_locked(&ctrl->reset_lock));
	}
}

static void resume_port(struct fake_port *port)
{
	port->driver->resume(&port->pcie);
}

static void resume_waits_for_locks(struct kunit *test)
{
	struct fake_port *port = test->priv;
	struct controller *ctrl = port->ctrl;

	find_driver(test);
	if (!port->driver->resume)
		kunit_skip(test, "CONFIG_PM_SLEEP is not set");

	begin_on(test);
	set_card(port, false, false);
	down_write(&ctrl->reset_lock);
	call_meanwhile(port, resume_port);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
	up_write(&ctrl->reset_lock);
	flush_delayed_work(&port->later);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_PDC);

	atomic_set(&ctrl->pending_events, 0);
	mutex_lock(&ctrl->state_lock);
	call_meanwhile(port, resume_port);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
	mutex_unlock(&ctrl->state_lock);
	flush_delayed_work(&port->later);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_PDC);
}

/* Meanwhile, a reset of the slot is possible. */
static void thread_waits_for_rescan(struct kunit *test)
{
	struct fake_port *port = test->priv;
	struct controller *ctrl = port->ctrl;

	begin_on(test);
	atomic_set(&ctrl->pending_events, DISABLE_SLOT);
	pci_lock_rescan_remove();
	call_meanwhile(port, call_thread);
	KUNIT_EXPECT_EQ(test, ctrl->state, POWEROFF_STATE);
	KUNIT_EXPECT_EQ(test, port->card_command & PCI_COMMAND_MASTER,
			PCI_COMMAND_MASTER);
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&ctrl->reset_lock));
	pci_unlock_rescan_remove();
	flush_delayed_work(&port->later);
	KUNIT_EXPECT_EQ(test, ctrl->state, OFF_STATE);

	port->pdev->link_active_reporting = 1;
	fake_port_set(port, PCI_EXP_LNKSTA,
		      PCI_EXP_LNKSTA_DLLLA | PCI_EXP_LNKSTA_NLW_X1);
	atomic_set(&ctrl->pending_events, PCI_EXP_SLTSTA_PDC);
	pci_lock_rescan_remove();
	call_meanwhile(port, call_thread);
	KUNIT_EXPECT_EQ(test, ctrl->state, POWERON_STATE);
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&ctrl->reset_lock));
	pci_unlock_rescan_remove();
	flush_delayed_work(&port->later);
	KUNIT_EXPECT_EQ(test, ctrl->state, ON_STATE);
}

static struct kunit_case lock_cases[] = {
	KUNIT_CASE(state_changes_with_state_lock_only),
	KUNIT_CASE(thread_waits_for_reset_of_slot),
	KUNIT_CASE(resume_waits_for_locks),
	KUNIT_CASE(thread_waits_for_rescan),
	{}
};

static struct kunit_suite lock_suite = {
	.name = "pciehp_lock",
	.init = pciehp_test_init,
	.exit = pciehp_test_exit,
	.test_cases = lock_cases,
};

kunit_test_suite(lock_suite);
