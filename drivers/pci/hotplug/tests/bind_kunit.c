// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the PCIe hotplug driver when it is bound and unbound */

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/list.h>
#include <linux/pci.h>
#include <linux/sched.h>

#include "../pciehp.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

/* pciehp_stop_blinking() */

static u16 power_indicator(struct fake_port *port)
{
	return slot_ctrl(port) & PCI_EXP_SLTCTL_PIC;
}

static void unbinding_ends_blinking(struct kunit *test)
{
	static const struct {
		u8 state;
		u8 blinking;
		u16 indicator;
	} slots[] = {
		{ ON_STATE, BLINKINGOFF_STATE, PCI_EXP_SLTCTL_PWR_IND_ON },
		{ OFF_STATE, BLINKINGON_STATE, PCI_EXP_SLTCTL_PWR_IND_OFF },
	};
	struct fake_port *port = test->priv;
	struct controller *ctrl = port->ctrl;

	for (int i = 0; i < ARRAY_SIZE(slots); i++) {
		enable(port);
		ctrl->state = slots[i].state;
		pciehp_handle_button_press(ctrl);
		KUNIT_EXPECT_EQ(test, ctrl->state, slots[i].blinking);
		KUNIT_EXPECT_EQ(test, power_indicator(port),
				PCI_EXP_SLTCTL_PWR_IND_BLINK);

		/* pciehp_remove() does this before */
		pcie_do_write_cmd(ctrl, 0, ENABLES, true);
		port->completion_reads = 2;
		pciehp_stop_blinking(ctrl);
		KUNIT_EXPECT_EQ(test, power_indicator(port),
				slots[i].indicator);
		KUNIT_EXPECT_FALSE(test, ctrl->cmd_busy);
		KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
		/* Unbinding must not count as a press of the button. */
		KUNIT_EXPECT_EQ(test, ctrl->state, slots[i].blinking);
		port->completion_reads = 0;
		cancel_delayed_work_sync(&ctrl->button_work);
	}
}

static void unbinding_leaves_absent_indicator_alone(struct kunit *test)
{
	struct fake_port *port = test->priv;

	port->ctrl->slot_cap &= ~PCI_EXP_SLTCAP_PIP;
	port->ctrl->state = BLINKINGOFF_STATE;
	port->commands = 0;
	pciehp_stop_blinking(port->ctrl);
	KUNIT_EXPECT_EQ(test, port->commands, 0);
}

/* pciehp_probe() and pciehp_remove() */

static void driver_is_bound_and_unbound(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	bind_port(test);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, ENABLES);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, ON_STATE);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
	KUNIT_EXPECT_TRUE(test, irq_has_action(port->pcie.irq));
	KUNIT_EXPECT_FALSE(test, list_empty(&port->subordinate.slots));
	expect_said(test, "Cannot get irq", false);
	expect_hotplug_works(test, port);

	fake_port_unbind(port);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, 0);
	KUNIT_EXPECT_FALSE(test, irq_has_action(port->pcie.irq));
	KUNIT_EXPECT_TRUE(test, list_empty(&port->subordinate.slots));
}

static void binding_finds_card_gone(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	/* Without power control, turning the slot off takes no second. */
	fake_port_set(port, PCI_EXP_SLTCAP, PCI_EXP_SLTCAP_HPC);
	set_card(port, false, false);
	bind_port(test);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);
}

static void binding_finds_unsignaled_event(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	port->before_command = PCI_EXP_SLTSTA_ABP;
	bind_port(test);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, BLINKINGOFF_STATE);
}

static void binding_enables_what_port_has(struct kunit *test)
{
	static const struct {
		u16 slot_cap;
		u16 enabled;
	} ports[] = {
		{ PCI_EXP_SLTCAP_ABP, ENABLES },
		{ 0, ENABLES ^ (PCI_EXP_SLTCTL_ABPE | PCI_EXP_SLTCTL_PDCE) },
	};
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	for (int i = 0; i < ARRAY_SIZE(ports); i++) {
		fake_port_set(port, PCI_EXP_SLTCAP, ports[i].slot_cap);
		bind_port(test);
		KUNIT_EXPECT_EQ(test, slot_ctrl(port) &
				(ENABLES | PCI_EXP_SLTCTL_PDCE),
				ports[i].enabled);
		fake_port_unbind(port);
	}
}

static void binding_enables_no_unsupported_completion(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	port->completion = FAKE_PORT_COMPLETES_NONE;
	/* This is in the upper half of the register. */
	fake_port_set(port, PCI_EXP_SLTCAP + 2, PCI_EXP_SLTCAP_NCCS >> 16);
	fake_port_set(port, PCI_EXP_SLTCAP, PCI_EXP_SLTCAP_ABP);
	bind_port(test);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & (ENABLES | PCI_EXP_SLTCTL_PDCE),
			ENABLES ^ PCI_EXP_SLTCTL_CCIE);
}

