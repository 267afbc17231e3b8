// SPDX-License-Identifier: GPL-2.0-only
/* What goes on in the guest while something else happens. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libpciehp.h>

#include "explore.h"

/* Guest time. */
#define ADD_MS		15000
#define REMOVE_MS	20000
/* A reset waits a minute for a card that is gone. */
#define JOIN_MS		120000
#define RECOVERY_MS	5000
/* Less than the 5 s of the attention button (PCIe Base Spec sec. 6.7.1.5). */
#define BUTTON_MS	4000
#define SLEEP_S		"20"

#define OPTIONS_MAX	16

#define E1000E	"e1000e,id=" CARD ",bus=port0,romfile="

static const char *const machine_options[] = {
	/* for the standby process, see operations.c */
	"-device", "edu,id=edu,addr=1e",
	/*
	 * QEMU leaps to the next timer's time whenever the machine stops. If that is
	 * in a handler for a second time, the next may be years away: have one that
	 * is not.
	 */
	"-netdev", "hubport,id=tick,hubid=0",
	"-object", "filter-buffer,id=ticking,netdev=tick,interval=20000",
	NULL
};

static void first_bdf(const struct guest *guest, char bdf[BDF_SIZE])
{
	slot_function_bdf(guest, 0, 0, bdf);
}

static int trigger_add(struct guest *guest, const struct scenario *scenario)
{
	return slot_plug(guest, &quick_card);
}

static int request_added(struct guest *guest, const struct scenario *scenario,
			 char *text, size_t size)
{
	char bdf[BDF_SIZE];

	first_bdf(guest, bdf);
	snprintf(text, size, "wait add,bind %s %d;sleep 500", bdf, ADD_MS);

	return 0;
}

static int trigger_remove(struct guest *guest, const struct scenario *scenario)
{
	return slot_request_unplug(guest, &full_card);
}

static int trigger_surprise(struct guest *guest, const struct scenario *scenario)
{
	return slot_surprise_remove(guest, &full_card);
}

static int request_removed(struct guest *guest, const struct scenario *scenario,
			   char *text, size_t size)
{
	char bdf[BDF_SIZE];

	first_bdf(guest, bdf);
	snprintf(text, size, "wait remove %s %d;sleep 1500", bdf, REMOVE_MS);

	return 0;
}

static int request_button(struct guest *guest, const struct scenario *scenario,
			  char *text, size_t size)
{
	snprintf(text, size, "sleep %d", BUTTON_MS);

	return 0;
}

/* In a process of its own, so that one that never returns is seen. */
static int request_write(struct guest *guest, const char *attribute,
			 const char *value, char *text, size_t size)
{
	char path[SLOT_PATH_SIZE];
	int ret;

	ret = slot_attribute(guest, 0, attribute, path);
	if (!ret)
		snprintf(text, size, "start write %s %s;join %d;sleep 1500",
			 path, value, JOIN_MS);

	return ret;
}

static int request_power_off(struct guest *guest,
			     const struct scenario *scenario, char *text,
			     size_t size)
{
	return request_write(guest, "power", "0", text, size);
}

static int request_power_on(struct guest *guest,
			    const struct scenario *scenario, char *text,
			    size_t size)
{
	return request_write(guest, "power", "1", text, size);
}

static int request_attention(struct guest *guest,
			     const struct scenario *scenario, char *text,
			     size_t size)
{
	return request_write(guest, "attention", "1", text, size);
}

static int request_drive(struct guest *guest, const char *verb, char *text,
			 size_t size)
{
	char request[SLOT_PATH_SIZE];

	slot_service_request(guest, verb, request, sizeof(request));
	snprintf(text, size, "start %s;join %d;sleep 1500", request, JOIN_MS);

	return 0;
}

static int request_unbind(struct guest *guest, const struct scenario *scenario,
			  char *text, size_t size)
{
	return request_drive(guest, "unbind", text, size);
}

static int request_bind(struct guest *guest, const struct scenario *scenario,
			char *text, size_t size)
{
	return request_drive(guest, "bind", text, size);
}

static int prepare_unbound(struct guest *guest, const struct scenario *scenario)
{
	char request[SLOT_PATH_SIZE];

	slot_service_request(guest, "unbind", request, sizeof(request));

	return guest_request(guest, "%s", request);
}

static int prepare_clock(struct guest *guest, const struct scenario *scenario)
{
	int ret;

	ret = guest_request(guest,
			    "exists /sys/class/rtc/rtc0/wakealarm");
	if (!ret && strcmp(guest->agent.text, "yes")) {
		result_skip(&guest->result,
			    "the guest has no clock that could wake it");
		return -EOPNOTSUPP;
	}

	return ret;
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
#define SWITCH_MACHINE	{ .port = PORT_XIO3130, .options = machine_options }
#define POLLING_MACHINE	{ .port = PORT_IOH3420, .options = machine_options, \
			  .interrupt = INTERRUPT_POLLING }
