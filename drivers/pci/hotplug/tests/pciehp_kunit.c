// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the PCIe hotplug driver
 *
 * They are about what the driver guarantees for Slot Control, its interrupt and
 * events:
 *
 * G1 What is intended is published before the port can act on it.
 * G2 The gate in pciehp_isr() is open from before interrupts can be enabled in
 *    the port until after they are disabled there.
 * G3 The gate follows what the driver intends, never what it reads back.  A
 *    command restores enables which a reset has cleared.
 * G4 After a reset and the restore of config space, no event stays pending with
 *    its interrupt lost.
 * G5 Events are ignored while interrupts are disabled.
 * G6 In polling mode, none of this matters.
 */

#include <kunit/test.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>

#include "../../pci.h"
#include "../pciehp.h"
#include "fake_port.h"

/* what pcie_init_notification() enables at a slot with an attention button */
#define ENABLES			(PCI_EXP_SLTCTL_ABPE |	\
				 PCI_EXP_SLTCTL_CCIE |	\
				 PCI_EXP_SLTCTL_HPIE |	\
				 PCI_EXP_SLTCTL_DLLSCE)

/* less than the timeout of a command */
#define SOON_MSECS		900

static irqreturn_t isr(struct fake_port *port)
{
	return pciehp_isr(port->pcie.irq, port->ctrl);
}

static void enable(struct fake_port *port)
{
	pcie_do_write_cmd(port->ctrl, ENABLES, ENABLES, false);
}

static void power_off(struct fake_port *port)
{
	pcie_do_write_cmd(port->ctrl, PCI_EXP_SLTCTL_PWR_OFF,
			  PCI_EXP_SLTCTL_PCC, false);
}

static u16 slot_ctrl(struct fake_port *port)
{
	return fake_port_get(port, PCI_EXP_SLTCTL);
}

static u16 slot_status(struct fake_port *port)
{
	return fake_port_get(port, PCI_EXP_SLTSTA);
}

static int pending(struct fake_port *port)
{
	return atomic_read(&port->ctrl->pending_events);
}

/* a command which was written this long ago, and is not completed yet */
static void command_issued(struct fake_port *port, unsigned int msecs)
{
	port->ctrl->slot_ctrl = slot_ctrl(port);
	port->ctrl->cmd_started = jiffies - msecs_to_jiffies(msecs);
	port->ctrl->cmd_busy = true;
}

static unsigned int msecs_since(unsigned long start)
{
	return jiffies_to_msecs(jiffies - start);
}

/* Each interrupt is handled, and no event is left which keeps off the next. */
static void expect_hotplug_works(struct kunit *test, struct fake_port *port)
{
	unsigned int interrupts = port->interrupts;
	unsigned long start = jiffies;

	atomic_set(&port->ctrl->pending_events, 0);
	fake_port_event(port, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, port->interrupts, interrupts + 1);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_DLLSC);

	pcie_do_write_cmd(port->ctrl, PCI_EXP_SLTCTL_ATTN_IND_ON,
			  PCI_EXP_SLTCTL_AIC, true);
	KUNIT_EXPECT_EQ(test, port->interrupts, interrupts + 2);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
}

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

static void poll_cmd_times_out(struct kunit *test)
{
	struct fake_port *port = test->priv;

	command_issued(port, 0);

	KUNIT_EXPECT_EQ(test, pcie_poll_cmd(port->ctrl, 10), 0);
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

static void wait_cmd_woken_by_interrupt(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	enable(port);
	command_issued(port, 0);
	fake_port_event_later(port, PCI_EXP_SLTSTA_CC, 10);

	pcie_wait_cmd(port->ctrl);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
}

/* Interrupts, but not of Command Completed, or the other way round */
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

	/* by polling, for what is left after a jiffy of 10 ms as well */
	command_issued(port, 1001);
	pcie_wait_cmd(port->ctrl);
	KUNIT_EXPECT_GE(test, port->status_reads, 1);
	KUNIT_EXPECT_LE(test, port->status_reads, 2);

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

static void wait_cmd_waits_longer_when_polling(struct kunit *test)
{
	struct fake_port *port = test->priv;

	pciehp_poll_mode = true;
	command_issued(port, 1500);
	port->reads_left = 3;

	pcie_wait_cmd(port->ctrl);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, port->status_reads, 3);
}

