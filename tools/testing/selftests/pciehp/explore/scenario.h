/* SPDX-License-Identifier: GPL-2.0-only */
/* What goes on while something else happens. */
#ifndef EXPLORE_SCENARIO_H
#define EXPLORE_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "registers.h"

#include "guest/guest.h"

/* Room for what a guest is asked for. */
#define REQUEST_SIZE	1024

/**
 * struct scenario - what goes on while something else happens
 * @name: its name
 * @setup: the machine
 * @card: a card that is there from the boot on, as of -device, or NULL
 * @port: number of the port of the slot that it is about
 * @hot_added: it is plugged after the boot instead
 * @expect_kept: the card stays if nothing else happens
 * @expect_removed: the card goes if nothing else happens, though nobody asks for it to be seen
 * @quick: it is part of the quick cut
 * @boot: it is what is left of the boot when the first port is about to get its
 *	drivers, which asks for nothing
 * @irq_on_cpu1: the port interrupts the second CPU, where its thread runs too
 * @registers: capabilities that QEMU does not have, or NULL
 * @prepare: brings the guest to where the scenario begins, or NULL
 * @trigger: what is done on the stopped machine as the scenario begins, or NULL
 * @request: writes what is asked of the guest from then on, until the scenario is
 *	over, as batch_begin() takes it
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
