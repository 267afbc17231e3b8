// SPDX-License-Identifier: GPL-2.0-only
/* Checks whether the driver has lost an event. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cards.h"
#include "interleaving.h"
#include "operations.h"
#include "points.h"
#include "progress.h"
#include "scenario.h"
#include "scenario_state.h"
#include "scenarios.h"
#include "settle.h"
#include "text.h"
#include "verdict.h"

#include "check/invariants.h"
#include "guest/batch.h"
#include "guest/guest.h"
#include "guest/request.h"
#include "qemu/pci_tree.h"
#include "slot/slot.h"
#include "slot/slot_host.h"
#include "util/compiler.h"

/* Guest time. A reset waits a minute for a card that is gone, and then returns. */
#define GRACE_MS	100000

#define BIND_MS		3000
#define JOIN_SCAN	"join 60000"

/*
 * The answer has a line for each request that has returned: its number, its error, and how
 * often it has returned.
 */
static int count_ended(const struct batch *batch, int request, int *error)
{
	const struct batch_answer *answer = batch_find(batch, "irq-worker-ended");
	int number, times, pos;
	const char *line;

	if (!answer || answer->error)
		return 0;
	line = answer->text;
	while (sscanf(line, "%d %d %d %n", &number, error, &times, &pos) == 3) {
		if (number == request)
			return times;
		line += pos;
	}

	return 0;
}

/* A card that is removed and added again looks kept, but its driver was unbound. */
static void check_kept(struct guest *guest,
		       const struct interleaving *interleaving)
{
	if (interleaving->n_events || !interleaving->scenario->expect_kept)
		return;
	if (guest->log && strstr(guest->log, "pciehp_agent: remove "))
		result_problem(&guest->result,
			       "the card was removed, though it stayed in its slot");
}

/* A second press cancels the first (PCIe Base Spec sec. 6.7.1.5). */
static void check_cancelled(struct guest *guest,
			    const struct interleaving *interleaving,
			    const struct progress *progress)
{
	char bdf[BDF_SIZE];

	if (interleaving->n_events != 1 || !progress->reached ||
	    progress->operation_error ||
	    !interleaving->events[0].operation->cancels_press)
		return;
	if (pci_tree_find(&guest->vm.qmp, CARD, bdf))
		result_problem(&guest->result,
			       "the second press of the attention button is lost: the card is gone");
}

/* Without events, a press of the button removes the card. */
static void check_removed(struct guest *guest,
			  const struct interleaving *interleaving)
{
	char bdf[BDF_SIZE];

	if (interleaving->n_events || !interleaving->scenario->expect_removed)
		return;
	if (!pci_tree_find(&guest->vm.qmp, CARD, bdf))
		result_problem(&guest->result,
			       "the press of the attention button is lost: the card is still there");
}

/* A request has no effect without the device or driver that it names. */
static bool had_no_effect(const struct operation *operation, int error)
{
	if (error == ENOENT)
		return true;

	return operation->binds_driver && (error == ENODEV || error == EBUSY);
}

/* Each request to the worker process must return. */
static void check_requests_returned(struct guest *guest,
				    const struct interleaving *interleaving,
				    struct progress *progress)
{
	const struct event *events = interleaving->events;
	int error = 0, wanted;

	for (int i = 0; i < progress->reached; i++) {
		const struct operation *operation = events[i].operation;

		if (operation->run || progress->operation_error)
			continue;
		wanted = 1;
		for (int j = 0; j < i; j++)
			wanted += events[j].operation == operation;
		if (count_ended(&progress->batch, operation_number(operation),
				&error) < wanted)
			result_problem(&guest->result,
				       "what %s wrote to sysfs never returns",
				       operation->name);
		else if (had_no_effect(operation, error))
			progress->operation_error = -ECANCELED;
	}
}

static int try_bind(struct guest *guest, int port, struct progress *progress)
{
	char bind[SLOT_PATH_SIZE], requests[REQUEST_SIZE];

	slot_service_request(guest, port, "bind", bind, sizeof(bind));
	snprintf(requests, sizeof(requests), "%s;sleep %d", bind, BIND_MS);

	return batch_ask(&progress->batch, guest, requests);
}

static int start_removal(struct guest *guest, const struct plug *card)
{
	return guest->setup.no_button ? slot_surprise_remove(guest, card) :
					slot_request_unplug(guest, card);
}

/* Without a power controller QEMU does not remove the card, so it is pulled. */
static int finish_removal(struct guest *guest, const struct plug *card)
{
	if (guest->setup.no_button)
		return 0;

	return guest->setup.no_power ? slot_surprise_remove(guest, card) :
				       slot_wait_deleted(guest, card);
}

static int try_remove(struct guest *guest, const struct plug *card)
{
	struct moment since = guest->agent.now;

	return start_removal(guest, card) ?:
	       slot_wait_gone(guest, card, since) ?:
	       finish_removal(guest, card);
}