static void unbinding_ends_only_blinking(struct kunit *test)
{
	static const struct {
		u8 state;
		u16 indicator;
	} slots[] = {
		{ ON_STATE, PCI_EXP_SLTCTL_PWR_IND_BLINK },
		{ BLINKINGOFF_STATE, PCI_EXP_SLTCTL_PWR_IND_ON },
		{ OFF_STATE, PCI_EXP_SLTCTL_PWR_IND_BLINK },
		{ BLINKINGON_STATE, PCI_EXP_SLTCTL_PWR_IND_OFF },
	};
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	for (int i = 0; i < ARRAY_SIZE(slots); i++) {
		bind_port(test);
		port->ctrl->state = slots[i].state;
		pciehp_set_indicators(port->ctrl, PCI_EXP_SLTCTL_PWR_IND_BLINK,
				      INDICATOR_NOOP);
		fake_port_unbind(port);
		KUNIT_EXPECT_EQ(test, power_indicator(port),
				slots[i].indicator);
	}
}

static void failed_probe_leaves_nothing(struct kunit *test)
{
	struct fake_port *port = test->priv;

	prepare_to_bind(test);
	port->pcie.service = PCIE_PORT_SERVICE_AER;
	KUNIT_EXPECT_EQ(test, fake_port_bind(port), -ENODEV);
	KUNIT_EXPECT_EQ(test, port->status_reads, 0);
	port->pcie.service = PCIE_PORT_SERVICE_HP;

	port->pdev->subordinate = NULL;
	KUNIT_EXPECT_EQ(test, fake_port_bind(port), -ENODEV);
	expect_said(test, "Hotplug bridge without secondary bus", true);
	port->pdev->subordinate = &port->subordinate;

	/* There is no interrupt. */
	KUNIT_EXPECT_EQ(test, fake_port_bind(port), -ENODEV);
	expect_said(test, "Cannot get irq", true);
	expect_said(test, "Notification initialization failed (-1)", true);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&port->subordinate.slots));
	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	bind_port(test);
}

static void slot_of_other_driver_is_left_alone(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	bind_port(test);
	forget_messages(port);
	KUNIT_EXPECT_EQ(test, port->driver->probe(&port->pcie), -ENODEV);
	set_service_data(&port->pcie, port->ctrl);
	expect_said(test, "pci_hp_initialize failed: error -16", true);
	expect_said(test, "Slot already registered by another", true);
	expect_said(test, "Slot initialization failed", false);
	KUNIT_EXPECT_FALSE(test, list_empty(&port->subordinate.slots));
	expect_hotplug_works(test, port);
}

static void poll_now(struct fake_port *port)
{
	wake_up_process(port->ctrl->poll_thread);
	msleep(100);
}

/* The driver corrects what is not between 1 s and 60 s. */
static void expect_poll_time(struct kunit *test, int set, int used)
{
	pciehp_poll_time = set;
	poll_now(test->priv);
	KUNIT_EXPECT_EQ(test, pciehp_poll_time, used);
}

static void bound_port_is_polled(struct kunit *test)
{
	struct fake_port *port = test->priv;

	prepare_to_bind(test);
	poll_for_events(test);
	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	KUNIT_ASSERT_EQ(test, fake_port_bind(port), 0);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES,
			PCI_EXP_SLTCTL_ABPE | PCI_EXP_SLTCTL_DLLSCE);

	/* The first time is after 10 s. */
	pciehp_request(port->ctrl, PCI_EXP_SLTSTA_ABP);
	msleep(500);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, ON_STATE);
	poll_now(port);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, BLINKINGOFF_STATE);

	fake_port_event(port, PCI_EXP_SLTSTA_ABP);
	poll_now(port);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, ON_STATE);

	/* A thread that does not sleep reads thousands of times. */
	port->status_reads = 0;
	msleep(100);
	KUNIT_EXPECT_LT(test, port->status_reads, 10);

	expect_poll_time(test, -1, 2);
	expect_poll_time(test, 0, 2);
	expect_poll_time(test, 1, 1);
	expect_poll_time(test, 60, 60);
	expect_poll_time(test, 61, 2);
}

/* init_slot() */

