// SPDX-License-Identifier: GPL-2.0-only
/* The scenarios, and what they do. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cards.h"
#include "registers.h"
#include "scenario.h"
#include "scenarios.h"

#include "guest/clock.h"
#include "guest/guest.h"
#include "guest/request.h"
#include "qemu/pci_tree.h"
#include "qemu/topology.h"
#include "slot/config_space.h"
#include "slot/error_injection.h"
#include "slot/slot.h"
#include "slot/slot_host.h"
#include "util/compiler.h"

/* Guest time. A reset waits a minute for a card that is gone. */
#define JOIN_MS		120000
#define RECOVERY_MS	5000
#define BRING_UP_MS	5000
/* Less than the 5 s of the attention button (PCIe Base Spec sec. 6.7.1.5). */
#define BUTTON_MS	4000
#define SLEEP_S		"20"

#define E1000E	"e1000e,id=" CARD ",bus=port0,romfile="
#define INNER	"e1000e,id=" INNER_CARD ",bus=port1,romfile="

static const char *const machine_options[] = {
	/* wakes the worker process, see irq_worker.c */
	"-device", "edu,id=edu,addr=1e",
	/*
	 * QEMU advances time to the next timer whenever the machine stops. At a second
	 * stop in one handler, the next timer may be years away. This filter has a
	 * timer every 20 ms.
	 */
	"-netdev", "hubport,id=tick,hubid=0",
	"-object", "filter-buffer,id=ticking,netdev=tick,interval=20000",
	NULL
};

static int trigger_add(struct guest *guest, const struct scenario *scenario)
{
	return slot_plug(guest, card_edu(scenario->port));
}

static int request_added(struct guest *guest, const struct scenario *scenario,
			 char *text, size_t size)
{
	size_t len;

	slot_added_request(guest, card_edu(scenario->port), guest->agent.now,
			   text, size);
	len = strlen(text);
	snprintf(text + len, size - len, ";sleep 500");

	return 0;
}

static int trigger_remove(struct guest *guest, const struct scenario *scenario)
{
	return slot_request_unplug(guest, card_find(guest, scenario->port));
}

static int trigger_surprise(struct guest *guest, const struct scenario *scenario)
{
	return slot_surprise_remove(guest, card_find(guest, scenario->port));
}

static int request_removed(struct guest *guest, const struct scenario *scenario,
			   char *text, size_t size)
{
	/* the model does not matter: the cards have the same address */
	slot_gone_requests(guest, card_edu(scenario->port), guest->agent.now,
			   text, size);

	return 0;
}

static int request_button(struct guest *guest, const struct scenario *scenario,
			  char *text, size_t size)
{
	snprintf(text, size, "sleep %d", BUTTON_MS);

	return 0;
}

/* A process of its own does the write, so that the agent notices if it never returns. */
static int request_write(struct guest *guest, const struct scenario *scenario,
			 const char *attribute, const char *value, char *text,
			 size_t size)
{
	char path[SLOT_PATH_SIZE];
	int ret;

	ret = slot_attribute(guest, scenario->port, attribute, path);
	if (!ret)
		snprintf(text, size, "start write %s %s;join %d;sleep 1500",
			 path, value, JOIN_MS);

	return ret;
}

static int request_power_off(struct guest *guest,
			     const struct scenario *scenario, char *text,
			     size_t size)
{
	return request_write(guest, scenario, "power", "0", text, size);
}

static int request_power_on(struct guest *guest,
			    const struct scenario *scenario, char *text,
			    size_t size)
{
	return request_write(guest, scenario, "power", "1", text, size);
}

static int request_attention(struct guest *guest,
			     const struct scenario *scenario, char *text,
			     size_t size)
{
	return request_write(guest, scenario, "attention", "1", text, size);
}

static int request_driver(struct guest *guest, const struct scenario *scenario,
			  const char *verb, char *text, size_t size)
{
	char request[SLOT_PATH_SIZE];

	slot_service_request(guest, scenario->port, verb, request,
			     sizeof(request));
	snprintf(text, size, "start %s;join %d;sleep 1500", request, JOIN_MS);

	return 0;
}

