// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the PCIe hotplug driver when its port is reset */

#include <kunit/test.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/pci.h>

#include "../../pci.h"
#include "../pciehp.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

static void reset(struct fake_port *port)
{
	fake_port_reset(port);
	fake_port_restore(port);
}

/* a reset during which link changes are ignored, unlike a resume */
static void restore_after_reset(struct kunit *test, struct fake_port *port)
{
	fake_port_announce_reset(port);
	fake_port_restore(port);
	fake_port_end_reset(port);
	run_woken_handler(port);
	KUNIT_EXPECT_NE(test, pending(port) & CHECK_SLOT, 0);
	atomic_and(~(int)CHECK_SLOT, &port->ctrl->pending_events);
}

/* What is restored: G3 */

/* The state that the PCI core has saved is older than the commands. */
static void restore_writes_what_is_intended(struct kunit *test)
{
	struct fake_port *port = test->priv;
	u16 val;

	KUNIT_ASSERT_EQ(test, pci_save_state(port->pdev), 0);
	enable(port);
	power_off(port);
	pciehp_set_indicators(port->ctrl, PCI_EXP_SLTCTL_PWR_IND_OFF,
			      PCI_EXP_SLTCTL_ATTN_IND_BLINK);
	val = slot_ctrl(port);
	KUNIT_EXPECT_EQ(test, val, ENABLES | PCI_EXP_SLTCTL_PWR_OFF |
				   PCI_EXP_SLTCTL_PWR_IND_OFF |
				   PCI_EXP_SLTCTL_ATTN_IND_BLINK);

	reset(port);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port), val);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_ctrl, val);
	expect_hotplug_works(test, port);
}

/* What was intended while the port was absent is written afterwards. */
static void restore_writes_what_absent_port_missed(struct kunit *test)
{
	struct fake_port *port = test->priv;
	u16 val = slot_ctrl(port);

	port->absent = true;
	enable(port);
	power_off(port);
	port->absent = false;

	reset(port);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port),
			val | ENABLES | PCI_EXP_SLTCTL_PWR_OFF);
}

/* G5: this happens on resume, before interrupts are enabled. */
static void restore_leaves_interrupt_disabled(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	pcie_disable_interrupt(port->ctrl);
	port->interrupts = 0;
	fake_port_reset(port);
	fake_port_event(port, PCI_EXP_SLTSTA_ABP);
	fake_port_restore(port);

	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES,
			PCI_EXP_SLTCTL_ABPE | PCI_EXP_SLTCTL_CCIE);
	KUNIT_EXPECT_EQ(test, port->interrupts, 0);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
}

/* Without the driver, the saved value is written after all other registers. */
static void unbound_port_restored_last(struct kunit *test)
{
	struct fake_port *port = test->priv;

	fake_port_set(port, PCI_EXP_DEVCTL, 0x1111);
	fake_port_set(port, PCI_EXP_LNKCTL, 0x2222);
	fake_port_set(port, PCI_EXP_SLTCTL, ENABLES);
	fake_port_set(port, PCI_EXP_RTCTL, 0x0004);
	KUNIT_ASSERT_EQ(test, pci_save_state(port->pdev), 0);

	fake_port_reset(port);
	fake_port_set(port, PCI_EXP_DEVCTL, 0);
	fake_port_set(port, PCI_EXP_LNKCTL, 0);
	fake_port_set(port, PCI_EXP_RTCTL, 0);
	port->commands = 0;
	fake_port_restore_unbound(port);
	KUNIT_EXPECT_EQ(test, fake_port_get(port, PCI_EXP_DEVCTL), 0x1111);
	KUNIT_EXPECT_EQ(test, fake_port_get(port, PCI_EXP_LNKCTL), 0x2222);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port), ENABLES);
	KUNIT_EXPECT_EQ(test, fake_port_get(port, PCI_EXP_RTCTL), 0x0004);
	KUNIT_EXPECT_EQ(test, port->commands, 1);
	KUNIT_EXPECT_NE(test, port->command & PCI_COMMAND_MASTER, 0);
	KUNIT_EXPECT_FALSE(test, pciehp_restore_slot_control(port->pdev));
}

/* A command in progress, and the command that restores Slot Control */

/* The reset has ended the command, and cleared Command Completed. */
static void restore_awaits_no_earlier_command(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	enable(port);
	command_issued(port, 0);
	reset(port);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	expect_hotplug_works(test, port);
}