#define POLLING_SWITCH	{ .port = PORT_XIO3130, .options = machine_options, \
			  .interrupt = INTERRUPT_POLLING }

/* Function 0 last: it is what makes a card appear. */
#define TWO_FUNCTIONS	{ .port = PORT_IOH3420, .options = machine_options, \
			  .device_before = "e1000e,id=" SECOND_FUNCTION \
					   ",bus=port0,addr=0.1,romfile=" }
#define SMP_MACHINE	{ .port = PORT_IOH3420, .options = machine_options, \
			  .cpus = 2 }
#define SMP_SWITCH	{ .port = PORT_XIO3130, .options = machine_options, \
			  .cpus = 2 }

const struct scenario scenarios[] = {
	{ "root.add", ROOT_MACHINE, .trigger = trigger_add,
	  .request = request_added, .quick = true },
	{ "root.remove", ROOT_MACHINE, E1000E, .trigger = trigger_remove,
	  .request = request_removed, .quick = true },
	{ "root.surprise_removal", ROOT_MACHINE, E1000E,
	  .trigger = trigger_surprise, .request = request_removed,
	  .quick = true },
	{ "root.button", ROOT_MACHINE, E1000E, .trigger = trigger_remove,
	  .request = request_button, .quick = true },
	{ "root.second_press", TWO_FUNCTIONS, E1000E ",multifunction=on",
	  .trigger = trigger_remove, .request = request_button,
	  .quick = true },
	{ "root.power_off", ROOT_MACHINE, E1000E,
	  .request = request_power_off, .quick = true },
	{ "root.power_on", ROOT_MACHINE, .trigger = trigger_add,
	  .request = request_power_on },
	{ "root.attention", ROOT_MACHINE, .request = request_attention,
	  .quick = true },
	{ "root.unbind_empty", ROOT_MACHINE, .request = request_unbind },
	{ "root.unbind_occupied", ROOT_MACHINE, E1000E, .stays = true,
	  .request = request_unbind, .quick = true },
	{ "root.bind_empty", ROOT_MACHINE, .prepare = prepare_unbound,
	  .request = request_bind, .quick = true },
	{ "root.bind_occupied", ROOT_MACHINE, E1000E, .stays = true,
	  .prepare = prepare_unbound, .request = request_bind },
	{ "root.suspend_empty", ROOT_MACHINE, .prepare = prepare_clock,
	  .request = request_suspend, .quick = true },
	{ "root.suspend_occupied", ROOT_MACHINE, E1000E, .stays = true,
	  .prepare = prepare_clock, .request = request_suspend },
	{ "switch.reset_empty", SWITCH_MACHINE, .request = request_reset,
	  .quick = true },
	{ "switch.reset_occupied", SWITCH_MACHINE, E1000E, .stays = true, .hot_added = true,
	  .request = request_reset, .quick = true },
	{ "switch.recovery_empty", SWITCH_MACHINE, .trigger = trigger_error,
	  .request = request_recovery },
	{ "switch.recovery_occupied", SWITCH_MACHINE, E1000E, .stays = true,
	  .hot_added = true, .trigger = trigger_error,
	  .request = request_recovery, .quick = true },
	{ "polling.add", POLLING_MACHINE, .trigger = trigger_add,
	  .request = request_added, .quick = true },
	{ "polling.remove", POLLING_MACHINE, E1000E, .trigger = trigger_remove,
	  .request = request_removed },
	{ "polling.surprise_removal", POLLING_MACHINE, E1000E,
	  .trigger = trigger_surprise, .request = request_removed },
	{ "polling.reset_occupied", POLLING_SWITCH, E1000E, .stays = true,
	  .request = request_reset },
	{ "polling.recovery_occupied", POLLING_SWITCH, E1000E, .stays = true,
	  .trigger = trigger_error, .request = request_recovery,
	  .quick = true },
	{ "smp.add", SMP_MACHINE, .trigger = trigger_add,
	  .request = request_added },
	{ "smp.remove", SMP_MACHINE, E1000E, .trigger = trigger_remove,
	  .request = request_removed },
	{ "smp.power_off", SMP_MACHINE, E1000E, .request = request_power_off },
	{ "smp.attention", SMP_MACHINE, .request = request_attention },
	{ "smp.unbind_occupied", SMP_MACHINE, E1000E, .stays = true,
	  .request = request_unbind },
	{ "smp.bind_occupied", SMP_MACHINE, E1000E, .stays = true, .prepare = prepare_unbound,
	  .request = request_bind },
	{ "smp.reset_empty", SMP_SWITCH, .request = request_reset },
	{ "smp.reset_occupied", SMP_SWITCH, E1000E, .stays = true, .hot_added = true,
	  .request = request_reset },
	{ "smp.recovery_occupied", SMP_SWITCH, E1000E, .stays = true, .hot_added = true,
	  .trigger = trigger_error, .request = request_recovery },
};

