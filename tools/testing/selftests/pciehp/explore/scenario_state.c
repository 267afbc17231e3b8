// SPDX-License-Identifier: GPL-2.0-only
/* States of guests at the start of a scenario, saved once and loaded often. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cards.h"
#include "irq_worker.h"
#include "operations.h"
#include "points.h"
#include "registers.h"
#include "scenario.h"
#include "scenario_state.h"

#include "check/invariants.h"
#include "guest/batch.h"
#include "guest/guest.h"
#include "guest/request.h"
#include "guest/state.h"
#include "guest/stop.h"
#include "qemu/pci_tree.h"
#include "slot/slot.h"
#include "slot/slot_host.h"

#define OPTIONS_MAX	16

/* The function that probes a port. */
#define PORT_PROBE	"pcie_portdrv_probe"

static struct guest_setup make_setup(const struct scenario *scenario)
{
	struct guest_setup setup = scenario->setup;

	if (!scenario->hot_added)
		setup.device = scenario->card;

	return setup;
}

/* Saves what scenario_load() needs besides the machine's state. */
static int save_start(const struct guest *guest, const char *request,
		      uint32_t base, const char *state)
{
	char path[PATH_MAX + 8];
	json_t *json;
	int ret = 0;

	json = json_pack("{s:s, s:I, s:O}", "request", request, "irq-worker",
			 (json_int_t)base, "problems", guest->result.problems);
	snprintf(path, sizeof(path), "%s.json", state);
	if (json_dump_file(json, path, 0))
		ret = -EIO;
	json_decref(json);

	return ret;
}

/* The parameter irqaffinity= does not help: the kernel adds the first CPU to it. */
static int interrupt_second_cpu(struct guest *guest)
{
	const char *bdf = guest->ports[0].bdf;
	int ret;

	ret = guest_request(guest, "read /sys/bus/pci/devices/%s/irq", bdf);
	if (!ret)
		ret = guest_request(guest, "write /proc/irq/%d/smp_affinity 2",
				    atoi(guest->agent.text));
	if (ret)
		result_error(&guest->result,
			     "have the port %s interrupt the second CPU: %s",
			     bdf, strerror(-ret));

	return ret;
}

/* Selects the method to reset a card that involves the driver of its slot. */
static int reset_cards_by_slot(struct guest *guest)
{
	const struct plug *card;
	char bdf[BDF_SIZE];
	int ret = 0;

	for (int i = 0; !ret && i < guest->n_ports; i++) {
		card = card_find(guest, i);
		if (!card || card_is_switch(card))
			continue;
		slot_function_bdf(guest, i, 0, bdf);
		ret = guest_request(guest, "write /sys/bus/pci/devices/%s/reset_method bus",
				    bdf);
		/* a kernel before v5.15, or a card with two functions */
		if (ret == -ENOENT || ret == -EINVAL)
			ret = 0;
	}

	return ret;
}

static int set_up_guest(struct guest *guest, const struct scenario *scenario)
{
	int ret = 0;

	if (scenario->irq_on_cpu1)
		ret = interrupt_second_cpu(guest);
	if (!ret && scenario->hot_added)
		ret = slot_hot_add_and_settle(guest, card_e1000e(scenario->port));
	ret = ret ?: reset_cards_by_slot(guest) ?: operations_start(guest);
	/* this also waits until the driver is idle after the boot */
	if (!ret)
		invariants_check(guest);

	return ret;
}

/*
 * Runs the guest up to the start of the scenario. The slot may be in any state there, but
 * the kernel must not have complained.
 */
static int run_prepare(struct guest *guest, const struct scenario *scenario)
{
	size_t log_len = guest->log_len, trace_len = guest->trace_len;
	int ret = 0;

	if (scenario->prepare)
		ret = scenario->prepare(guest, scenario);
	if (ret)
		return ret;
	ret = guest_fetch_trace(guest);
	/* a driver without trace events */
	if (ret && ret != -ENOENT)
		return ret;
	/* the last request: a loaded guest has its answer, which must be no error */
	ret = guest_fetch_log(guest);
	if (ret)
		return ret;
	invariants_check_log(guest, guest->log + log_len);
	if (guest->trace)
		invariants_check_trace(guest, guest->trace + trace_len);

	return 0;
}

/* Boots until the first port is probed. Operations need the bus numbers, assigned before. */
static int boot_to_port(struct guest *guest, const struct points *points,
			const char *state)
{
	const struct point *point;

	point = points_find(points, PORT_PROBE, 0);
	if (!point) {
		result_skip(&guest->result, "the kernel has no " PORT_PROBE "()");
		return -EOPNOTSUPP;
	}

	return guest_boot_part_to_save(guest, state, point->addr);
}