/* pcie_do_write_cmd() */

/* G1, G2: the port completes the command which enables interrupts at once. */
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
	KUNIT_EXPECT_EQ(test, port->notification, ENABLES);
	KUNIT_EXPECT_TRUE(test, port->cmd_busy);
}

static void command_changes_only_its_mask(struct kunit *test)
{
	struct fake_port *port = test->priv;
	u16 val = slot_ctrl(port);

	pcie_do_write_cmd(port->ctrl, 0xffff, PCI_EXP_SLTCTL_PCC, false);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port), val | PCI_EXP_SLTCTL_PCC);
	KUNIT_EXPECT_EQ(test, port->ctrl->slot_ctrl, slot_ctrl(port));
	KUNIT_EXPECT_EQ(test, port->ctrl->notification, 0);
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

/* A port with the erratum completes no command which only changes enables. */
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

/* G3: what is intended while the port is gone, the next command writes. */
static void command_to_absent_port_stays_intended(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	port->absent = true;
	pcie_do_write_cmd(port->ctrl, ENABLES, ENABLES, true);
	KUNIT_EXPECT_EQ(test, port->commands, 0);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, port->ctrl->notification, ENABLES);

	port->absent = false;
	power_off(port);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, ENABLES);
	KUNIT_EXPECT_EQ(test, port->interrupts, 1);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	expect_hotplug_works(test, port);
}

/* G3: the same goes for what is no longer intended. */
static void command_to_absent_port_shuts_gate(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->absent = true;
	pcie_do_write_cmd(port->ctrl, 0, ENABLES, true);
	KUNIT_EXPECT_EQ(test, port->ctrl->notification, 0);

	port->absent = false;
	power_off(port);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, 0);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
}

/* G2: an event may still be signaled until the write has taken effect. */
static void gate_shut_after_disabling_write(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->before_command = PCI_EXP_SLTSTA_DLLSC;
	pcie_do_write_cmd(port->ctrl, 0, ENABLES, false);

	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, port->notification, ENABLES);
	KUNIT_EXPECT_EQ(test, port->ctrl->notification, 0);
}

/* G2: other enables are no reason to shut the gate, nor are they lost. */
static void gate_stays_open_across_commands(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->before_command = PCI_EXP_SLTSTA_DLLSC;
	pcie_do_write_cmd(port->ctrl, 0, PCI_EXP_SLTCTL_DLLSCE, false);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, port->ctrl->notification,
			ENABLES & ~PCI_EXP_SLTCTL_DLLSCE);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES,
			ENABLES & ~PCI_EXP_SLTCTL_DLLSCE);

	enable(port);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	expect_hotplug_works(test, port);
}

/* G3: a command may be written before what a reset has cleared is restored. */
static void command_restores_enables(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	fake_port_set(port, PCI_EXP_SLTCTL, 0);
	power_off(port);

	KUNIT_EXPECT_EQ(test, slot_ctrl(port),
			ENABLES | PCI_EXP_SLTCTL_PWR_OFF);
	KUNIT_EXPECT_EQ(test, port->ctrl->notification, ENABLES);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	expect_hotplug_works(test, port);
}

/* G3: what somebody else has enabled is not ours, and the gate stays shut. */
static void command_takes_no_enables_from_register(struct kunit *test)
{
	struct fake_port *port = test->priv;

	fake_port_set(port, PCI_EXP_SLTCTL,
		      ENABLES | PCI_EXP_SLTCTL_PDCE | PCI_EXP_SLTCTL_PFDE |
		      PCI_EXP_SLTCTL_MRLSCE | PCI_EXP_SLTCTL_PWR_IND_ON);
	power_off(port);

	KUNIT_EXPECT_EQ(test, slot_ctrl(port),
			PCI_EXP_SLTCTL_PWR_IND_ON | PCI_EXP_SLTCTL_PWR_OFF);
	KUNIT_EXPECT_EQ(test, port->ctrl->notification, 0);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
}

