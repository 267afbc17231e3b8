// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the registers which the PCIe hotplug driver reads and sets */

#include <kunit/test.h>
#include <linux/pci.h>

#include "../pciehp.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

static void status_is_read(struct kunit *test)
{
	static const struct {
		u16 ctrl;
		u8 attention;
		u8 power;
	} slots[] = {
		{ PCI_EXP_SLTCTL_ATTN_IND_ON | PCI_EXP_SLTCTL_PWR_ON, 1, 1 },
		{ PCI_EXP_SLTCTL_ATTN_IND_BLINK | PCI_EXP_SLTCTL_PWR_OFF, 2, 0 },
		{ PCI_EXP_SLTCTL_ATTN_IND_OFF | PCI_EXP_SLTCTL_PWR_OFF, 0, 0 },
		{ PCI_EXP_SLTCTL_PWR_IND_BLINK, 0xff, 1 },
	};
	struct fake_port *port = test->priv;
	struct controller *ctrl = port->ctrl;
	u8 status;

	for (int i = 0; i < ARRAY_SIZE(slots); i++) {
		fake_port_set(port, PCI_EXP_SLTCTL,
			      slots[i].ctrl | PCI_EXP_SLTCTL_HPIE);
		status = 0x55;
		KUNIT_EXPECT_EQ(test, pciehp_get_attention_status(&ctrl->hotplug_slot,
								  &status), 0);
		KUNIT_EXPECT_EQ(test, status, slots[i].attention);
		pciehp_get_power_status(ctrl, &status);
		KUNIT_EXPECT_EQ(test, status, slots[i].power);
	}

	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_MRLSS);
	pciehp_get_latch_status(ctrl, &status);
	KUNIT_EXPECT_EQ(test, status, 1);
	KUNIT_EXPECT_EQ(test, pciehp_query_power_fault(ctrl), 0);

	fake_port_set(port, PCI_EXP_SLTSTA, ~PCI_EXP_SLTSTA_MRLSS);
	pciehp_get_latch_status(ctrl, &status);
	KUNIT_EXPECT_EQ(test, status, 0);
	KUNIT_EXPECT_EQ(test, pciehp_query_power_fault(ctrl), 1);
}

static void presence_and_link_are_read(struct kunit *test)
{
	struct fake_port *port = test->priv;
	struct controller *ctrl = port->ctrl;

	for (int i = 0; i < 4; i++) {
		set_card(port, i & 1, i & 2);
		KUNIT_EXPECT_EQ(test, pciehp_card_present(ctrl), i & 1);
		KUNIT_EXPECT_EQ(test, pciehp_check_link_active(ctrl), i >> 1);
		KUNIT_EXPECT_EQ(test, pciehp_card_present_or_link_active(ctrl),
				!!i);
	}

	port->absent = true;
	KUNIT_EXPECT_EQ(test, pciehp_card_present(ctrl), -ENODEV);
	KUNIT_EXPECT_EQ(test, pciehp_check_link_active(ctrl), -ENODEV);
	KUNIT_EXPECT_EQ(test, pciehp_card_present_or_link_active(ctrl), -ENODEV);

	port->absent = false;
	port->pdev->error_state = pci_channel_io_perm_failure;
	KUNIT_EXPECT_EQ(test, pciehp_card_present(ctrl), -ENODEV);
	KUNIT_EXPECT_EQ(test, pciehp_check_link_active(ctrl), -ENODEV);
}

static void indicators_are_set(struct kunit *test)
{
	struct fake_port *port = test->priv;
	struct controller *ctrl = port->ctrl;
	u16 before = slot_ctrl(port);

	pciehp_set_indicators(ctrl, INDICATOR_NOOP, INDICATOR_NOOP);
	KUNIT_EXPECT_EQ(test, port->commands, 0);

	pciehp_set_indicators(ctrl, PCI_EXP_SLTCTL_PWR_IND_BLINK,
			      INDICATOR_NOOP);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port), (before & ~PCI_EXP_SLTCTL_PIC) |
			PCI_EXP_SLTCTL_PWR_IND_BLINK);

	pciehp_set_indicators(ctrl, INDICATOR_NOOP, PCI_EXP_SLTCTL_ATTN_IND_ON);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port), (before & ~INDICATORS) |
			PCI_EXP_SLTCTL_PWR_IND_BLINK |
			PCI_EXP_SLTCTL_ATTN_IND_ON);

	/* If one of them is missing, the other one is set. */
	ctrl->slot_cap &= ~PCI_EXP_SLTCAP_PIP;
	pciehp_set_indicators(ctrl, PCI_EXP_SLTCTL_PWR_IND_OFF,
			      PCI_EXP_SLTCTL_ATTN_IND_BLINK);
	KUNIT_EXPECT_EQ(test, indicators(port), PCI_EXP_SLTCTL_PWR_IND_BLINK |
			PCI_EXP_SLTCTL_ATTN_IND_BLINK);

	ctrl->slot_cap ^= PCI_EXP_SLTCAP_PIP | PCI_EXP_SLTCAP_AIP;
	pciehp_set_indicators(ctrl, PCI_EXP_SLTCTL_PWR_IND_OFF,
			      PCI_EXP_SLTCTL_ATTN_IND_ON);
	KUNIT_EXPECT_EQ(test, indicators(port), PCI_EXP_SLTCTL_PWR_IND_OFF |
			PCI_EXP_SLTCTL_ATTN_IND_BLINK);
}

static void raw_indicators_are_set(struct kunit *test)
{
	static const u8 raw[] = { 0x6, 0x9 };
	struct fake_port *port = test->priv;
	struct hotplug_slot *slot = &port->ctrl->hotplug_slot;
	u16 before = slot_ctrl(port);
	u8 status;

	for (int i = 0; i < ARRAY_SIZE(raw); i++) {
		KUNIT_EXPECT_EQ(test,
				pciehp_set_raw_indicator_status(slot, raw[i]),
				0);
		KUNIT_EXPECT_EQ(test, slot_ctrl(port),
				(before & ~INDICATORS) | raw[i] << 6);
		KUNIT_EXPECT_EQ(test,
				pciehp_get_raw_indicator_status(slot, &status),
				0);
		KUNIT_EXPECT_EQ(test, status, raw[i]);
	}
}

static struct kunit_case registers_cases[] = {
	KUNIT_CASE(status_is_read),
	KUNIT_CASE(presence_and_link_are_read),
	KUNIT_CASE(indicators_are_set),
	KUNIT_CASE(raw_indicators_are_set),
	{}
};

static struct kunit_suite registers_suite = {
	.name = "pciehp_registers",
	.init = pciehp_test_init,
	.exit = pciehp_test_exit,
	.test_cases = registers_cases,
};

kunit_test_suite(registers_suite);
