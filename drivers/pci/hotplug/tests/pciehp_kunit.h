/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions that the KUnit tests for the PCIe hotplug driver share
 *
 * The tests check what the driver guarantees for Slot Control, its interrupt
 * and its events:
 *
 * G1 The intended value is stored before the port can act on it.
 * G2 The handler ignores no interrupt from before interrupts can be enabled in
 *    the port until after they are disabled there.
 * G3 A command is composed of what the driver intends, never of what it reads
 *    back.  So it restores what a reset has cleared.
 * G4 After a reset and the restore of config space, no event stays pending
 *    whose interrupt is lost.
 * G5 The handler ignores events while interrupts are disabled.
 * G6 In polling mode, the handler ignores no event.
 * G7 Interrupts are disabled for runtime suspend only if PME can wake the port.
 */

#ifndef _PCIEHP_KUNIT_H
#define _PCIEHP_KUNIT_H

#include <kunit/test.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>

#include "../pciehp.h"
#include "fake_port.h"

/* what pcie_init_notification() enables if there is an Attention Button */
#define ENABLES			(PCI_EXP_SLTCTL_ABPE |	\
				 PCI_EXP_SLTCTL_CCIE |	\
				 PCI_EXP_SLTCTL_HPIE |	\
				 PCI_EXP_SLTCTL_DLLSCE)

#define INDICATORS		(PCI_EXP_SLTCTL_PIC | PCI_EXP_SLTCTL_AIC)

/* changes of presence or of the link */
#define CHANGES			(PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_DLLSC)

/* less than the timeout of a command */
#define SOON_MSECS		900

static inline irqreturn_t isr(struct fake_port *port)
{
	return pciehp_isr(port->pcie.irq, port->ctrl);
}

static inline irqreturn_t irq(struct fake_port *port)
{
	return pciehp_irq(port->pcie.irq, port->ctrl);
}

static inline irqreturn_t ist(struct fake_port *port)
{
	return pciehp_ist(port->pcie.irq, port->ctrl);
}

static inline irqreturn_t run_thread(struct fake_port *port, int events)
{
	atomic_set(&port->ctrl->pending_events, events);

	return ist(port);
}

/* for fake_port_call_later() */
static inline void call_thread(struct fake_port *port)
{
	ist(port);
}

/* With threadirqs, the driver wakes a thread instead of calling the handler. */
static inline void run_woken_handler(struct fake_port *port)
{
	if (force_irqthreads())
		irq(port);
}

static inline void enable(struct fake_port *port)
{
	pcie_do_write_cmd(port->ctrl, ENABLES, ENABLES, false);
}

static inline void power_off(struct fake_port *port)
{
	pcie_do_write_cmd(port->ctrl, PCI_EXP_SLTCTL_PWR_OFF,
			  PCI_EXP_SLTCTL_PCC, false);
}

static inline u16 slot_ctrl(struct fake_port *port)
{
	return fake_port_get(port, PCI_EXP_SLTCTL);
}

static inline u16 slot_status(struct fake_port *port)
{
	return fake_port_get(port, PCI_EXP_SLTSTA);
}

static inline u16 indicators(struct fake_port *port)
{
	return slot_ctrl(port) & INDICATORS;
}

static inline void set_card(struct fake_port *port, bool present, bool link)
{
	fake_port_set(port, PCI_EXP_SLTSTA, present ? PCI_EXP_SLTSTA_PDS : 0);
	fake_port_set(port, PCI_EXP_LNKSTA,
		      link ? PCI_EXP_LNKSTA_DLLLA | PCI_EXP_LNKSTA_NLW_X1 : 0);
}

static inline bool is_blinking_timed(struct fake_port *port)
{
	return delayed_work_pending(&port->ctrl->button_work);
}

static inline int pending(struct fake_port *port)
{
	return atomic_read(&port->ctrl->pending_events);
}

/* pretend that a command was written msecs ago, and is not completed yet */
static inline void command_issued(struct fake_port *port, unsigned int msecs)
{
	port->ctrl->slot_ctrl = slot_ctrl(port);
	port->ctrl->cmd_started = jiffies - msecs_to_jiffies(msecs);
	port->ctrl->cmd_busy = true;
}

static inline unsigned int msecs_since(unsigned long start)
{
	return jiffies_to_msecs(jiffies - start);
}

void set_state(struct fake_port *port, u8 state);
void begin_off(struct kunit *test);
void begin_on(struct kunit *test);
void find_driver(struct kunit *test);
void prepare_to_bind(struct kunit *test);
void bind_port(struct kunit *test);
void poll_for_events(struct kunit *test);
void forget_messages(struct fake_port *port);
void expect_card_kept(struct kunit *test, u8 state, u32 events);
void expect_said(struct kunit *test, const char *text, bool said);
int pciehp_test_init(struct kunit *test);
void pciehp_test_exit(struct kunit *test);
void expect_hotplug_works(struct kunit *test, struct fake_port *port);

#endif /* _PCIEHP_KUNIT_H */