/* A task that waits for the command continues, with interrupt or polling. */
static void restore_wakes_who_waits(struct kunit *test)
{
	static const u16 enables[] = {
		ENABLES,
		ENABLES & ~PCI_EXP_SLTCTL_CCIE,
	};
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	for (int i = 0; i < ARRAY_SIZE(enables); i++) {
		pcie_do_write_cmd(port->ctrl, enables[i], ENABLES, true);
		port->completion = FAKE_PORT_COMPLETES_NONE;
		fake_port_call_later(port, reset, 10);
		pcie_do_write_cmd(port->ctrl, PCI_EXP_SLTCTL_PWR_OFF,
				  PCI_EXP_SLTCTL_PCC, true);
		port->completion = FAKE_PORT_COMPLETES;
		flush_delayed_work(&port->later);
		KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_PCC,
				PCI_EXP_SLTCTL_PWR_OFF);
		port->ctrl->cmd_busy = false;
	}
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
}

static void restore_consumes_completion(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->interrupts = 0;
	reset(port);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
	KUNIT_EXPECT_EQ(test, port->interrupts, 1);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	expect_hotplug_works(test, port);
}

/* With interrupts disabled, the next command clears Command Completed. */
static void restore_completion_is_polled_for(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	pcie_disable_interrupt(port->ctrl);
	reset(port);
	KUNIT_EXPECT_TRUE(test, port->ctrl->cmd_busy);

	pcie_enable_interrupt(port->ctrl);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
	expect_hotplug_works(test, port);
}

/* Power and indicators do not change, so the port completes nothing. */
static void restore_with_erratum_awaits_nothing(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	port->pdev->broken_cmd_compl = 1;
	port->completion = FAKE_PORT_COMPLETES_CONTROL;
	enable(port);

	fake_port_reset(port);
	fake_port_set(port, PCI_EXP_SLTCTL,
		      port->ctrl->slot_ctrl & ~ENABLES);
	fake_port_restore(port);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	expect_hotplug_works(test, port);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
}

static void restore_without_completions(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	port->ctrl->slot_cap |= PCI_EXP_SLTCAP_NCCS;
	port->completion = FAKE_PORT_COMPLETES_NONE;
	pcie_do_write_cmd(port->ctrl, ENABLES & ~PCI_EXP_SLTCTL_CCIE, ENABLES,
			  false);
	reset(port);
	power_off(port);

	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	fake_port_event(port, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, pending(port) & ~CHECK_SLOT,
			PCI_EXP_SLTSTA_DLLSC);
}

/* G6 */
static void restore_enables_no_interrupt_when_polling(struct kunit *test)
{
	struct fake_port *port = test->priv;

	poll_for_events(test);
	pcie_enable_interrupt(port->ctrl);
	power_off(port);
	fake_port_reset(port);
	fake_port_event(port, PCI_EXP_SLTSTA_ABP);
	fake_port_restore(port);

	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES,
			PCI_EXP_SLTCTL_DLLSCE);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_PCC,
			PCI_EXP_SLTCTL_PWR_OFF);
	KUNIT_EXPECT_EQ(test, port->interrupts, 0);
	/* The next poll handles events. */
	KUNIT_EXPECT_EQ(test, pending(port) & ~CHECK_SLOT, 0);
	KUNIT_EXPECT_NE(test, slot_status(port) & PCI_EXP_SLTSTA_ABP, 0);
}

/* Events which occurred before interrupts were enabled again: G4 */

static void restore_finds_unsignaled_event(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->interrupts = 0;
	fake_port_reset(port);
	fake_port_event(port, PCI_EXP_SLTSTA_ABP);
	KUNIT_EXPECT_EQ(test, pending(port), 0);

	/* This event is not signaled.  As it is set, no completion is either. */
	restore_after_reset(test, port);
	KUNIT_EXPECT_EQ(test, port->interrupts, 0);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_ABP);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	expect_hotplug_works(test, port);
}

static void restore_handles_signaled_event(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->signals_late = true;
	fake_port_reset(port);
	fake_port_event(port, PCI_EXP_SLTSTA_ABP);

	restore_after_reset(test, port);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_ABP);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	expect_hotplug_works(test, port);
}