const size_t n_scenarios = ARRAY_SIZE(scenarios);

/**
 * scenario_find() - the scenario of that name
 * @name: the name
 *
 * Return: the scenario, or NULL.
 */
const struct scenario *scenario_find(const char *name)
{
	for (size_t i = 0; i < n_scenarios; i++) {
		if (!strcmp(scenarios[i].name, name))
			return &scenarios[i];
	}

	return NULL;
}

static struct guest_setup setup_of(const struct scenario *scenario)
{
	struct guest_setup setup = scenario->setup;

	if (!scenario->hot_added)
		setup.device = scenario->card;

	return setup;
}

/* What each load needs to know beside the state. */
static int save_request(struct guest *guest, const struct scenario *scenario,
			const char *state)
{
	char text[REQUEST_SIZE], path[PATH_MAX + 8];
	uint32_t base;
	json_t *json;
	int ret;

	ret = scenario->request(guest, scenario, text, sizeof(text)) ?:
	      operation_save_standby(guest, &base);
	if (ret)
		return ret;
	json = json_pack("{s:s, s:I}", "request", text, "standby",
			 (json_int_t)base);
	snprintf(path, sizeof(path), "%s.json", state);
	if (json_dump_file(json, path, 0))
		ret = -EIO;
	json_decref(json);

	return ret;
}

static int bring_to_begin(struct guest *guest, const struct scenario *scenario)
{
	int ret = 0;

	if (scenario->hot_added)
		ret = slot_hot_add_and_settle(guest, &full_card);
	ret = ret ?: operation_standby(guest);

	/* what the driver has still to do after the boot is no part of it */
	return ret ?: guest_request(guest, "quiet 1500 60000");
}

/* What was said and traced until now is not about the scenario. */
static int drain(struct guest *guest)
{
	int ret;

	ret = guest_fetch_trace(guest);
	if (ret && ret != -ENOENT)
		return ret;

	/* last, as whoever loads the state finds the last answer, which must be good */
	return guest_fetch_log(guest);
}

/**
 * scenario_save() - boot a guest to where a scenario begins, and save its state
 * @scenario: the scenario
 * @state: path of the state
 *
 * Return: 0 or a negative errno, explained on stderr; -EOPNOTSUPP when the kernel
 * or QEMU cannot do it.
 */
int scenario_save(const struct scenario *scenario, const char *state)
{
	struct guest_setup setup = setup_of(scenario);
	struct guest guest;
	int ret;

	ret = guest_prepare(&guest, scenario->name, &setup);
	ret = ret ?: guest_boot_to_save(&guest, state);
	ret = ret ?: bring_to_begin(&guest, scenario);
	ret = ret ?: save_request(&guest, scenario, state);
	if (!ret && scenario->prepare)
		ret = scenario->prepare(&guest, scenario);
	ret = ret ?: drain(&guest) ?: guest_save(&guest);
	if (guest.result.skip[0])
		fprintf(stderr, "# %s: %s\n", scenario->name,
			guest.result.skip);
	guest_forget(&guest);
	result_cleanup(&guest.result);

	return ret;
}

static void join_options(const char *all[OPTIONS_MAX + 1],
			 const char *const *first, const char *const *second)
{
	size_t n = 0;

	for (; first && *first && n < OPTIONS_MAX; first++)
		all[n++] = *first;
	for (; second && *second && n < OPTIONS_MAX; second++)
		all[n++] = *second;
	all[n] = NULL;
}

/**
 * scenario_load() - a guest at the beginning of a scenario
 * @guest: to be initialised; guest_forget() frees it in any case
 * @scenario: the scenario
 * @state: path of the state that scenario_save() has left
 * @options: options of QEMU besides those of the scenario, as of struct vm_config
 * @request: receives what is to be asked of it
 * @size: room in @request
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int scenario_load(struct guest *guest, const struct scenario *scenario,
		  const char *state, const char *const *options, char *request,
		  size_t size)
{
	const char *all[OPTIONS_MAX + 1] = { NULL };
	struct guest_setup setup = setup_of(scenario);
	char path[PATH_MAX + 8];
	json_int_t base = 0;
	const char *text;
	json_t *json;
	int ret;

	join_options(all, setup.options, options);
	setup.options = all;
	ret = guest_prepare(guest, scenario->name, &setup);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "%s.json", state);
	json = json_load_file(path, 0, NULL);
	if (json_unpack(json, "{s:s, s:I}", "request", &text, "standby",
			&base)) {
		result_error(&guest->result, "read %s: it tells no request",
			     path);
		ret = -EIO;
	} else {
		snprintf(request, size, "%s", text);
		ret = guest_load(guest, state,
				 scenario->hot_added ? scenario->card : NULL) ?:
		      operation_load_standby(guest, base);
	}
	json_decref(json);

	return ret;
}