/* pciehp_isr() */

/* G5 */
static void isr_ignores_events_while_disabled(struct kunit *test)
{
	struct fake_port *port = test->priv;

	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, port->status_reads, 0);

	fake_port_set(port, PCI_EXP_SLTSTA, 0);
	enable(port);
	pcie_disable_interrupt(port->ctrl);
	port->status_reads = 0;
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, port->status_reads, 0);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
}

/* Not every enable opens the gate. */
static void isr_ignores_events_without_hpie(struct kunit *test)
{
	struct fake_port *port = test->priv;

	pcie_do_write_cmd(port->ctrl, ENABLES & ~PCI_EXP_SLTCTL_HPIE, ENABLES,
			  false);
	fake_port_event(port, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
}

static void isr_ignores_events_in_d3cold(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->status_reads = 0;
	port->pdev->current_state = PCI_D3cold;
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, port->status_reads, 0);
	KUNIT_EXPECT_EQ(test, pending(port), 0);

	port->pdev->current_state = PCI_D3hot;
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
}

static void isr_ignores_interrupt_without_event(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_MRLSC |
		      PCI_EXP_SLTSTA_MRLSS | PCI_EXP_SLTSTA_EIS);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
}

static void isr_ignores_all_ones(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	power_off(port);
	port->ctrl->cmd_busy = true;
	port->absent = true;
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
	KUNIT_EXPECT_FALSE(test, port->ctrl->power_fault_detected);
	KUNIT_EXPECT_TRUE(test, port->ctrl->cmd_busy);
}

static void isr_ignores_all_ones_on_second_read(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->absent_after_clear = true;
	fake_port_event(port, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, port->ignored, 1);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
}

static void isr_passes_events_to_thread(struct kunit *test)
{
	static const u16 events[] = {
		PCI_EXP_SLTSTA_ABP,
		PCI_EXP_SLTSTA_PDC,
		PCI_EXP_SLTSTA_DLLSC,
		PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_PDC,
	};
	struct fake_port *port = test->priv;
	int i;

	enable(port);
	for (i = 0; i < ARRAY_SIZE(events); i++) {
		atomic_set(&port->ctrl->pending_events, 0);
		fake_port_set(port, PCI_EXP_SLTSTA, events[i]);
		KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
		KUNIT_EXPECT_EQ(test, pending(port), events[i]);
		KUNIT_EXPECT_EQ(test, slot_status(port), 0);
	}
}

static void isr_adds_to_events_of_thread(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	fake_port_event(port, PCI_EXP_SLTSTA_ABP);
	fake_port_event(port, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, port->woken, 2);
	KUNIT_EXPECT_EQ(test, pending(port),
			PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_DLLSC);
}

static void isr_completes_command(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	command_issued(port, 0);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_CC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_HANDLED);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
	KUNIT_EXPECT_EQ(test, slot_status(port), 0);
}

static void isr_completes_command_beside_event(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	command_issued(port, 0);
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_CC | PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, slot_status(port), 0);
}

/* With MSI, an event left set would keep the port from signaling any other. */
static void isr_reads_status_again_with_msi(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->before_clear = PCI_EXP_SLTSTA_ABP;
	fake_port_event(port, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, port->woken, 1);
	KUNIT_EXPECT_EQ(test, pending(port),
			PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_DLLSC);
	expect_hotplug_works(test, port);
}

/* Without, the interrupt stays asserted, and the handler is called again. */
static void isr_reads_status_once_with_intx(struct kunit *test)
{
	struct fake_port *port = test->priv;

	port->pdev->msi_enabled = 0;
	enable(port);
	port->interrupts = 0;
	port->status_reads = 0;
	port->before_clear = PCI_EXP_SLTSTA_ABP;
	fake_port_event(port, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, port->interrupts, 2);
	KUNIT_EXPECT_EQ(test, port->status_reads, 2);
	KUNIT_EXPECT_EQ(test, port->woken, 2);
	KUNIT_EXPECT_EQ(test, pending(port),
			PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_DLLSC);
	expect_hotplug_works(test, port);
}

