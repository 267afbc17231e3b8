// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of how the PCIe hotplug driver writes Slot Control */

#include <kunit/test.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/pci.h>

#include "../pciehp.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

/* G1, G2: the port completes the command that enables interrupts at once. */
static void first_command_completes_within_write(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);

	KUNIT_EXPECT_EQ(test, port->interrupts, 1);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
	expect_hotplug_works(test, port);
}

/* G1 */
static void command_published_before_write(struct kunit *test)
{
	struct fake_port *port = test->priv;
	u16 val = slot_ctrl(port) | ENABLES;

	enable(port);
	KUNIT_EXPECT_EQ(test, port->commands, 1);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port), val);
	KUNIT_EXPECT_EQ(test, port->slot_ctrl, val);
	KUNIT_EXPECT_TRUE(test, port->cmd_busy);
}

static void command_changes_only_its_mask(struct kunit *test)
{
	struct fake_port *port = test->priv;
	u16 val = slot_ctrl(port);

	pcie_do_write_cmd(port->ctrl, 0xffff, PCI_EXP_SLTCTL_PCC, false);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port), val | PCI_EXP_SLTCTL_PCC);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_ctrl, slot_ctrl(port));
}

static void command_waits_for_its_completion(struct kunit *test)
{
	struct fake_port *port = test->priv;

	port->completion_reads = 2;
	pcie_do_write_cmd(port->ctrl, PCI_EXP_SLTCTL_PWR_OFF,
			  PCI_EXP_SLTCTL_PCC, true);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, port->status_reads, 2);
}

static void command_does_not_wait_unless_told(struct kunit *test)
{
	struct fake_port *port = test->priv;

	port->completion = FAKE_PORT_COMPLETES_NONE;
	power_off(port);
	KUNIT_EXPECT_TRUE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, port->status_reads, 0);
}

static void command_waits_for_the_previous(struct kunit *test)
{
	struct fake_port *port = test->priv;

	port->completion_reads = 2;
	power_off(port);
	KUNIT_EXPECT_EQ(test, port->status_reads, 0);
	power_off(port);
	KUNIT_EXPECT_EQ(test, port->status_reads, 2);
	KUNIT_EXPECT_EQ(test, port->commands, 2);
	KUNIT_EXPECT_TRUE(test, port->ctrl->cmd_busy);
}

static void command_without_completions_follows_at_once(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	port->ctrl->slot_cap |= PCI_EXP_SLTCAP_NCCS;
	port->completion = FAKE_PORT_COMPLETES_NONE;

	enable(port);
	power_off(port);
	pcie_do_write_cmd(port->ctrl, PCI_EXP_SLTCTL_PWR_ON,
			  PCI_EXP_SLTCTL_PCC, true);
	KUNIT_EXPECT_EQ(test, port->commands, 3);
	KUNIT_EXPECT_EQ(test, port->status_reads, 0);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
}

/* A port with the erratum completes no command that only changes enables. */
static void command_with_erratum_follows_at_once(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	port->pdev->broken_cmd_compl = 1;
	port->completion = FAKE_PORT_COMPLETES_CONTROL;

	enable(port);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	power_off(port);
	KUNIT_EXPECT_EQ(test, port->interrupts, 1);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
}

static void command_with_erratum_completes(struct kunit *test)
{
	struct fake_port *port = test->priv;

	port->pdev->broken_cmd_compl = 1;
	port->completion = FAKE_PORT_COMPLETES_CONTROL;
	port->completion_reads = 2;

	power_off(port);
	KUNIT_EXPECT_TRUE(test, port->ctrl->cmd_busy);
	power_off(port);
	KUNIT_EXPECT_EQ(test, port->status_reads, 2);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
}

/* G3: the next command writes what was intended while the port was absent. */
static void command_to_absent_port_stays_intended(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	port->absent = true;
	pcie_do_write_cmd(port->ctrl, ENABLES, ENABLES, true);
	KUNIT_EXPECT_EQ(test, port->commands, 0);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_ctrl & ENABLES, ENABLES);
	expect_said(test, "no response from device", true);

	port->absent = false;
	power_off(port);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, ENABLES);
	KUNIT_EXPECT_EQ(test, port->interrupts, 1);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	expect_hotplug_works(test, port);
}

/* G3: this includes a bit that is no longer intended. */
static void command_to_absent_port_ends_listening(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->absent = true;
	pcie_do_write_cmd(port->ctrl, 0, ENABLES, true);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_ctrl & ENABLES, 0);

	port->absent = false;
	power_off(port);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, 0);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
}

