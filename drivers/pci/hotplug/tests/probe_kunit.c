// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of what the PCIe hotplug driver finds in a port: pcie_init() */

#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/pci.h>

#include "../pciehp.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

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

	port->commands = 0;
	KUNIT_ASSERT_EQ(test, fake_port_probe(port), 0);
	KUNIT_EXPECT_EQ(test, port->commands, 0);

	/* Without power control, the bit means nothing. */
	fake_port_set(port, PCI_EXP_SLTCTL, 0);
	fake_port_set(port, PCI_EXP_SLTCAP, PCI_EXP_SLTCAP_HPC);
	KUNIT_ASSERT_EQ(test, fake_port_probe(port), 0);
	KUNIT_EXPECT_EQ(test, port->commands, 0);
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

static void probe_finds_state(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_EXPECT_EQ(test, port->ctrl->state, OFF_STATE);
	KUNIT_EXPECT_FALSE(test, port->ctrl->inband_presence_disabled);
	expect_said(test, "Slot #0 AttnBtn+", false);

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	KUNIT_ASSERT_EQ(test, fake_port_probe(port), 0);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, ON_STATE);
	KUNIT_EXPECT_EQ(test, kref_read(&port->card->dev.kobj.kref), 1);
	expect_said(test, "Slot #0 AttnBtn+ PwrCtrl+ MRL- AttnInd+", true);
	expect_said(test, "Interlock- NoCompl- IbPresDis- LLActRep-", true);
}

/* Only hotplug ports count, as only they have a reset_lock. */
static void probe_counts_ports_above(struct kunit *test)
{
	struct fake_port *port = test->priv;
	struct pci_dev *above;
	struct pci_bus *buses;

	KUNIT_EXPECT_EQ(test, port->ctrl->depth, 0);

	above = kunit_kcalloc(test, 3, sizeof(*above), GFP_KERNEL);
	buses = kunit_kcalloc(test, 4, sizeof(*buses), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, above);
	KUNIT_ASSERT_NOT_NULL(test, buses);
	above[0].is_pciehp = 1;
	above[0].is_hotplug_bridge = 1;
	above[2].is_pciehp = 1;
	above[2].is_hotplug_bridge = 1;
	/* The last bus is the root bus. */
	for (int i = 0; i < 3; i++) {
		buses[i].self = &above[i];
		buses[i].parent = &buses[i + 1];
	}

	port->bus.parent = &buses[0];
	KUNIT_EXPECT_EQ(test, fake_port_probe(port), 0);
	port->bus.parent = NULL;
	KUNIT_ASSERT_NOT_NULL(test, port->ctrl);
	KUNIT_EXPECT_EQ(test, port->ctrl->depth, 2);
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

static void completion_erratum_is_recognized(struct kunit *test)
{
	static const struct {
		u32 slot_cap;
		bool erratum;
	} ports[] = {
		{ PCI_EXP_SLTCAP_HPC, true },
		{ PCI_EXP_SLTCAP_HPC | PCI_EXP_SLTCAP_NCCS, false },
		{ PCI_EXP_SLTCAP_PCP, false },
	};
	struct fake_port *port = test->priv;
	bool erratum;

	if (!IS_ENABLED(CONFIG_PCI_QUIRKS))
		kunit_skip(test, "CONFIG_PCI_QUIRKS is not set");

	/* No other quirk applies to this one. */
	port->pdev->vendor = PCI_VENDOR_ID_HXT;
	port->pdev->device = 0x0401;
	port->pdev->class = PCI_CLASS_BRIDGE_PCI_NORMAL;
	for (int i = 0; i < ARRAY_SIZE(ports); i++) {
		fake_port_set(port, PCI_EXP_SLTCAP, ports[i].slot_cap);
		fake_port_set(port, PCI_EXP_SLTCAP + 2, ports[i].slot_cap >> 16);
		port->pdev->broken_cmd_compl = 0;
		pci_fixup_device(pci_fixup_early, port->pdev);
		erratum = port->pdev->broken_cmd_compl;
		KUNIT_EXPECT_EQ(test, erratum, ports[i].erratum);
	}
}

static struct kunit_case probe_cases[] = {
	KUNIT_CASE(probe_reads_slot_control_once),
	KUNIT_CASE(probe_awaits_command_of_inband_presence),
	KUNIT_CASE(probe_turns_empty_slot_off),
	KUNIT_CASE(probe_clears_events),
	KUNIT_CASE(probe_finds_state),
	KUNIT_CASE(probe_counts_ports_above),
	KUNIT_CASE(probe_corrects_capabilities),
	KUNIT_CASE(completion_erratum_is_recognized),
	{}
};

static struct kunit_suite probe_suite = {
	.name = "pciehp_probe",
	.init = pciehp_test_init,
	.exit = pciehp_test_exit,
	.test_cases = probe_cases,
};

kunit_test_suite(probe_suite);