static void isr_reports_power_fault_once(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PFD);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_PFD);

	atomic_set(&port->ctrl->pending_events, 0);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PFD);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, pending(port), 0);

	/* Turning the slot on is what counts as having handled it. */
	pciehp_power_on_slot(port->ctrl);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PFD);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_PFD);
}

/* Some ports set it again as soon as it is cleared, which must not go on. */
static void isr_clears_sticky_power_fault_once(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	port->sticky = PCI_EXP_SLTSTA_PFD;
	port->sticky_left = 5;
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PFD);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_EQ(test, port->sticky_left, 4);
}

static void isr_hides_events_to_be_ignored(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	command_issued(port, 0);
	port->pdev->ignore_hotplug = 1;
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_CC | PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_EQ(test, slot_status(port), 0);
}

static void suspend_parent(struct kunit *test, struct fake_port *port)
{
	if (!IS_ENABLED(CONFIG_PM))
		kunit_skip(test, "without CONFIG_PM, no device is suspended");

	KUNIT_ASSERT_EQ(test, fake_port_suspend_parent(port), 0);
}

static void isr_deferred_while_parent_suspended(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	suspend_parent(test, port);
	port->status_reads = 0;
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_EQ(test, pending(port), RERUN_ISR);
	KUNIT_EXPECT_EQ(test, port->status_reads, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&port->parent->power.usage_count), 0);
}

static void isr_lets_go_of_parent(struct kunit *test)
{
	struct fake_port *port = test->priv;
	atomic_t *usage;

	enable(port);
	suspend_parent(test, port);
	usage = &port->parent->power.usage_count;
	KUNIT_ASSERT_EQ(test, pm_runtime_get_sync(port->parent), 0);

	fake_port_set(port, PCI_EXP_SLTSTA, 0);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, atomic_read(usage), 1);

	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, atomic_read(usage), 1);

	port->absent = true;
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, atomic_read(usage), 1);

	pm_runtime_put_sync(port->parent);
}

/* Polling mode: G6 */

static void polling_enables_no_interrupt(struct kunit *test)
{
	struct fake_port *port = test->priv;

	pciehp_poll_mode = true;
	pcie_enable_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_HPIE, 0);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_DLLSCE,
			PCI_EXP_SLTCTL_DLLSCE);
	KUNIT_EXPECT_EQ(test, port->interrupts, 0);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
}

static void polling_is_not_gated(struct kunit *test)
{
	struct fake_port *port = test->priv;

	pciehp_poll_mode = true;
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
}

static void polling_stops_in_d3cold(struct kunit *test)
{
	struct fake_port *port = test->priv;

	pciehp_poll_mode = true;
	port->pdev->current_state = PCI_D3cold;
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, port->status_reads, 0);
}

/* What comes later is for the next round. */
static void polling_reads_status_once(struct kunit *test)
{
	struct fake_port *port = test->priv;

	pciehp_poll_mode = true;
	port->before_clear = PCI_EXP_SLTSTA_ABP;
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, isr(port), IRQ_WAKE_THREAD);
	KUNIT_EXPECT_EQ(test, port->status_reads, 1);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_ABP);
}

/* The saved Slot Control */

static void command_updates_saved_copy(struct kunit *test)
{
	struct fake_port *port = test->priv;
	u16 val;

	KUNIT_ASSERT_EQ(test, pci_save_state(port->pdev), 0);
	enable(port);
	power_off(port);
	val = slot_ctrl(port);

	fake_port_reset(port);
	fake_port_restore(port);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port), val);
}

