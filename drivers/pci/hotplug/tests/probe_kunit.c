// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the PCIe hotplug driver when it is bound and unbound */

#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/pci.h>

#include "../pciehp.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

/* pcie_init() */

/* The driver intends what firmware has set, except enables of events. */
static void probe_reads_slot_control_once(struct kunit *test)
{
	struct fake_port *port = test->priv;
	u16 val = PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF |
		  PCI_EXP_SLTCTL_ATTN_IND_BLINK;

	fake_port_set(port, PCI_EXP_SLTCTL, val | ENABLES);
	KUNIT_ASSERT_EQ(test, fake_port_probe(port), 0);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_ctrl, val);
}

/* So the next command is written at once. */
static void probe_awaits_command_of_inband_presence(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;
	u32 slot_cap2;

	fake_port_set(port, PCI_EXP_SLTCAP2, PCI_EXP_SLTCAP2_IBPD);
	pcie_capability_read_dword(port->pdev, PCI_EXP_SLTCAP2, &slot_cap2);
	if (!slot_cap2)
		kunit_skip(test, "the PCI core does not read Slot Capabilities 2");
	port->completion_reads = 2;
	KUNIT_ASSERT_EQ(test, fake_port_probe(port), 0);
	KUNIT_EXPECT_TRUE(test, port->ctrl->inband_presence_disabled);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_IBPD_DISABLE,
			PCI_EXP_SLTCTL_IBPD_DISABLE);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);

	port->completion_reads = 0;
	enable(port);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_IBPD_DISABLE,
			PCI_EXP_SLTCTL_IBPD_DISABLE);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	expect_hotplug_works(test, port);
}

/* Interrupts are not handled yet, so none may remain enabled. */
static void probe_turns_empty_slot_off(struct kunit *test)
{
	struct fake_port *port = test->priv;

	fake_port_set(port, PCI_EXP_SLTCTL, ENABLES);
	fake_port_set(port, PCI_EXP_SLTSTA, 0);
	fake_port_set(port, PCI_EXP_LNKSTA, 0);
	KUNIT_ASSERT_EQ(test, fake_port_probe(port), 0);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_PCC,
			PCI_EXP_SLTCTL_PWR_OFF);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, 0);
}

/* Later events are then signaled. */
static void probe_clears_events(struct kunit *test)
{
	struct fake_port *port = test->priv;

	fake_port_set(port, PCI_EXP_SLTSTA, 0xffff);
	KUNIT_ASSERT_EQ(test, fake_port_probe(port), 0);
	KUNIT_EXPECT_EQ(test, slot_status(port) &
			(PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_PFD |
			 PCI_EXP_SLTSTA_MRLSC | PCI_EXP_SLTSTA_PDC |
			 PCI_EXP_SLTSTA_CC | PCI_EXP_SLTSTA_DLLSC), 0);
	KUNIT_EXPECT_EQ(test, slot_status(port) & PCI_EXP_SLTSTA_PDS,
			PCI_EXP_SLTSTA_PDS);
}

static void probe_finds_state_and_depth(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);
	KUNIT_EXPECT_EQ(test, port->ctrl->depth, 0);
	KUNIT_EXPECT_FALSE(test, port->ctrl->inband_presence_disabled);
	expect_said(test, "Slot #0 AttnBtn+", false);

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	KUNIT_ASSERT_EQ(test, fake_port_probe(port), 0);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, ON_STATE);
	KUNIT_EXPECT_EQ(test, kref_read(&port->card->dev.kobj.kref), 1);
	expect_said(test, "Slot #0 AttnBtn+ PwrCtrl+ MRL- AttnInd+", true);
	expect_said(test, "Interlock- NoCompl- IbPresDis- LLActRep-", true);
}

/* Quirks of the port's model */
static void probe_corrects_capabilities(struct kunit *test)
{
	struct fake_port *port = test->priv;
	u32 slot_cap = port->ctrl->slot_cap;

	port->pdev->hotplug_user_indicators = 1;
	KUNIT_ASSERT_EQ(test, fake_port_probe(port), 0);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_cap,
			slot_cap & ~(PCI_EXP_SLTCAP_AIP | PCI_EXP_SLTCAP_PIP));

	port->pdev->hotplug_user_indicators = 0;
	port->pdev->is_thunderbolt = 1;
	KUNIT_ASSERT_EQ(test, fake_port_probe(port), 0);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_cap,
			slot_cap | PCI_EXP_SLTCAP_NCCS);
}

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

static struct kunit_case probe_cases[] = {
	KUNIT_CASE(probe_reads_slot_control_once),
	KUNIT_CASE(probe_awaits_command_of_inband_presence),
	KUNIT_CASE(probe_turns_empty_slot_off),
	KUNIT_CASE(probe_clears_events),
	KUNIT_CASE(probe_finds_state_and_depth),
	KUNIT_CASE(probe_corrects_capabilities),
	KUNIT_CASE(unbinding_ends_blinking),
	KUNIT_CASE(unbinding_leaves_absent_indicator_alone),
	{}
};

static struct kunit_suite probe_suite = {
	.name = "pciehp_probe",
	.init = pciehp_test_init,
	.exit = pciehp_test_exit,
	.test_cases = probe_cases,
};

kunit_test_suite(probe_suite);