static int request_unbind(struct guest *guest, const struct scenario *scenario,
			  char *text, size_t size)
{
	return request_driver(guest, scenario, "unbind", text, size);
}

static int request_bind(struct guest *guest, const struct scenario *scenario,
			char *text, size_t size)
{
	return request_driver(guest, scenario, "bind", text, size);
}

static int prepare_unbound(struct guest *guest, const struct scenario *scenario)
{
	char request[SLOT_PATH_SIZE];

	slot_service_request(guest, scenario->port, "unbind", request,
			     sizeof(request));

	return guest_request(guest, "%s", request);
}

/*
 * QEMU cannot plug a switch together with its ports. Instead, the slot of a switch loses
 * its power, and the driver finds the switch as if it had just been plugged. QEMU does not
 * remove the card, because the power indicator is on. The port is kept awake, because its
 * resume would restore Slot Control.
 */
static int prepare_switch_off(struct guest *guest,
			      const struct scenario *scenario)
{
	const char *bdf = guest->ports[0].bdf;
	char upstream[BDF_SIZE];
	uint16_t control;
	int offset, ret;

	slot_function_bdf(guest, 0, 0, upstream);
	ret = guest_request(guest, "write /sys/bus/pci/devices/%s/power/control on",
			    bdf) ?:
	      prepare_unbound(guest, scenario) ?:
	      guest_request(guest, "write /sys/bus/pci/devices/%s/remove 1",
			    upstream);

	return ret ?: config_find_capability(guest, bdf, PCI_CAP_ID_EXP, &offset) ?:
	       config_read16(guest, bdf, offset + PCI_EXP_SLTCTL, &control) ?:
	       config_write16(guest, bdf, offset + PCI_EXP_SLTCTL,
			      control | PCI_EXP_SLTCTL_PWR_OFF);
}

static int request_bring_up(struct guest *guest,
			    const struct scenario *scenario, char *text,
			    size_t size)
{
	char request[SLOT_PATH_SIZE];

	slot_service_request(guest, 0, "bind", request, sizeof(request));
	snprintf(text, size, "start %s;join %d;sleep %d", request, JOIN_MS,
		 BRING_UP_MS);

	return 0;
}

static int prepare_clock(struct guest *guest, const struct scenario *scenario)
{
	const char *why = guest_cannot_wake(guest);

	if (!why)
		return 0;
	result_skip(&guest->result, "%s", why);

	return -EOPNOTSUPP;
}

static int request_suspend(struct guest *guest, const struct scenario *scenario,
			   char *text, size_t size)
{
	snprintf(text, size,
		 "write /sys/class/rtc/rtc0/wakealarm +" SLEEP_S
		 ";write /sys/power/state freeze;sleep 1500");

	return 0;
}

static int request_reset(struct guest *guest, const struct scenario *scenario,
			 char *text, size_t size)
{
	char bdf[BDF_SIZE];
	int ret;

	ret = pci_tree_find(&guest->vm.qmp, "root0", bdf);
	if (!ret)
		snprintf(text, size,
			 "start write /sys/bus/pci/devices/%s/reset_subordinate 1;join %d;sleep 1500",
			 bdf, JOIN_MS);

	return ret;
}

static int request_slot_reset(struct guest *guest,
			      const struct scenario *scenario, char *text,
			      size_t size)
{
	char bdf[BDF_SIZE];

	slot_function_bdf(guest, scenario->port, 0, bdf);
	snprintf(text, size,
		 "start write /sys/bus/pci/devices/%s/reset 1;join %d;sleep 1500",
		 bdf, JOIN_MS);

	return 0;
}

static int trigger_error(struct guest *guest, const struct scenario *scenario)
{
	return error_inject_fatal(guest);
}

static int request_recovery(struct guest *guest,
			    const struct scenario *scenario, char *text,
			    size_t size)
{
	snprintf(text, size, "sleep %d", RECOVERY_MS);

	return 0;
}

