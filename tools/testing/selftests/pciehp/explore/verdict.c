// SPDX-License-Identifier: GPL-2.0-only
/* Was anything lost? */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "explore.h"

/*
 * Guest time. The attention button's 5 s (PCIe Base Spec sec. 6.7.1.5), and what a
 * removal takes then; a driver that polls begins after 10 s.
 */
#define SETTLE_MS	9000
#define ADD_MS		15000
#define REMOVE_MS	20000
#define POWER_OFF_MS	1500
#define BIND_MS		3000

static const struct plug cards[] = {
	{ .model = "e1000e", .driver = "e1000e", .id = CARD },
	{ .model = "virtio-net-pci", .driver = "virtio-pci", .id = OTHER_CARD },
};

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
 * @requests: receives it, as guest_begin_all() takes it
 * @size: room in @requests
 */
void verdict_settle_requests(const struct guest *guest, char *requests,
			     size_t size)
{
	char bound[SLOT_PATH_SIZE], checks[REQUEST_SIZE / 2];

	bound_request(guest, bound, sizeof(bound));
	invariants_requests(guest, checks, sizeof(checks));
	snprintf(requests, size, "sleep %d;%s;standby-ended;%s", SETTLE_MS,
		 bound, checks);
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

static const struct plug *find_card(struct guest *guest)
{
	char bdf[BDF_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(cards); i++) {
		if (!pci_tree_find(&guest->vm.qmp, cards[i].id, bdf))
			return &cards[i];
	}

	return NULL;
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
	const struct plug *card = find_card(guest);
	int ret = 0;

	if (guest->unbound) {
		ret = try_bind(guest);
		guest->unbound = false;
		card = find_card(guest);
	}
	if (!ret && card)
		ret = try_remove(guest, card);
	ret = ret ?: try_add(guest, &cards[0]);
	if (!ret)
		invariants_check(guest);
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
	guest->unbound = !is_bound(guest);
	/* a log that is there is what was said before the scenario */
	invariants_check(guest);
	check_ended(guest, interleaving, operated);
	if (!json_array_size(guest->result.problems))
		check_works(guest);
}