static void command_to_absent_port_updates_saved_copy(struct kunit *test)
{
	struct fake_port *port = test->priv;
	u16 val = slot_ctrl(port);

	KUNIT_ASSERT_EQ(test, pci_save_state(port->pdev), 0);
	port->absent = true;
	enable(port);
	power_off(port);
	port->absent = false;

	fake_port_restore(port);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port),
			val | ENABLES | PCI_EXP_SLTCTL_PWR_OFF);
}

static void saved_copy_changes_in_slot_control_only(struct kunit *test)
{
	struct fake_port *port = test->priv;

	fake_port_set(port, PCI_EXP_DEVCTL, 0x1111);
	fake_port_set(port, PCI_EXP_LNKCTL, 0x2222);
	fake_port_set(port, PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_PWR_IND_ON);
	fake_port_set(port, PCI_EXP_RTCTL, 0x0004);
	KUNIT_ASSERT_EQ(test, pci_save_state(port->pdev), 0);
	pci_update_saved_slot_control(port->pdev, 0xffff, ENABLES);

	fake_port_set(port, PCI_EXP_DEVCTL, 0);
	fake_port_set(port, PCI_EXP_LNKCTL, 0);
	fake_port_set(port, PCI_EXP_RTCTL, 0);
	fake_port_restore(port);
	KUNIT_EXPECT_EQ(test, fake_port_get(port, PCI_EXP_DEVCTL), 0x1111);
	KUNIT_EXPECT_EQ(test, fake_port_get(port, PCI_EXP_LNKCTL), 0x2222);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port), ENABLES);
	KUNIT_EXPECT_EQ(test, fake_port_get(port, PCI_EXP_RTCTL), 0x0004);
}

static void command_needs_no_saved_copy(struct kunit *test)
{
	struct fake_port *port = test->priv;

	pci_free_cap_save_buffers(port->pdev);
	INIT_HLIST_HEAD(&port->pdev->saved_cap_space);
	enable(port);
	expect_hotplug_works(test, port);
}

/* Resets: G4 */

/* The write of Slot Control in pci_restore_state() completes as any other. */
static void rearm_consumes_completion(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	pcie_disable_interrupt(port->ctrl);
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_CC);
	port->ctrl->cmd_busy = true;
	port->interrupts = 0;

	pcie_rearm_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, ENABLES);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	/* That of the command which enables interrupts is signaled. */
	KUNIT_EXPECT_EQ(test, port->interrupts, 1);
	expect_hotplug_works(test, port);
}

static void rearm_waits_for_completion(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	pcie_disable_interrupt(port->ctrl);
	port->status_reads = 0;
	port->reads_left = 2;

	pcie_rearm_interrupt(port->ctrl);
	KUNIT_EXPECT_GE(test, port->status_reads, 2);
	expect_hotplug_works(test, port);
}

static void rearm_finds_unsignaled_event(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	pcie_disable_interrupt(port->ctrl);
	port->completion_reads = 1;
	fake_port_event(port, PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_CC);
	KUNIT_EXPECT_EQ(test, pending(port), 0);

	/* Neither this event nor, as it is set, a completion is signaled. */
	port->completion = FAKE_PORT_COMPLETES_NONE;
	port->ctrl->slot_cap |= PCI_EXP_SLTCAP_NCCS;
	pcie_rearm_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_ABP);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
}

static void rearm_handles_signaled_event(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	pcie_disable_interrupt(port->ctrl);
	port->signals_late = true;
	fake_port_event(port, PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_CC);

	pcie_rearm_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_ABP);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	expect_hotplug_works(test, port);
}

static void rearm_without_completions(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	port->ctrl->slot_cap |= PCI_EXP_SLTCAP_NCCS;
	port->completion = FAKE_PORT_COMPLETES_NONE;
	pcie_do_write_cmd(port->ctrl, ENABLES & ~PCI_EXP_SLTCTL_CCIE, ENABLES,
			  false);
	pcie_disable_interrupt(port->ctrl);

	pcie_rearm_interrupt(port->ctrl);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	fake_port_event(port, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_DLLSC);
}

