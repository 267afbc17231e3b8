// SPDX-License-Identifier: GPL-2.0-only
/* Was anything lost? */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "explore.h"

/*
 * Guest time. A reset waits a minute for a card that is gone, which is not for ever.
 */
#define PATIENCE_MS	100000

/* A driver that polls begins after 10 s. */
#define ADD_MS		15000
#define REMOVE_MS	20000
#define POWER_OFF_MS	1500
#define BIND_MS		3000

static void bound_request(const struct guest *guest, char *request, size_t size)
{
	snprintf(request, size,
		 "exists /sys/bus/pci_express/drivers/pciehp/%s:pcie%s4",
		 guest->ports[0].bdf,
		 topology_is_switch(guest->setup.port) ? "20" : "00");
}

/**
 * verdict_settle_requests() - what is asked of a guest to have it settle
 * @guest: the guest
 * @settle_ms: guest time to let pass before anything is looked at
 * @requests: receives it, as guest_begin_all() takes it
 * @size: room in @requests
 */
void verdict_settle_requests(const struct guest *guest, int settle_ms,
			     char *requests, size_t size)
{
	char bound[SLOT_PATH_SIZE], checks[REQUEST_SIZE / 2];

	bound_request(guest, bound, sizeof(bound));
	invariants_requests(guest, checks, sizeof(checks));
	snprintf(requests, size, "sleep %d;%s;standby-ended;%s;forget",
		 settle_ms, bound, checks);
}

static bool is_bound(struct guest *guest)
{
	char request[SLOT_PATH_SIZE];

	bound_request(guest, request, sizeof(request));

	return !guest_request(guest, "%s", request) &&
	       !strcmp(guest->agent.text, "yes");
}

static bool has_ended(struct guest *guest, int request)
{
	const char *line;
	int i;

	if (guest_request(guest, "standby-ended"))
		return false;
	for (line = guest->agent.text; *line; line = strchrnul(line, '\n') + 1) {
		if (sscanf(line, "%d", &i) == 1 && i == request)
			return true;
		if (!*strchrnul(line, '\n'))
			break;
	}

	return false;
}

/* What began in a process of its own, must end. */
static void check_ended(struct guest *guest,
			const struct interleaving *interleaving, bool operated)
{
	const struct operation *operation = interleaving->operation;
	char joined[32];
	json_t *answer;
	const char *request;
	int error;
	size_t i;

	json_array_foreach(guest->answers, i, answer) {
		if (!json_unpack(answer, "{s:s, s:i}", "request", &request,
				 "error", &error) &&
		    sscanf(request, "%31s", joined) == 1 &&
		    !strcmp(joined, "join") && error == ETIMEDOUT)
			result_problem(&guest->result,
				       "what the scenario wrote to sysfs never returns");
	}
	if (!operated || operation->run)
		return;
	if (!has_ended(guest, operation->standby))
		result_problem(&guest->result,
			       "what the operation wrote to sysfs never returns");
}

static int ask_all(struct guest *guest, const char *requests)
{
	return guest_begin_all(guest, requests) ?: guest_finish(guest) ?:
	       guest_keep_answers(guest);
}

static int try_bind(struct guest *guest)
{
	char bind[SLOT_PATH_SIZE], requests[REQUEST_SIZE];

	scenario_service(guest, "bind", bind, sizeof(bind));
	snprintf(requests, sizeof(requests), "%s;sleep %d", bind, BIND_MS);

	return ask_all(guest, requests);
}

static int try_remove(struct guest *guest, const struct plug *card)
{
	int64_t since_ns = guest->agent.now_ns;
	char bdf[BDF_SIZE], requests[REQUEST_SIZE];
	int ret;

	ret = slot_request_unplug(guest, card);
	if (ret)
		return ret;
	slot_function_bdf(guest, 0, 0, bdf);
	snprintf(requests, sizeof(requests), "wait remove %s %d;sleep %d", bdf,
		 REMOVE_MS, POWER_OFF_MS);

	return ask_all(guest, requests) ?:
	       slot_wait_removed(guest, card, since_ns);
}

static int try_add(struct guest *guest, const struct plug *card)
{
	int64_t since_ns = guest->agent.now_ns;
	char bdf[BDF_SIZE], requests[REQUEST_SIZE], checks[REQUEST_SIZE / 2];
	int ret;

	ret = slot_plug(guest, card);
	if (ret)
		return ret;
	slot_function_bdf(guest, 0, 0, bdf);
	invariants_requests(guest, checks, sizeof(checks));
	snprintf(requests, sizeof(requests), "wait add,bind %s %d;%s", bdf,
		 ADD_MS, checks);

	return ask_all(guest, requests) ?:
	       slot_wait_added(guest, card, since_ns);
}

/* A slot that has lost an event may look as if it had not; but it is deaf. */
static void check_works(struct guest *guest)
{
	const struct plug *card = card_find(guest);
	int ret = 0;

	if (guest->unbound) {
		ret = try_bind(guest);
		guest->unbound = false;
		card = card_find(guest);
	}
	if (!ret && card)
		ret = try_remove(guest, card);
	ret = ret ?: try_add(guest, &quick_card);
	if (!ret)
		invariants_check(guest);
}

static void check_settled(struct guest *guest,
			  const struct interleaving *interleaving,
			  bool operated)
{
	guest->unbound = !is_bound(guest);
	invariants_check(guest);
	check_ended(guest, interleaving, operated);
}

/* What is lost stays lost. */
static void be_patient(struct guest *guest,
		       const struct interleaving *interleaving, bool operated)
{
	char requests[REQUEST_SIZE];

	verdict_settle_requests(guest, PATIENCE_MS, requests, sizeof(requests));
	if (ask_all(guest, requests))
		return;
	json_array_clear(guest->result.problems);
	json_array_clear(guest->result.timeouts);
	guest->result.pending = 0;
	check_settled(guest, interleaving, operated);
}

/**
 * verdict_judge() - look at a guest that has settled
 * @guest: the guest, which has answered verdict_settle_requests()
 * @interleaving: what it went through
 * @operated: the operation was done
 *
 * What is found goes into its result.
 */
void verdict_judge(struct guest *guest, const struct interleaving *interleaving,
		   bool operated)
{
	check_settled(guest, interleaving, operated);
	if (json_array_size(guest->result.problems))
		be_patient(guest, interleaving, operated);
	if (!json_array_size(guest->result.problems))
		check_works(guest);
}