static void slot_offers_what_port_has(struct kunit *test)
{
	static const struct {
		u16 slot_cap;
		bool user_indicators;
		bool attention;
		bool raw;
		bool latch;
	} ports[] = {
		{ PCI_EXP_SLTCAP_HPC, false, false, false, false },
		{ PCI_EXP_SLTCAP_AIP, false, true, false, false },
		{ PCI_EXP_SLTCAP_AIP, true, true, true, false },
		{ PCI_EXP_SLTCAP_MRLSP, false, false, false, true },
	};
	struct fake_port *port = test->priv;
	const struct hotplug_slot_ops *ops;
	bool raw;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	for (int i = 0; i < ARRAY_SIZE(ports); i++) {
		fake_port_set(port, PCI_EXP_SLTCAP, ports[i].slot_cap);
		port->pdev->hotplug_user_indicators = ports[i].user_indicators;
		KUNIT_ASSERT_TRUE(test, list_empty(&port->subordinate.slots));
		bind_port(test);
		ops = port->ctrl->hotplug_slot.ops;
		KUNIT_EXPECT_TRUE(test, ops->enable_slot ==
				  pciehp_sysfs_enable_slot);
		KUNIT_EXPECT_TRUE(test, ops->disable_slot ==
				  pciehp_sysfs_disable_slot);
		KUNIT_EXPECT_TRUE(test, ops->reset_slot == pciehp_reset_slot);
		KUNIT_EXPECT_EQ(test, !!ops->get_attention_status,
				ports[i].attention);
		KUNIT_EXPECT_EQ(test, !!ops->set_attention_status,
				ports[i].attention);
		raw = ops->get_attention_status ==
		      pciehp_get_raw_indicator_status;
		KUNIT_EXPECT_EQ(test, raw, ports[i].raw);
		raw = ops->set_attention_status ==
		      pciehp_set_raw_indicator_status;
		KUNIT_EXPECT_EQ(test, raw, ports[i].raw);
		KUNIT_EXPECT_EQ(test, !!ops->get_latch_status, ports[i].latch);
		fake_port_unbind(port);
	}
}

static void slot_is_read_and_set(struct kunit *test)
{
	static const u16 indicators[] = {
		PCI_EXP_SLTCTL_ATTN_IND_OFF, PCI_EXP_SLTCTL_ATTN_IND_ON,
		PCI_EXP_SLTCTL_ATTN_IND_BLINK, PCI_EXP_SLTCTL_ATTN_IND_OFF,
	};
	struct fake_port *port = test->priv;
	const struct hotplug_slot_ops *ops;
	struct hotplug_slot *slot;
	u8 value;

	fake_port_set(port, PCI_EXP_SLTCAP, PCI_EXP_SLTCAP_AIP |
		      PCI_EXP_SLTCAP_PCP | PCI_EXP_SLTCAP_MRLSP);
	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	bind_port(test);
	slot = &port->ctrl->hotplug_slot;
	ops = slot->ops;

	for (int i = 0; i < ARRAY_SIZE(indicators); i++) {
		KUNIT_EXPECT_EQ(test, ops->set_attention_status(slot, i), 0);
		KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_AIC,
				indicators[i]);
	}
	ops->set_attention_status(slot, 1);
	ops->set_attention_status(slot, 0);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_AIC,
			PCI_EXP_SLTCTL_ATTN_IND_OFF);

	for (int i = 0; i < 2; i++) {
		fake_port_set(port, PCI_EXP_SLTCTL, i ? PCI_EXP_SLTCTL_PWR_ON :
			      PCI_EXP_SLTCTL_PWR_OFF);
		set_card(port, i, false);
		value = 0xff;
		KUNIT_EXPECT_EQ(test, ops->get_power_status(slot, &value), 0);
		KUNIT_EXPECT_EQ(test, value, i);
		value = 0xff;
		KUNIT_EXPECT_EQ(test, ops->get_adapter_status(slot, &value), 0);
		KUNIT_EXPECT_EQ(test, value, i);
		fake_port_set(port, PCI_EXP_SLTSTA,
			      i ? PCI_EXP_SLTSTA_MRLSS : 0);
		value = 0xff;
		KUNIT_EXPECT_EQ(test, ops->get_latch_status(slot, &value), 0);
		KUNIT_EXPECT_EQ(test, value, i);
	}

	port->absent = true;
	value = 0xff;
	KUNIT_EXPECT_EQ(test, ops->get_adapter_status(slot, &value), -ENODEV);
	KUNIT_EXPECT_EQ(test, value, 0xff);
}

static struct kunit_case bind_cases[] = {
	KUNIT_CASE(unbinding_ends_blinking),
	KUNIT_CASE(unbinding_leaves_absent_indicator_alone),
	KUNIT_CASE(driver_is_bound_and_unbound),
	KUNIT_CASE(binding_finds_card_gone),
	KUNIT_CASE(binding_finds_unsignaled_event),
	KUNIT_CASE(binding_enables_what_port_has),
	KUNIT_CASE(binding_enables_no_unsupported_completion),
	KUNIT_CASE(unbinding_ends_only_blinking),
	KUNIT_CASE(failed_probe_leaves_nothing),
	KUNIT_CASE(slot_of_other_driver_is_left_alone),
	KUNIT_CASE(bound_port_is_polled),
	KUNIT_CASE(slot_offers_what_port_has),
	KUNIT_CASE(slot_is_read_and_set),
	{}
};

static struct kunit_suite bind_suite = {
	.name = "pciehp_bind",
	.init = pciehp_test_init,
	.exit = pciehp_test_exit,
	.test_cases = bind_cases,
};

kunit_test_suite(bind_suite);