static int try_add(struct guest *guest, const struct plug *card,
		   struct progress *progress)
{
	struct moment since = guest->agent.now;
	char requests[REQUEST_SIZE], checks[REQUEST_SIZE / 2];
	size_t len;

	slot_added_request(guest, card, since, requests, sizeof(requests));
	len = strlen(requests);
	invariants_requests(guest, checks, sizeof(checks));
	snprintf(requests + len, sizeof(requests) - len, ";%s", checks);

	return slot_plug(guest, card) ?:
	       batch_ask(&progress->batch, guest, requests) ?:
	       slot_check_added(guest, card, since, &progress->batch.answers[0]);
}

static void discard_problems(struct guest *guest, const char *start)
{
	const char *problem;
	size_t i = 0;

	while (i < json_array_size(guest->result.problems)) {
		problem = json_string_value(json_array_get(guest->result.problems,
							   i));
		if (problem && !strncmp(problem, start, strlen(start)))
			json_array_remove(guest->result.problems, i);
		else
			i++;
	}
}

/* A command may time out while the interrupts are masked. */
static void discard_timeouts(struct guest *guest,
			     const struct interleaving *interleaving)
{
	for (int i = 0; i < interleaving->n_events; i++) {
		if (!interleaving->events[i].operation->masks_interrupts)
			continue;
		discard_problems(guest, "I2:");
		discard_problems(guest, "I6: a command does not complete");
	}
}

/* A probe that fails because of an event leaves the port without a driver. */
static void check_bound(struct guest *guest,
			const struct interleaving *interleaving)
{
	bool binds = scenario_binds(interleaving->scenario);

	for (int i = 0; i < interleaving->n_events; i++)
		binds |= interleaving->events[i].operation->binds_driver;
	for (int i = 0; !binds && i < guest->n_ports; i++) {
		if (guest->ports[i].unbound)
			result_problem(&guest->result,
				       "no driver is bound to %s, and nobody has unbound it",
				       guest->ports[i].bdf);
	}
}

/* Repeats the queries if a nested port was added or removed while the guest settled. */
static int query_ports(struct guest *guest, struct progress *progress)
{
	char requests[REQUEST_SIZE];
	int ret;

	ret = ports_refresh(guest);
	if (ret)
		return ret;
	invariants_requests(guest, requests, sizeof(requests));
	if (batch_has(&progress->batch, requests))
		return 0;
	settle_requests(guest, 0, requests, sizeof(requests));

	return batch_ask(&progress->batch, guest, requests);
}

/* A guest that could not be checked is not clean. */
static void record_check_error(struct guest *guest, const char *doing, int error)
{
	if (error != -ENOLINK && !json_array_size(guest->result.problems))
		result_error(&guest->result, "%s: %s", doing, strerror(-error));
}

static void check_settled(struct guest *guest,
			  const struct interleaving *interleaving,
			  struct progress *progress)
{
	int ret;

	ret = query_ports(guest, progress);
	if (ret) {
		record_check_error(guest, "ask about the ports", ret);
		return;
	}
	for (int i = 0; i < guest->n_ports; i++)
		guest->ports[i].unbound = !settle_driver_bound(guest, i,
							  &progress->batch);
	invariants_check_answers(guest, &progress->batch);
	discard_timeouts(guest, interleaving);
	if (progress->scenario_error[0])
		result_problem(&guest->result, "%s", progress->scenario_error);
	check_bound(guest, interleaving);
	check_cancelled(guest, interleaving, progress);
	check_kept(guest, interleaving);
	check_removed(guest, interleaving);
	check_requests_returned(guest, interleaving, progress);
}

/* Problems must still exist after a long wait. */
static void recheck_after_grace(struct guest *guest,
				const struct interleaving *interleaving,
				struct progress *progress)
{
	char requests[REQUEST_SIZE];

	settle_requests(guest, GRACE_MS, requests, sizeof(requests));
	if (batch_ask(&progress->batch, guest, requests))
		return;
	json_array_clear(guest->result.problems);
	json_array_clear(guest->result.timeouts);
	guest->result.pending = 0;
	guest->result.asleep = false;
	check_settled(guest, interleaving, progress);
}

/* A scan must find a device again that was removed through sysfs. */
static int scan_if_forgotten(struct guest *guest,
			     const struct interleaving *interleaving,
			     struct progress *progress)
{
	char requests[REQUEST_SIZE], settle[REQUEST_SIZE / 2];
	const struct batch_answer *scan;
	bool forgotten = false;
	int ret;

	for (int i = 0; i < interleaving->n_events; i++)
		forgotten |= interleaving->events[i].operation->removes_device;
	if (!forgotten)
		return 0;
	settle_requests(guest, SETTLE_MS, settle, sizeof(settle));
	/* in a process of its own, as the scan may wait for ever */
	snprintf(requests, sizeof(requests),
		 "start write /sys/bus/pci/rescan 1;" JOIN_SCAN ";%s", settle);
	ret = batch_ask(&progress->batch, guest, requests);
	scan = batch_find(&progress->batch, JOIN_SCAN);
	if (!ret && scan && scan->error && !progress->scenario_error[0])
		snprintf(progress->scenario_error, sizeof(progress->scenario_error),
			 "a scan for what was removed never returns");

