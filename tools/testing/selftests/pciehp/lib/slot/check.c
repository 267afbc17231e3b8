// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "guest/request.h"
#include "slot/check.h"

/*
 * Guest time. Longer than the 5 s after a press of the attention button (PCIe Base Spec
 * sec. 6.7.1.5), so that a removal that a wrong press has started is noticed.
 */
#define KEPT_MS	8000

/**
 * slot_check_kept() - check that a device is not removed and keeps its driver
 * @guest: the guest
 * @plug: the device
 * @since: the device must not have been removed after this moment, even if it was added
 *	again
 *
 * A failed check is recorded in the result.
 *
 * Return: 0, also if the check fails; or a negative errno.
 */
int slot_check_kept(struct guest *guest, const struct plug *plug,
		    struct moment since)
{
	char bdf[BDF_SIZE];
	int ret;

	slot_function_bdf(guest, plug->port, plug->function, bdf);
	ret = guest_wait_event(guest, "remove", bdf, since, KEPT_MS);
	if (!ret)
		result_lost(&guest->result, "%s was removed", bdf);
	if (ret != -ETIMEDOUT)
		return ret;

	ret = guest_request(guest, "exists /sys/bus/pci/drivers/%s/%s",
			    plug->driver, bdf);
	if (!ret && strcmp(guest->agent.text, "yes"))
		result_problem(&guest->result, "%s has lost its driver", bdf);

	return ret;
}

/**
 * port_check_can_signal() - check that a port can signal events (I7)
 * @guest: the guest
 * @regs: registers of the port
 *
 * A port that is runtime suspended signals an event by an interrupt, or by PME (PCIe Base
 * Spec sec. 6.7.3.4). A failed check is recorded in the result.
 */
void port_check_can_signal(struct guest *guest, const struct port_regs *regs)
{
	if (!regs->runtime_suspended || regs->can_signal_pme ||
	    regs->slot_control & PCI_EXP_SLTCTL_HPIE)
		return;
	guest->result.asleep = true;
	result_problem(&guest->result,
		       "I7: %s is runtime suspended, and neither Hot-Plug Interrupt Enable nor PME can wake it (Slot Control %#06x, Slot Status %#06x)",
		       regs->bdf, regs->slot_control, regs->slot_status);
}

/**
 * slot_check_can_signal() - check that a slot's port can signal events (I7)
 * @guest: the guest
 * @port: number of the port
 *
 * A failed check is recorded in the result.
 *
 * Return: 0, also if the check fails; or a negative errno.
 */
int slot_check_can_signal(struct guest *guest, int port)
{
	struct port_regs regs;
	int ret;

	ret = port_read_regs(guest, port, &regs);
	if (!ret)
		port_check_can_signal(guest, &regs);

	return ret;
}

/**
 * slot_check_power() - check whether a slot is powered
 * @guest: the guest
 * @port: number of the slot's port
 * @on: whether it must be powered
 *
 * A failed check is recorded in the result.
 *
 * Return: 0, also if the check fails; or a negative errno.
 */
int slot_check_power(struct guest *guest, int port, bool on)
{
	struct port_regs regs;
	bool is_on;
	int ret;

	ret = port_read_regs(guest, port, &regs);
	if (ret)
		return ret;
	is_on = !(regs.slot_control & PCI_EXP_SLTCTL_PCC);
	if (is_on != on)
		result_problem(&guest->result,
			       "the power of the slot of %s is %s (Slot Control %#06x)",
			       regs.bdf, is_on ? "on" : "off",
			       regs.slot_control);

	return 0;
}

/**
 * slot_check_attention() - check the state of a slot's attention indicator
 * @guest: the guest
 * @port: number of the slot's port
 * @indicator: the expected state: PCI_EXP_SLTCTL_ATTN_IND_ON, ...
 *
 * A failed check is recorded in the result.
 *
 * Return: 0, also if the check fails; or a negative errno.
 */
int slot_check_attention(struct guest *guest, int port, uint16_t indicator)
{
	struct port_regs regs;
	int ret;

	ret = port_read_regs(guest, port, &regs);
	if (!ret && (regs.slot_control & PCI_EXP_SLTCTL_AIC) != indicator)
		result_problem(&guest->result,
			       "the attention indicator of %s is %#06x, but was last set to %#06x",
			       regs.bdf, regs.slot_control & PCI_EXP_SLTCTL_AIC,
			       indicator);

	return ret;
}