/* This happens if the driver is unbound from a port on a pulled card. */
static void command_to_disconnected_port_is_not_awaited(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start;

	enable(port);
	port->pdev->error_state = pci_channel_io_perm_failure;
	start = jiffies;
	pcie_do_write_cmd(port->ctrl, 0, ENABLES, true);

	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_ctrl & ENABLES, 0);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
}

/* G2: an event may still be signaled until the write has taken effect. */
static void handler_listens_until_disabled(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->before_command = PCI_EXP_SLTSTA_DLLSC;
	pcie_do_write_cmd(port->ctrl, 0, ENABLES, false);

	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, port->slot_ctrl & ENABLES, PCI_EXP_SLTCTL_HPIE);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_ctrl & ENABLES, 0);
}

/* G2: other enables do not affect the handler, and are not lost. */
static void handler_listens_across_commands(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->before_command = PCI_EXP_SLTSTA_DLLSC;
	pcie_do_write_cmd(port->ctrl, 0, PCI_EXP_SLTCTL_DLLSCE, false);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_ctrl & ENABLES,
			ENABLES & ~PCI_EXP_SLTCTL_DLLSCE);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES,
			ENABLES & ~PCI_EXP_SLTCTL_DLLSCE);

	enable(port);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	expect_hotplug_works(test, port);
}

/* G3: the register was cleared by something else than the driver. */
static void command_restores_what_reset_cleared(struct kunit *test)
{
	struct fake_port *port = test->priv;
	u16 val;

	enable(port);
	power_off(port);
	val = slot_ctrl(port);
	fake_port_set(port, PCI_EXP_SLTCTL, 0);
	port->interrupts = 0;
	pcie_do_write_cmd(port->ctrl, PCI_EXP_SLTCTL_ATTN_IND_BLINK,
			  PCI_EXP_SLTCTL_AIC, false);

	KUNIT_EXPECT_EQ(test, slot_ctrl(port), (val & ~PCI_EXP_SLTCTL_AIC) |
					       PCI_EXP_SLTCTL_ATTN_IND_BLINK);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_PCC,
			PCI_EXP_SLTCTL_PWR_OFF);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_ctrl, slot_ctrl(port));
	KUNIT_EXPECT_EQ(test, port->interrupts, 1);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	expect_hotplug_works(test, port);
}

/* G3: the driver ignores what something else has written. */
static void command_takes_nothing_from_register(struct kunit *test)
{
	struct fake_port *port = test->priv;
	u16 val = slot_ctrl(port);

	fake_port_set(port, PCI_EXP_SLTCTL,
		      ENABLES | PCI_EXP_SLTCTL_PDCE | PCI_EXP_SLTCTL_PFDE |
		      PCI_EXP_SLTCTL_MRLSCE | PCI_EXP_SLTCTL_PWR_IND_BLINK);
	power_off(port);

	KUNIT_EXPECT_EQ(test, slot_ctrl(port), val | PCI_EXP_SLTCTL_PWR_OFF);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_ctrl, slot_ctrl(port));
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
}

static struct kunit_case command_cases[] = {
	KUNIT_CASE(first_command_completes_within_write),
	KUNIT_CASE(command_published_before_write),
	KUNIT_CASE(command_changes_only_its_mask),
	KUNIT_CASE(command_waits_for_its_completion),
	KUNIT_CASE(command_does_not_wait_unless_told),
	KUNIT_CASE(command_waits_for_the_previous),
	KUNIT_CASE(command_without_completions_follows_at_once),
	KUNIT_CASE(command_with_erratum_follows_at_once),
	KUNIT_CASE(command_with_erratum_completes),
	KUNIT_CASE(command_to_absent_port_stays_intended),
	KUNIT_CASE(command_to_absent_port_ends_listening),
	KUNIT_CASE(command_to_disconnected_port_is_not_awaited),
	KUNIT_CASE(handler_listens_until_disabled),
	KUNIT_CASE(handler_listens_across_commands),
	KUNIT_CASE(command_restores_what_reset_cleared),
	KUNIT_CASE(command_takes_nothing_from_register),
	{}
};

static struct kunit_suite command_suite = {
	.name = "pciehp_command",
	.init = pciehp_test_init,
	.exit = pciehp_test_exit,
	.test_cases = command_cases,
};

kunit_test_suite(command_suite);