static void rearm_leaves_events_to_polling(struct kunit *test)
{
	struct fake_port *port = test->priv;

	pciehp_poll_mode = true;
	fake_port_set(port, PCI_EXP_SLTSTA,
		      PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_CC);
	pcie_rearm_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_HPIE, 0);
}

/* The thread is told to look what has become of the card, and nothing else. */
static void expect_slot_checked(struct kunit *test, struct fake_port *port)
{
	KUNIT_EXPECT_NE(test, pending(port), 0);
	KUNIT_EXPECT_EQ(test, pending(port) & (PCI_EXP_SLTSTA_ABP |
					       PCI_EXP_SLTSTA_PFD |
					       DISABLE_SLOT | RERUN_ISR), 0);
}

/* as pci_reset_bus() goes about it */
static void hotplug_works_after_bus_reset(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;
	u16 val;

	enable(port);
	val = slot_ctrl(port);

	pciehp_reset_prepare(&port->pcie);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_HPIE, 0);
	KUNIT_ASSERT_EQ(test, pci_save_state(port->pdev), 0);
	fake_port_reset(port);
	fake_port_restore(port);
	pciehp_reset_done(&port->pcie);

	KUNIT_EXPECT_EQ(test, slot_ctrl(port), val);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	expect_slot_checked(test, port);
	expect_hotplug_works(test, port);
}

/* G3, G4: the thread or a user may issue a command at any time. */
static void hotplug_works_after_command_during_reset(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	enable(port);
	pciehp_reset_prepare(&port->pcie);
	KUNIT_ASSERT_EQ(test, pci_save_state(port->pdev), 0);
	fake_port_reset(port);
	power_off(port);
	fake_port_restore(port);
	pciehp_reset_done(&port->pcie);

	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, ENABLES);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_PCC,
			PCI_EXP_SLTCTL_PWR_OFF);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	expect_hotplug_works(test, port);
}

/*
 * as pcie_portdrv_slot_reset() goes about it:  The driver learns of a reset
 * when it is over, and what is restored was saved before the slot was changed.
 */
static void hotplug_works_after_error_recovery(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	KUNIT_ASSERT_EQ(test, pci_save_state(port->pdev), 0);
	enable(port);
	power_off(port);

	fake_port_reset(port);
	pciehp_slot_reset(&port->pcie);
	fake_port_restore(port);
	pciehp_reset_done(&port->pcie);

	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & ENABLES, ENABLES);
	KUNIT_EXPECT_EQ(test, slot_ctrl(port) & PCI_EXP_SLTCTL_PCC,
			PCI_EXP_SLTCTL_PWR_OFF);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	expect_slot_checked(test, port);
	expect_hotplug_works(test, port);
}

/* The reset has ended the command, and cleared the event if it had completed. */
static void recovery_awaits_no_completion(struct kunit *test)
{
	struct fake_port *port = test->priv;
	unsigned long start = jiffies;

	KUNIT_ASSERT_EQ(test, pci_save_state(port->pdev), 0);
	enable(port);
	command_issued(port, 0);

	fake_port_reset(port);
	pciehp_slot_reset(&port->pcie);
	fake_port_restore(port);
	pciehp_reset_done(&port->pcie);

	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	expect_hotplug_works(test, port);
}

/* as on suspend and resume */
static void interrupt_disabled_and_enabled(struct kunit *test)
{
	struct fake_port *port = test->priv;

	enable(port);
	pcie_disable_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, port->ctrl->notification,
			PCI_EXP_SLTCTL_ABPE | PCI_EXP_SLTCTL_CCIE);
	pcie_enable_interrupt(port->ctrl);
	KUNIT_EXPECT_EQ(test, port->ctrl->notification, ENABLES);
	KUNIT_EXPECT_EQ(test, port->ignored, 0);
	expect_hotplug_works(test, port);
}

static int pciehp_test_init(struct kunit *test)
{
	test->priv = fake_port_init(test);

	return test->priv ? 0 : -ENOMEM;
}

static void pciehp_test_exit(struct kunit *test)
{
	if (test->priv)
		fake_port_cleanup(test->priv);
}