#define ROOT_MACHINE	{ .port = PORT_IOH3420, .options = machine_options }
/* The kernel applies an erratum of Command Completed to Intel's ports, but not to this. */
#define NO_ERRATUM	{ .port = PORT_PCIE_ROOT_PORT, .options = machine_options }
#define SWITCH_MACHINE	{ .port = PORT_XIO3130, .options = machine_options }
#define THREADED_MACHINE	{ .port = PORT_IOH3420, .options = machine_options, \
			  .interrupt = INTERRUPT_THREADED }
#define THREADED_SWITCH	{ .port = PORT_XIO3130, .options = machine_options, \
			  .interrupt = INTERRUPT_THREADED }
#define POLLING_MACHINE	{ .port = PORT_IOH3420, .options = machine_options, \
			  .interrupt = INTERRUPT_POLLING }
#define POLLING_SWITCH	{ .port = PORT_XIO3130, .options = machine_options, \
			  .interrupt = INTERRUPT_POLLING }

/* Function 0 is plugged last: it makes the card appear. */
#define TWO_FUNCTIONS	{ .port = PORT_IOH3420, .options = machine_options, \
			  .device_before = "e1000e,id=" SECOND_FUNCTION \
					   ",bus=port0,addr=0.1,romfile=" }
#define SMP_MACHINE	{ .port = PORT_IOH3420, .options = machine_options, \
			  .cpus = 2 }
#define NO_POWER	{ .port = PORT_IOH3420, .options = machine_options, \
			  .no_power = true, \
			  .port_properties = ",power_controller_present=off" }
#define NO_BUTTON	{ .port = PORT_IOH3420, .options = machine_options, \
			  .no_button = true }
#define NO_ERRATUM_NO_BUTTON	{ .port = PORT_PCIE_ROOT_PORT, \
			  .options = machine_options, .no_button = true }
#define NESTED_MACHINE	{ .port = PORT_IOH3420, .nested = true, \
			  .options = machine_options }
#define SMP_NESTED	{ .port = PORT_IOH3420, .nested = true, \
			  .options = machine_options, .cpus = 2 }
#define SMP_SWITCH	{ .port = PORT_XIO3130, .options = machine_options, \
			  .cpus = 2 }

static const struct registers no_button = { .cleared = PCI_EXP_SLTCAP_ABP };
static const struct registers no_completion = { .set = PCI_EXP_SLTCAP_NCCS };
static const struct registers out_of_band = { .set2 = PCI_EXP_SLTCAP2_IBPD };