/* A command has set HPIE, but the interrupt of its completion is lost. */
static void restore_finds_event_of_overtaken_command(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	fake_port_reset(port);
	fake_port_recover(port);
	port->vector = false;
	port->completion = FAKE_PORT_COMPLETES_NONE;
	power_off(port);
	fake_port_event(port, PCI_EXP_SLTSTA_CC);
	port->completion = FAKE_PORT_COMPLETES;
	port->interrupts = 0;

	restore_after_reset(test, port);
	KUNIT_EXPECT_EQ(test, port->interrupts, 0);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
	expect_hotplug_works(test, port);
}

/* Otherwise, one press of the button could count twice. */
static void restore_looks_while_handler_cannot_run(struct kunit *test)
{
	struct fake_port *port = test->priv;

	if (force_irqthreads())
		kunit_skip(test, "with threadirqs, the handler's thread looks for events");
	if (fake_port_request_irq(port))
		kunit_skip(test, "no interrupt is available");
	enable(port);
	fake_port_reset(port);
	fake_port_event(port, PCI_EXP_SLTSTA_ABP);
	port->status_reads = 0;
	port->unmasked_reads = 0;

	restore_after_reset(test, port);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_ABP);
	KUNIT_EXPECT_NE(test, port->status_reads, 0);
	KUNIT_EXPECT_EQ(test, port->unmasked_reads, 0);
	expect_hotplug_works(test, port);
}

/* While the port is being reset: Bus Master Enable is clear */

static void command_during_reset_is_only_intended(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;
	u16 val;

	enable(port);
	val = slot_ctrl(port);
	port->commands = 0;
	port->interrupts = 0;
	fake_port_reset(port);
	pcie_do_write_cmd(port->ctrl, PCI_EXP_SLTCTL_PWR_OFF,
			  PCI_EXP_SLTCTL_PCC, true);
	pcie_do_write_cmd(port->ctrl, PCI_EXP_SLTCTL_ATTN_IND_BLINK,
			  PCI_EXP_SLTCTL_AIC, true);
	KUNIT_EXPECT_EQ(test, port->commands, 0);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port), 0);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);

	fake_port_restore(port);
	KUNIT_EXPECT_EQ(test, port->commands, 1);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port), (val & ~PCI_EXP_SLTCTL_AIC) |
					       PCI_EXP_SLTCTL_PWR_OFF |
					       PCI_EXP_SLTCTL_ATTN_IND_BLINK);
	KUNIT_EXPECT_EQ(test, port->interrupts, 1);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	expect_hotplug_works(test, port);
}

/* Interrupts are disabled during the reset, and stay disabled. */
static void disabling_during_reset_ends_listening(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->interrupts = 0;
	fake_port_reset(port);
	pcie_do_write_cmd(port->ctrl, 0, ENABLES, true);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_ctrl & ENABLES, 0);

	fake_port_restore(port);
	fake_port_event(port, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, 0);
	KUNIT_EXPECT_EQ(test, port->interrupts, 0);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
}

static struct kunit_case reset_cases[] = {
	KUNIT_CASE(restore_writes_what_is_intended),
	KUNIT_CASE(restore_writes_what_absent_port_missed),
	KUNIT_CASE(restore_leaves_interrupt_disabled),
	KUNIT_CASE(unbound_port_restored_last),
	KUNIT_CASE(restore_awaits_no_earlier_command),
	KUNIT_CASE(restore_wakes_who_waits),
	KUNIT_CASE(restore_consumes_completion),
	KUNIT_CASE(restore_completion_is_polled_for),
	KUNIT_CASE(restore_with_erratum_awaits_nothing),
	KUNIT_CASE(restore_without_completions),
	KUNIT_CASE(restore_enables_no_interrupt_when_polling),
	KUNIT_CASE(restore_finds_unsignaled_event),
	KUNIT_CASE(restore_handles_signaled_event),
	KUNIT_CASE(restore_finds_event_of_overtaken_command),
	KUNIT_CASE(restore_looks_while_handler_cannot_run),
	KUNIT_CASE(command_during_reset_is_only_intended),
	KUNIT_CASE(disabling_during_reset_ends_listening),
	{}
};

static struct kunit_suite reset_suite = {
	.name = "pciehp_reset",
	.init = pciehp_test_init,
	.exit = pciehp_test_exit,
	.test_cases = reset_cases,
};

kunit_test_suite(reset_suite);