static struct kunit_case pciehp_test_cases[] = {
	KUNIT_CASE(poll_cmd_consumes_completion),
	KUNIT_CASE(poll_cmd_waits_for_completion),
	KUNIT_CASE(poll_cmd_times_out),
	KUNIT_CASE(poll_cmd_gives_up_on_all_ones),
	KUNIT_CASE(wait_cmd_skipped_without_completions),
	KUNIT_CASE(wait_cmd_skipped_when_completed),
	KUNIT_CASE(wait_cmd_woken_by_interrupt),
	KUNIT_CASE(wait_cmd_polls_without_interrupt),
	KUNIT_CASE(wait_cmd_polls_once_when_timed_out),
	KUNIT_CASE(wait_cmd_gives_up_when_timed_out),
	KUNIT_CASE(wait_cmd_waits_out_the_second),
	KUNIT_CASE(wait_cmd_waits_longer_when_polling),
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
	KUNIT_CASE(command_to_absent_port_shuts_gate),
	KUNIT_CASE(gate_shut_after_disabling_write),
	KUNIT_CASE(gate_stays_open_across_commands),
	KUNIT_CASE(command_restores_enables),
	KUNIT_CASE(command_takes_no_enables_from_register),
	KUNIT_CASE(isr_ignores_events_while_disabled),
	KUNIT_CASE(isr_ignores_events_without_hpie),
	KUNIT_CASE(isr_ignores_events_in_d3cold),
	KUNIT_CASE(isr_ignores_interrupt_without_event),
	KUNIT_CASE(isr_ignores_all_ones),
	KUNIT_CASE(isr_ignores_all_ones_on_second_read),
	KUNIT_CASE(isr_passes_events_to_thread),
	KUNIT_CASE(isr_adds_to_events_of_thread),
	KUNIT_CASE(isr_completes_command),
	KUNIT_CASE(isr_completes_command_beside_event),
	KUNIT_CASE(isr_reads_status_again_with_msi),
	KUNIT_CASE(isr_reads_status_once_with_intx),
	KUNIT_CASE(isr_reports_power_fault_once),
	KUNIT_CASE(isr_clears_sticky_power_fault_once),
	KUNIT_CASE(isr_hides_events_to_be_ignored),
	KUNIT_CASE(isr_deferred_while_parent_suspended),
	KUNIT_CASE(isr_lets_go_of_parent),
	KUNIT_CASE(polling_enables_no_interrupt),
	KUNIT_CASE(polling_is_not_gated),
	KUNIT_CASE(polling_stops_in_d3cold),
	KUNIT_CASE(polling_reads_status_once),
	KUNIT_CASE(command_updates_saved_copy),
	KUNIT_CASE(command_to_absent_port_updates_saved_copy),
	KUNIT_CASE(saved_copy_changes_in_slot_control_only),
	KUNIT_CASE(command_needs_no_saved_copy),
	KUNIT_CASE(rearm_consumes_completion),
	KUNIT_CASE(rearm_waits_for_completion),
	KUNIT_CASE(rearm_finds_unsignaled_event),
	KUNIT_CASE(rearm_handles_signaled_event),
	KUNIT_CASE(rearm_without_completions),
	KUNIT_CASE(rearm_leaves_events_to_polling),
	KUNIT_CASE(hotplug_works_after_bus_reset),
	KUNIT_CASE(hotplug_works_after_command_during_reset),
	KUNIT_CASE(hotplug_works_after_error_recovery),
	KUNIT_CASE(recovery_awaits_no_completion),
	KUNIT_CASE(interrupt_disabled_and_enabled),
	{}
};

static struct kunit_suite pciehp_test_suite = {
	.name = "pciehp",
	.init = pciehp_test_init,
	.exit = pciehp_test_exit,
	.test_cases = pciehp_test_cases,
};

kunit_test_suite(pciehp_test_suite);

MODULE_DESCRIPTION("KUnit tests for the PCIe hotplug driver");
MODULE_LICENSE("GPL");
