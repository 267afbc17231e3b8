// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "scenario.h"
#include "settle.h"

#include "check/invariants.h"
#include "guest/batch.h"
#include "guest/guest.h"
#include "slot/slot.h"

static void bound_request(const struct guest *guest, int port, char *request,
			  size_t size)
{
	char name[SLOT_SERVICE_SIZE];

	slot_service_name(guest, port, name);
	snprintf(request, size,
		 "exists /sys/bus/pci_express/drivers/pciehp/%s", name);
}

/**
 * settle_requests() - format the requests that let a guest settle, and query its state
 * @guest: the guest
 * @settle_ms: guest time to wait before the queries
 * @requests: receives the requests, as passed to batch_begin()
 * @size: size of @requests
 */
void settle_requests(const struct guest *guest, int settle_ms, char *requests,
		     size_t size)
{
	char bound[SLOT_PATH_SIZE], checks[REQUEST_SIZE / 2];
	int len;

	len = snprintf(requests, size, "sleep %d;", settle_ms);
	for (int i = 0; i < guest->n_ports; i++) {
		bound_request(guest, i, bound, sizeof(bound));
		len += snprintf(requests + len, size - len, "%s;", bound);
	}
	invariants_requests(guest, checks, sizeof(checks));
	snprintf(requests + len, size - len, "irq-worker-ended;%s", checks);
}

/**
 * settle_driver_bound() - is the driver bound to a port
 * @guest: the guest
 * @port: number of the port
 * @batch: the answers to settle_requests()
 *
 * Return: true if it was bound when the guest answered.
 */
bool settle_driver_bound(const struct guest *guest, int port,
			 const struct batch *batch)
{
	const struct batch_answer *answer;
	char request[SLOT_PATH_SIZE];

	bound_request(guest, port, request, sizeof(request));
	answer = batch_find(batch, request);

	return answer && !answer->error && !strcmp(answer->text, "yes");
}
