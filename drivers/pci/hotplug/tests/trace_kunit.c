// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the PCIe hotplug driver's trace events */

#include <kunit/test.h>
#include <linux/tracepoint.h>

#include "../pciehp.h"
#include "../pciehp_trace.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

/* what was traced last of the test's port, and how often */
struct traced {
	struct controller *ctrl;
	unsigned int interrupts;
	u16 slot_status;
	enum pciehp_verdict verdict;
	unsigned int commands;
	u16 new;
	unsigned int completed;
	unsigned int timed_out;
};

static void trace_interrupt(void *data, struct controller *ctrl,
			    u16 slot_status, enum pciehp_verdict verdict)
{
	struct traced *traced = data;

	if (ctrl != traced->ctrl)
		return;
	traced->interrupts++;
	traced->slot_status = slot_status;
	traced->verdict = verdict;
}

static void trace_command(void *data, struct controller *ctrl, u16 old, u16 new)
{
	struct traced *traced = data;

	if (ctrl != traced->ctrl)
		return;
	traced->commands++;
	traced->new = new;
}

static void trace_command_done(void *data, struct controller *ctrl,
			       bool completed)
{
	struct traced *traced = data;

	if (ctrl != traced->ctrl)
		return;
	if (completed)
		traced->completed++;
	else
		traced->timed_out++;
}

static void expect_verdict(struct kunit *test, struct traced *traced,
			   enum pciehp_verdict verdict, u16 slot_status)
{
	unsigned int interrupts = traced->interrupts;

	isr(test->priv);
	KUNIT_EXPECT_EQ(test, traced->interrupts, interrupts + 1);
	KUNIT_EXPECT_EQ(test, traced->verdict, verdict);
	KUNIT_EXPECT_EQ(test, traced->slot_status, slot_status);
}

static void interrupts_are_traced(struct kunit *test)
{
	struct fake_port *port = test->priv;
	struct traced traced = { .ctrl = port->ctrl };

	if (register_trace_pciehp_interrupt(trace_interrupt, &traced))
		kunit_skip(test, "the kernel has no trace events");

	expect_verdict(test, &traced, PCIEHP_VERDICT_IGNORED, 0);
	enable(port);
	expect_verdict(test, &traced, PCIEHP_VERDICT_NO_EVENT, 0);
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_DLLSC);
	expect_verdict(test, &traced, PCIEHP_VERDICT_HANDLED,
		       PCI_EXP_SLTSTA_DLLSC);
	port->absent = true;
	expect_verdict(test, &traced, PCIEHP_VERDICT_NO_RESPONSE, 0xffff);
	port->absent = false;
	if (IS_ENABLED(CONFIG_PM) && !fake_port_suspend_parent(port))
		expect_verdict(test, &traced, PCIEHP_VERDICT_DEFERRED, 0);

	unregister_trace_pciehp_interrupt(trace_interrupt, &traced);
	tracepoint_synchronize_unregister();
}

static void commands_are_traced(struct kunit *test)
{
	struct fake_port *port = test->priv;
	struct traced traced = { .ctrl = port->ctrl };

	if (register_trace_pciehp_command(trace_command, &traced))
		kunit_skip(test, "the kernel has no trace events");
	register_trace_pciehp_command_done(trace_command_done, &traced);

	/* The port signals the completion, or it is polled for. */
	enable(port);
	KUNIT_EXPECT_EQ(test, traced.commands, 1);
	KUNIT_EXPECT_EQ(test, traced.new, slot_ctrl(port));
	KUNIT_EXPECT_EQ(test, traced.completed, 1);

	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_CC);
	pcie_poll_cmd(port->ctrl, 0);
	KUNIT_EXPECT_EQ(test, traced.completed, 2);
	KUNIT_EXPECT_EQ(test, traced.timed_out, 0);

	command_issued(port, 1001);
	pcie_wait_cmd(port->ctrl);
	KUNIT_EXPECT_EQ(test, traced.completed, 2);
	KUNIT_EXPECT_EQ(test, traced.timed_out, 1);
	expect_said(test, "Timeout on hotplug command", true);

	unregister_trace_pciehp_command_done(trace_command_done, &traced);
	unregister_trace_pciehp_command(trace_command, &traced);
	tracepoint_synchronize_unregister();
}

static struct kunit_case trace_cases[] = {
	KUNIT_CASE(interrupts_are_traced),
	KUNIT_CASE(commands_are_traced),
	{}
};

static struct kunit_suite trace_suite = {
	.name = "pciehp_trace",
	.init = pciehp_test_init,
	.exit = pciehp_test_exit,
	.test_cases = trace_cases,
};

kunit_test_suite(trace_suite);
