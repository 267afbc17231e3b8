// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of how the PCIe hotplug driver waits for a command to complete */

#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/pci.h>

#include "../pciehp.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

/* pcie_poll_cmd() */

static void poll_cmd_consumes_completion(struct kunit *test)
{
	struct fake_port *port = test->priv;

	command_issued(port, 0);
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_CC | PCI_EXP_SLTSTA_PDC);

	KUNIT_EXPECT_EQ(test, pcie_poll_cmd(port->ctrl, 1000), 1);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, port->status_reads, 1);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDC);
}

static void poll_cmd_waits_for_completion(struct kunit *test)
{
	struct fake_port *port = test->priv;

	command_issued(port, 0);
	port->reads_left = 3;

	KUNIT_EXPECT_EQ(test, pcie_poll_cmd(port->ctrl, 1000), 1);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, port->status_reads, 3);
}

/* The port may interrupt while its Slot Status is polled. */
static void poll_cmd_notices_handled_completion(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	command_issued(port, 0);
	port->ctrl->cmd_busy = false;

	KUNIT_EXPECT_EQ(test, pcie_poll_cmd(port->ctrl, 1000), 1);
	KUNIT_EXPECT_EQ(test, port->status_reads, 1);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
}

static void poll_cmd_times_out(struct kunit *test)
{
	struct fake_port *port = test->priv;

	command_issued(port, 0);

	KUNIT_EXPECT_EQ(test, pcie_poll_cmd(port->ctrl, 10), 0);
	KUNIT_EXPECT_GE(test, msecs_since(port->ctrl->cmd_started), 20);
	KUNIT_EXPECT_TRUE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, port->status_reads, 2);
}

static void poll_cmd_gives_up_on_all_ones(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	command_issued(port, 0);
	port->absent = true;

	KUNIT_EXPECT_EQ(test, pcie_poll_cmd(port->ctrl, 1000), -ENODEV);
	expect_said(test, "no response from device", true);
	KUNIT_EXPECT_TRUE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
}

/* If a port is marked as disconnected, the PCI core reads no register. */
static void poll_cmd_gives_up_on_disconnected_port(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	command_issued(port, 0);
	port->pdev->error_state = pci_channel_io_perm_failure;

	KUNIT_EXPECT_EQ(test, pcie_poll_cmd(port->ctrl, 1000), -ENODEV);
	KUNIT_EXPECT_TRUE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
}

/* pcie_wait_cmd() */

static void wait_cmd_skipped_without_completions(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	port->ctrl->slot_cap |= PCI_EXP_SLTCAP_NCCS;
	command_issued(port, 0);

	pcie_wait_cmd(port->ctrl);
	KUNIT_EXPECT_EQ(test, port->status_reads, 0);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
}

static void wait_cmd_skipped_when_completed(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	command_issued(port, 0);
	port->ctrl->cmd_busy = false;

	pcie_wait_cmd(port->ctrl);
	KUNIT_EXPECT_EQ(test, port->status_reads, 0);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
}

static void complete_command(struct fake_port *port)
{
	fake_port_event(port, PCI_EXP_SLTSTA_CC);
}

static void wait_cmd_woken_by_interrupt(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	enable(port);
	command_issued(port, 0);
	fake_port_call_later(port, complete_command, 10);
	port->unmasked_reads = 0;

	pcie_wait_cmd(port->ctrl);
	/* Only the handler has read Slot Status. */
	KUNIT_EXPECT_EQ(test, port->unmasked_reads, 0);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	expect_said(test, "Timeout on hotplug command", false);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
}

/* HPIE is set and CCIE is clear, or the other way round. */
static void wait_cmd_polls_without_interrupt(struct kunit *test)
{
	static const u16 missing[] = {
		PCI_EXP_SLTCTL_CCIE,
		PCI_EXP_SLTCTL_HPIE,
	};
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;
	int i;

	for (i = 0; i < ARRAY_SIZE(missing); i++) {
		fake_port_set(port, PCI_EXP_SLTCTL, ENABLES & ~missing[i]);
		command_issued(port, 0);
		port->reads_left = 2;

		pcie_wait_cmd(port->ctrl);
		KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	}
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
}

static void wait_cmd_polls_once_when_timed_out(struct kunit *test)
{
	struct fake_port *port = test->priv;

	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_CC);
	command_issued(port, 1001);

	pcie_wait_cmd(port->ctrl);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, port->status_reads, 1);
	KUNIT_EXPECT_EQ(test, slot_status(port), 0);
}

static void wait_cmd_gives_up_when_timed_out(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	/* by polling in steps of 10 ms, for one more jiffy */
	command_issued(port, 1001);
	pcie_wait_cmd(port->ctrl);
	KUNIT_EXPECT_EQ(test, port->status_reads, 1 + jiffies_to_msecs(1) / 10);

	/* by waiting */
	enable(port);
	command_issued(port, 1001);
	pcie_wait_cmd(port->ctrl);

	KUNIT_EXPECT_TRUE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
}

static void wait_cmd_waits_out_the_second(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	enable(port);
	command_issued(port, 960);
	pcie_wait_cmd(port->ctrl);

	KUNIT_EXPECT_TRUE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_GE(test, msecs_since(start), 30);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
}

/* Before it reports a timeout, it checks whether the port is gone. */
static void wait_cmd_looks_for_port_when_timed_out(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	command_issued(port, 1001);
	port->absent = true;
	port->absent_reads = 0;

	pcie_wait_cmd(port->ctrl);
	KUNIT_EXPECT_EQ(test, port->absent_reads, 1);
}

static void wait_cmd_waits_longer_when_polling(struct kunit *test)
{
	struct fake_port *port = test->priv;

	poll_for_events(test);
	command_issued(port, 1500);
	port->reads_left = 3;

	pcie_wait_cmd(port->ctrl);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, port->status_reads, 3);
}

static struct kunit_case wait_cases[] = {
	KUNIT_CASE(poll_cmd_consumes_completion),
	KUNIT_CASE(poll_cmd_waits_for_completion),
	KUNIT_CASE(poll_cmd_notices_handled_completion),
	KUNIT_CASE(poll_cmd_times_out),
	KUNIT_CASE(poll_cmd_gives_up_on_all_ones),
	KUNIT_CASE(poll_cmd_gives_up_on_disconnected_port),
	KUNIT_CASE(wait_cmd_skipped_without_completions),
	KUNIT_CASE(wait_cmd_skipped_when_completed),
	KUNIT_CASE(wait_cmd_woken_by_interrupt),
	KUNIT_CASE(wait_cmd_polls_without_interrupt),
	KUNIT_CASE(wait_cmd_polls_once_when_timed_out),
	KUNIT_CASE(wait_cmd_gives_up_when_timed_out),
	KUNIT_CASE(wait_cmd_waits_out_the_second),
	KUNIT_CASE(wait_cmd_looks_for_port_when_timed_out),
	KUNIT_CASE(wait_cmd_waits_longer_when_polling),
	{}
};

static struct kunit_suite wait_suite = {
	.name = "pciehp_wait",
	.init = pciehp_test_init,
	.exit = pciehp_test_exit,
	.test_cases = wait_cases,
};

kunit_test_suite(wait_suite);
