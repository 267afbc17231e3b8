/* SPDX-License-Identifier: GPL-2.0-only */
/* What the guest is doing when an operation happens. */
#ifndef EXPLORE_SCENARIO_H
#define EXPLORE_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "registers.h"

#include "guest/guest.h"

/* Size of the requests to a guest. */
#define REQUEST_SIZE	1024

/**
 * struct scenario - what the guest is doing when an operation happens
 * @name: its name
 * @setup: the machine
 * @card: a card that is present from the boot on, as an argument of -device, or NULL
 * @port: number of the port of the scenario's slot
 * @hot_added: the card is plugged after the boot instead
 * @expect_kept: without an operation, the card is never removed
 * @expect_removed: without an operation, the card is removed, which @request does not
 *	check
 * @quick: it is part of the quick cut
 * @boot: it starts in the boot, when the first port is about to be probed, and has no
 *	@request
 * @irq_on_cpu1: the port interrupts the second CPU, where its thread also runs
 * @registers: changes of the slot capabilities that the driver reads, or NULL
 * @prepare: runs the guest up to the start of the scenario, or NULL
 * @trigger: done to the stopped machine at the start of the scenario, or NULL
 * @request: formats the requests to the guest that make up the scenario, as passed to
 *	batch_begin()
 */
struct scenario {
	const char *name;
	struct guest_setup setup;
	const char *card;
	int port;
	bool hot_added;
	bool expect_kept;
	bool expect_removed;
	bool quick;
	bool boot;
	bool irq_on_cpu1;
	const struct registers *registers;
	int (*prepare)(struct guest *guest, const struct scenario *scenario);
	int (*trigger)(struct guest *guest, const struct scenario *scenario);
	int (*request)(struct guest *guest, const struct scenario *scenario,
		       char *text, size_t size);
};

#endif /* EXPLORE_SCENARIO_H */