static int boot_with_registers(struct guest *guest,
			       const struct scenario *scenario,
			       const struct points *points, const char *state)
{
	int ret;

	ret = boot_to_port(guest, points, state);
	if (ret)
		return ret;
	ret = registers_change(guest, points, scenario->registers);
	if (ret)
		result_error(&guest->result,
			     "change what the driver reads of its slot's capabilities: %s",
			     strerror(-ret));

	return ret ?: guest_finish_boot(guest);
}

static int boot_to_agent(struct guest *guest, const struct scenario *scenario,
			 const struct points *points, const char *state)
{
	char request[REQUEST_SIZE];
	uint32_t base;
	int ret;

	ret = scenario->registers ?
	      boot_with_registers(guest, scenario, points, state) :
	      guest_boot_to_save(guest, state);
	ret = ret ?: set_up_guest(guest, scenario) ?:
	      scenario->request(guest, scenario, request, sizeof(request)) ?:
	      irq_worker_save(guest, &base) ?:
	      run_prepare(guest, scenario);
	/* a failure of the test itself is no problem of the kernel */
	if (!ret && guest->result.error)
		ret = -EIO;

	return ret ?: save_start(guest, request, base, state);
}

/**
 * scenario_save() - boot a guest to the start of a scenario, and save its state
 * @scenario: the scenario
 * @points: injection points of the kernel
 * @state: path of the state
 * @why: receives the reason if the state cannot be saved
 * @size: size of @why
 *
 * Return: 0; -EOPNOTSUPP if the kernel or QEMU cannot run the scenario; or another
 * negative errno.
 */
int scenario_save(const struct scenario *scenario, const struct points *points,
		  const char *state, char *why, size_t size)
{
	const char *problem;
	struct guest_setup setup = make_setup(scenario);
	struct guest guest;
	int ret;

	ret = guest_prepare(&guest, scenario->name, &setup);
	if (!ret)
		ret = scenario->boot ?
		      boot_to_port(&guest, points, state) :
		      boot_to_agent(&guest, scenario, points, state);
	ret = ret ?: guest_save(&guest);
	problem = result_first_problem(&guest.result);
	if (guest.result.skip[0])
		problem = guest.result.skip;
	snprintf(why, size, "%s", problem ?: strerror(-ret));
	guest_cleanup(&guest);
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

static int load_start(struct guest *guest, const struct scenario *scenario,
		      const char *state, struct scenario_start *start)
{
	char path[PATH_MAX + 8];
	json_int_t base = 0;
	const char *text;
	json_t *json;
	int ret;

	snprintf(path, sizeof(path), "%s.json", state);
	json = json_load_file(path, 0, NULL);
	if (json_unpack(json, "{s:s, s:I, s:O}", "request", &text, "irq-worker",
			&base, "problems", &start->problems)) {
		result_error(&guest->result,
			     "read %s: it was not written by this version",
			     path);
		ret = -EIO;
	} else {
		snprintf(start->request, sizeof(start->request), "%s", text);
		ret = guest_load(guest, state,
				 scenario->hot_added ? scenario->card : NULL) ?:
		      irq_worker_load(guest, base);
	}
	json_decref(json);

	return ret;
}

/**
 * scenario_load() - load a guest at the start of a scenario
 * @guest: to be initialised; guest_cleanup() frees it in any case
 * @scenario: the scenario
 * @state: path of the state that scenario_save() has saved
 * @options: further options of QEMU, as in struct vm_config, or NULL
 * @start: receives what was saved along with the state
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int scenario_load(struct guest *guest, const struct scenario *scenario,
		  const char *state, const char *const *options,
		  struct scenario_start *start)
{
	const char *all[OPTIONS_MAX + 1] = { NULL };
	struct guest_setup setup = make_setup(scenario);
	int ret;

	*start = (struct scenario_start){ .request = "" };
	join_options(all, setup.options, options);
	setup.options = all;
	ret = guest_prepare(guest, scenario->name, &setup);
	if (ret)
		return ret;

	return scenario->boot ? guest_load_part(guest, state) :
	       load_start(guest, scenario, state, start);
}

/**
 * scenario_begin() - start to run a scenario, which guest_finish() ends
 * @guest: from scenario_load()
 * @scenario: the scenario
 * @requests: requests to the guest, as passed to batch_begin(); unused for a boot
 * @batch: receives the answers
 *
 * Return: 0 or a negative errno.
 */
int scenario_begin(struct guest *guest, const struct scenario *scenario,
		   const char *requests, struct batch *batch)
{
	return scenario->boot ? guest_begin_boot(guest) :
				batch_begin(batch, guest, requests);
}