	return ret;
}

static int find_unbound(const struct guest *guest)
{
	for (int i = 0; i < guest->n_ports; i++) {
		if (guest->ports[i].unbound)
			return i;
	}

	return -ENOENT;
}

/* When it is bound again, the driver must notice changes of the slot. */
static void check_rebind(struct guest *guest, int port,
			 const struct interleaving *interleaving,
			 struct progress *progress)
{
	char requests[REQUEST_SIZE];
	int ret;

	settle_requests(guest, SETTLE_MS, requests, sizeof(requests));
	ret = try_bind(guest, port, progress) ?:
	      batch_ask(&progress->batch, guest, requests);
	if (ret)
		record_check_error(guest, "bind the driver again", ret);
	else
		check_settled(guest, interleaving, progress);
}

static int try_slot(struct guest *guest, int port, struct progress *progress)
{
	const struct plug *card = card_find(guest, port);
	int ret = 0;

	if (card)
		ret = try_remove(guest, card);

	return ret ?: ports_refresh(guest) ?:
	       try_add(guest, card_edu(port), progress);
}

/*
 * A slot may be in the right state, but ignore later events. So a card is removed from each
 * slot and another added. The nested slot comes first, as it is part of the outer slot's
 * card.
 */
static void check_works(struct guest *guest,
			const struct interleaving *interleaving,
			struct progress *progress)
{
	int ret = 0;

	for (int port = guest->n_ports - 1; !ret && port >= 0; port--)
		ret = try_slot(guest, port, progress);
	if (ret) {
		record_check_error(guest, "see whether the slots work", ret);
		return;
	}
	invariants_check_answers(guest, &progress->batch);
	discard_timeouts(guest, interleaving);
}

/* Without a power controller, a card is pulled once the guest has removed its device. */
static int pull_if_released(struct guest *guest, struct progress *progress)
{
	const struct plug *card;
	char requests[REQUEST_SIZE];
	int ret;

	if (!guest->setup.no_power)
		return 0;
	card = card_find(guest, 0);
	ret = guest_fetch_log(guest);
	if (ret || !card || !guest->log ||
	    !strstr(guest->log, "pciehp_agent: remove "))
		return ret;
	settle_requests(guest, SETTLE_MS, requests, sizeof(requests));

	return slot_surprise_remove(guest, card) ?:
	       batch_ask(&progress->batch, guest, requests);
}

/* Reads the first word of the mutex pci_rescan_remove_lock, or 0. */
static uint64_t read_owner(struct guest *guest, const struct points *points)
{
	uint64_t owner = 0;

	if (!points->rescan_remove_lock || !text_has(guest, points, &points->all[0]) ||
	    text_read(guest, points, points->rescan_remove_lock, &owner,
		      sizeof(owner)))
		return 0;

	return owner;
}

/*
 * Adding and removing devices takes pci_rescan_remove_lock. If it is never released, the
 * slots do not work. These problems are discarded, but messages of the kernel are kept.
 */
static void check_deadlock(struct guest *guest, const struct points *points)
{
	static const char *const follows[] = {
		"I1:", "I4:", "I7:", "QMP", "hot-", "what ", "a scan ", "the scenario ",
		"the press ", "the guest does not settle", "no driver ",
	};
	uint64_t owner = read_owner(guest, points);

	if (!owner)
		return;
	if (guest_request(guest, "sleep %d", GRACE_MS) ||
	    read_owner(guest, points) != owner)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(follows); i++)
		discard_problems(guest, follows[i]);
	result_problem(&guest->result,
		       "pci_rescan_remove_lock is never released");
}

/**
 * verdict_judge() - check a guest that has settled
 * @guest: the guest, which has answered settle_requests(); its result receives the problems
 * @interleaving: the interleaving that it has run
 * @points: injection points of its kernel
 * @progress: how far the interleaving was run; @judged is set if all checks were done
 */
void verdict_judge(struct guest *guest, const struct interleaving *interleaving,
		   const struct points *points, struct progress *progress)
{
	if (scan_if_forgotten(guest, interleaving, progress) ||
	    pull_if_released(guest, progress))
		return;
	check_settled(guest, interleaving, progress);
	if (json_array_size(guest->result.problems))
		recheck_after_grace(guest, interleaving, progress);
	for (int port = find_unbound(guest), n = 0; port >= 0 && n < PORTS_MAX;
	     port = find_unbound(guest), n++) {
		/* a port without a driver need not notice cards */
		discard_problems(guest, "I1:");
		if (!json_array_size(guest->result.problems))
			check_rebind(guest, port, interleaving, progress);
	}
	if (!json_array_size(guest->result.problems))
		check_works(guest, interleaving, progress);
	if (json_array_size(guest->result.problems))
		check_deadlock(guest, points);
	progress->judged = guest->alive;
}
