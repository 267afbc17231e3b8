/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests that let a guest settle, and query its state. */
#ifndef EXPLORE_SETTLE_H
#define EXPLORE_SETTLE_H

#include <stdbool.h>
#include <stddef.h>

#include "guest/batch.h"
#include "guest/guest.h"

/*
 * Guest time. The 5 s after a press of the attention button (PCIe Base Spec sec. 6.7.1.5),
 * and the removal that follows.
 */
#define SETTLE_MS	9000

void settle_requests(const struct guest *guest, int settle_ms, char *requests,
		     size_t size);
bool settle_driver_bound(const struct guest *guest, int port,
			 const struct batch *batch);

#endif /* EXPLORE_SETTLE_H */
