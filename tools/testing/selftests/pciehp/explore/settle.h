/* SPDX-License-Identifier: GPL-2.0-only */
/* What a guest is asked to have it settle. */
#ifndef EXPLORE_SETTLE_H
#define EXPLORE_SETTLE_H

#include <stdbool.h>
#include <stddef.h>

#include "guest/batch.h"
#include "guest/guest.h"

/*
 * Guest time. The attention button's 5 s (PCIe Base Spec sec. 6.7.1.5), and what a
 * removal takes then.
 */
#define SETTLE_MS	9000

void settle_requests(const struct guest *guest, int settle_ms, char *requests,
		     size_t size);
bool settle_found_bound(const struct guest *guest, int port,
			const struct batch *batch);

#endif /* EXPLORE_SETTLE_H */