const struct scenario scenarios[] = {
	{ "root.add", ROOT_MACHINE, .trigger = trigger_add,
	  .request = request_added, .quick = true },
	{ "root.remove", ROOT_MACHINE, E1000E, .trigger = trigger_remove,
	  .request = request_removed, .quick = true },
	{ "root.surprise_removal", ROOT_MACHINE, E1000E,
	  .trigger = trigger_surprise, .request = request_removed,
	  .quick = true },
	{ "root.button", ROOT_MACHINE, E1000E, .expect_removed = true,
	  .trigger = trigger_remove, .request = request_button, .quick = true },
	{ "root.second_press", TWO_FUNCTIONS, E1000E ",multifunction=on",
	  .expect_removed = true, .trigger = trigger_remove,
	  .request = request_button, .quick = true },
	{ "root.power_off", ROOT_MACHINE, E1000E,
	  .request = request_power_off, .quick = true },
	{ "root.power_on", ROOT_MACHINE, .trigger = trigger_add,
	  .request = request_power_on },
	{ "root.attention", ROOT_MACHINE, .request = request_attention,
	  .quick = true },
	{ "root.unbind_empty", ROOT_MACHINE, .request = request_unbind },
	{ "root.unbind_occupied", ROOT_MACHINE, E1000E, .expect_kept = true,
	  .request = request_unbind, .quick = true },
	{ "root.bind_empty", ROOT_MACHINE, .prepare = prepare_unbound,
	  .request = request_bind, .quick = true },
	{ "root.bind_occupied", ROOT_MACHINE, E1000E, .expect_kept = true,
	  .prepare = prepare_unbound, .request = request_bind },
	{ "root.suspend_empty", ROOT_MACHINE, .prepare = prepare_clock,
	  .request = request_suspend, .quick = true },
	{ "root.suspend_occupied", ROOT_MACHINE, E1000E, .expect_kept = true,
	  .prepare = prepare_clock, .request = request_suspend },
	{ "root.slot_reset", ROOT_MACHINE, E1000E, .expect_kept = true,
	  .request = request_slot_reset, .quick = true },
	{ "switch.slot_reset", SWITCH_MACHINE, E1000E, .expect_kept = true,
	  .request = request_slot_reset },
	{ "switch.add", SWITCH_MACHINE, .trigger = trigger_add,
	  .request = request_added, .quick = true },
	{ "switch.reset_empty", SWITCH_MACHINE, .request = request_reset,
	  .quick = true },
	{ "switch.reset_occupied", SWITCH_MACHINE, E1000E, .expect_kept = true,
	  .hot_added = true, .request = request_reset, .quick = true },
	{ "switch.recovery_empty", SWITCH_MACHINE, .trigger = trigger_error,
	  .request = request_recovery },
	{ "switch.recovery_occupied", SWITCH_MACHINE, E1000E, .expect_kept = true,
	  .hot_added = true, .trigger = trigger_error,
	  .request = request_recovery, .quick = true },
	{ "threaded.add", THREADED_MACHINE, .trigger = trigger_add,
	  .request = request_added },
	{ "threaded.remove", THREADED_MACHINE, E1000E,
	  .trigger = trigger_remove, .request = request_removed,
	  .quick = true },
	{ "threaded.power_off", THREADED_MACHINE, E1000E,
	  .request = request_power_off },
	{ "threaded.reset_occupied", THREADED_SWITCH, E1000E, .expect_kept = true,
	  .request = request_reset },
	{ "threaded.recovery_occupied", THREADED_SWITCH, E1000E, .expect_kept = true,
	  .trigger = trigger_error, .request = request_recovery },
	{ "polling.add", POLLING_MACHINE, .trigger = trigger_add,
	  .request = request_added, .quick = true },
	{ "polling.remove", POLLING_MACHINE, E1000E, .trigger = trigger_remove,
	  .request = request_removed },
	{ "polling.surprise_removal", POLLING_MACHINE, E1000E,
	  .trigger = trigger_surprise, .request = request_removed },
	{ "polling.reset_occupied", POLLING_SWITCH, E1000E, .expect_kept = true,
	  .request = request_reset },
	{ "polling.recovery_occupied", POLLING_SWITCH, E1000E, .expect_kept = true,
	  .trigger = trigger_error, .request = request_recovery,
	  .quick = true },
	{ "boot.empty", ROOT_MACHINE, .boot = true, .quick = true },
	{ "boot.occupied", ROOT_MACHINE, E1000E, .boot = true, .expect_kept = true,
	  .quick = true },
	{ "boot.switch_empty", SWITCH_MACHINE, .boot = true },
	{ "boot.switch_occupied", SWITCH_MACHINE, E1000E, .boot = true,
	  .expect_kept = true },
	{ "boot.nested_empty", NESTED_MACHINE, .boot = true },
	{ "boot.nested_occupied", NESTED_MACHINE, .card = INNER, .boot = true,
	  .expect_kept = true },
	{ "nested.remove_empty", NESTED_MACHINE, .trigger = trigger_remove,
	  .request = request_removed },
	{ "nested.remove_occupied", NESTED_MACHINE, .card = INNER,
	  .trigger = trigger_remove, .request = request_removed,
	  .quick = true },
	{ "nested.surprise_removal_empty", NESTED_MACHINE,
	  .trigger = trigger_surprise, .request = request_removed },
	{ "nested.surprise_removal_occupied", NESTED_MACHINE, .card = INNER,
	  .trigger = trigger_surprise, .request = request_removed,
	  .quick = true },
	{ "nested.power_off_occupied", NESTED_MACHINE, .card = INNER,
	  .request = request_power_off },
	{ "nested.bring_up_empty", NESTED_MACHINE,
	  .prepare = prepare_switch_off, .request = request_bring_up },
	{ "nested.bring_up_occupied", NESTED_MACHINE, .card = INNER,
	  .prepare = prepare_switch_off, .request = request_bring_up,
	  .quick = true },
	{ "nested.suspend_empty", NESTED_MACHINE, .prepare = prepare_clock,
	  .request = request_suspend },
	{ "nested.suspend_occupied", NESTED_MACHINE, .card = INNER,
	  .expect_kept = true, .prepare = prepare_clock,
	  .request = request_suspend, .quick = true },
	{ "nested.inner_add", NESTED_MACHINE, .port = 1,
	  .trigger = trigger_add, .request = request_added, .quick = true },
	{ "nested.inner_remove", NESTED_MACHINE, .port = 1, .card = INNER,
	  .trigger = trigger_remove, .request = request_removed,
	  .quick = true },
	{ "nested.inner_surprise_removal", NESTED_MACHINE, .port = 1,
	  .card = INNER, .trigger = trigger_surprise,
	  .request = request_removed },
	{ "nested.inner_power_off", NESTED_MACHINE, .port = 1, .card = INNER,
	  .request = request_power_off },
	{ "smp_nested.remove_occupied", SMP_NESTED, .card = INNER,
	  .trigger = trigger_remove, .request = request_removed },
	{ "smp_nested.surprise_removal_occupied", SMP_NESTED, .card = INNER,
	  .trigger = trigger_surprise, .request = request_removed },
	{ "smp_nested.inner_remove", SMP_NESTED, .port = 1, .card = INNER,
	  .trigger = trigger_remove, .request = request_removed },
	{ "smp_nested.inner_power_off", SMP_NESTED, .port = 1, .card = INNER,
	  .request = request_power_off },
	{ "smp.add", SMP_MACHINE, .trigger = trigger_add,
	  .request = request_added },
	{ "smp.remove", SMP_MACHINE, E1000E, .trigger = trigger_remove,
	  .request = request_removed },
	{ "smp.surprise_removal", SMP_MACHINE, E1000E,
	  .trigger = trigger_surprise, .request = request_removed },
	{ "smp.power_off", SMP_MACHINE, E1000E, .request = request_power_off },
	{ "smp.power_on", SMP_MACHINE, .trigger = trigger_add,
	  .request = request_power_on },
	{ "smp.attention", SMP_MACHINE, .request = request_attention },
	{ "smp.unbind_occupied", SMP_MACHINE, E1000E, .expect_kept = true,
	  .request = request_unbind },
	{ "smp.bind_occupied", SMP_MACHINE, E1000E, .expect_kept = true,
	  .prepare = prepare_unbound, .request = request_bind },
	{ "smp.reset_empty", SMP_SWITCH, .request = request_reset },
	{ "smp.reset_occupied", SMP_SWITCH, E1000E, .expect_kept = true,
	  .hot_added = true, .request = request_reset },
	{ "smp.recovery_occupied", SMP_SWITCH, E1000E, .expect_kept = true,
	  .hot_added = true, .trigger = trigger_error,
	  .request = request_recovery },
	{ "no_power.add", NO_POWER, .trigger = trigger_add,
	  .request = request_added },
	{ "no_power.remove", NO_POWER, E1000E, .trigger = trigger_remove,
	  .request = request_removed, .quick = true },
	{ "no_power.surprise_removal", NO_POWER, E1000E,
	  .trigger = trigger_surprise, .request = request_removed },
	{ "no_power.power_off", NO_POWER, E1000E,
	  .request = request_power_off },
	{ "no_button.add", NO_BUTTON, .registers = &no_button,
	  .trigger = trigger_add, .request = request_added, .quick = true },
	{ "no_button.surprise_removal", NO_BUTTON, E1000E,
	  .registers = &no_button, .trigger = trigger_surprise,
	  .request = request_removed, .quick = true },
	{ "no_button.power_off", NO_BUTTON, E1000E, .registers = &no_button,
	  .request = request_power_off },
	{ "no_completion.add", ROOT_MACHINE, .registers = &no_completion,
	  .trigger = trigger_add, .request = request_added },
	{ "no_completion.remove", ROOT_MACHINE, E1000E,
	  .registers = &no_completion, .trigger = trigger_remove,
	  .request = request_removed, .quick = true },
	{ "no_button.no_erratum_add", NO_ERRATUM_NO_BUTTON,
	  .registers = &no_button, .trigger = trigger_add,
	  .request = request_added },
	{ "no_button.no_erratum_surprise_removal", NO_ERRATUM_NO_BUTTON, E1000E,
	  .registers = &no_button, .trigger = trigger_surprise,
	  .request = request_removed },
	{ "no_completion.no_erratum_add", NO_ERRATUM,
	  .registers = &no_completion, .trigger = trigger_add,
	  .request = request_added },
	{ "no_completion.no_erratum_remove", NO_ERRATUM, E1000E,
	  .registers = &no_completion, .trigger = trigger_remove,
	  .request = request_removed },
	{ "out_of_band.no_erratum_add", NO_ERRATUM, .registers = &out_of_band,
	  .trigger = trigger_add, .request = request_added, .quick = true },
	{ "out_of_band.no_erratum_surprise_removal", NO_ERRATUM, E1000E,
	  .registers = &out_of_band, .trigger = trigger_surprise,
	  .request = request_removed },
	{ "no_completion.reset_occupied", SWITCH_MACHINE, E1000E,
	  .expect_kept = true, .hot_added = true, .registers = &no_completion,
	  .request = request_reset },
	{ "out_of_band.add", ROOT_MACHINE, .registers = &out_of_band,
	  .trigger = trigger_add, .request = request_added },
	{ "out_of_band.surprise_removal", ROOT_MACHINE, E1000E,
	  .registers = &out_of_band, .trigger = trigger_surprise,
	  .request = request_removed },
	{ "out_of_band.reset_occupied", SWITCH_MACHINE, E1000E,
	  .expect_kept = true, .hot_added = true, .registers = &out_of_band,
	  .request = request_reset, .quick = true },
	{ "away.add", SMP_MACHINE, .irq_on_cpu1 = true, .trigger = trigger_add,
	  .request = request_added },
	{ "away.remove", SMP_MACHINE, E1000E, .irq_on_cpu1 = true,
	  .trigger = trigger_remove, .request = request_removed },
	{ "away.surprise_removal", SMP_MACHINE, E1000E, .irq_on_cpu1 = true,
	  .trigger = trigger_surprise, .request = request_removed },
	{ "away.power_off", SMP_MACHINE, E1000E, .irq_on_cpu1 = true,
	  .request = request_power_off },
	{ "away.power_on", SMP_MACHINE, .irq_on_cpu1 = true,
	  .trigger = trigger_add, .request = request_power_on },
	{ "away.attention", SMP_MACHINE, .irq_on_cpu1 = true,
	  .request = request_attention },
	{ "away.unbind_occupied", SMP_MACHINE, E1000E, .expect_kept = true,
	  .irq_on_cpu1 = true, .request = request_unbind },
	{ "away.bind_occupied", SMP_MACHINE, E1000E, .expect_kept = true,
	  .irq_on_cpu1 = true, .prepare = prepare_unbound,
	  .request = request_bind },
};

const size_t n_scenarios = ARRAY_SIZE(scenarios);

/**
 * scenario_binds() - does a scenario bind or unbind the driver
 * @scenario: the scenario
 *
 * Return: true if it does.
 */
bool scenario_binds(const struct scenario *scenario)
{
	return scenario->request == request_bind ||
	       scenario->request == request_unbind;
}

/**
 * scenario_find() - find a scenario by its name
 * @name: the name
 *
 * Return: the scenario, or NULL if there is none of that name.
 */
const struct scenario *scenario_find(const char *name)
{
	for (size_t i = 0; i < n_scenarios; i++) {
		if (!strcmp(scenarios[i].name, name))
			return &scenarios[i];
	}

	return NULL;
}
