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
 * settle_requests() - what is asked of a guest to have it settle
 * @guest: the guest
 * @settle_ms: guest time to let pass before anything is looked at
 * @requests: receives it, as batch_begin() takes it
 * @size: room in @requests
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
 * settle_found_bound() - is the driver bound to a port
 * @guest: the guest
 * @port: number of the port
 * @batch: the answers to settle_requests()
 *
 * Return: whether it was then.
 */
bool settle_found_bound(const struct guest *guest, int port,
			const struct batch *batch)
{
	const struct batch_answer *answer;
	char request[SLOT_PATH_SIZE];

	bound_request(guest, port, request, sizeof(request));
	answer = batch_find(batch, request);

	return answer && !answer->error && !strcmp(answer->text, "yes");
}
