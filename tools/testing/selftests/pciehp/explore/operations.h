/* SPDX-License-Identifier: GPL-2.0-only */
/* What can happen at a point. */
#ifndef EXPLORE_OPERATIONS_H
#define EXPLORE_OPERATIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "scenario.h"

#include "guest/guest.h"

/**
 * struct operation - what happens at a point
 * @name: its name
 * @quick: it is part of the quick cut
 * @run: does it to the stopped machine: 0; -EREMOTEIO when QEMU refuses;
 *	-ECANCELED when it makes no sense there, and nothing is done; or another
 *	negative errno
 * @request: else, what the worker process is asked for, see irq_worker_format()
 * @port: number of the port of the slot that it is about
 * @alone: name of a scenario that reaches the points that the operation comes by; in
 *	those of two CPUs, somebody writes to sysfs on the first, and handler and
 *	thread run on the second; or NULL
 * @presses: it presses the attention button
 * @cancels: and takes a press back with that
 * @surprises: it takes a card away
 * @holds: it has the port's interrupts wait
 * @releases: it ends that
 * @binds: it binds the driver, or unbinds it
 * @forgets: the kernel no longer knows a device that is there
 * @scans: it finds a card in a slot that counts as off, but which nobody turns off
 * @resets_card: it needs a card that can be reset
 */
struct operation {
	const char *name;
	bool quick;
	int (*run)(struct guest *guest, int port);
	const char *request;
	int port;
	const char *alone;
	bool presses;
	bool cancels;
	bool surprises;
	bool holds;
	bool releases;
	bool binds;
	bool forgets;
	bool scans;
	bool resets_card;
};

extern const struct operation operations[];
extern const size_t n_operations;

int operation_press_again(struct guest *guest, int port);
int operation_release(struct guest *guest, int port);
const struct operation *operation_find(const char *name);
int operation_run(const struct operation *operation, struct guest *guest);
int operation_number(const struct operation *operation);
int operations_begin(struct guest *guest);
bool operation_has_cpu(const struct operation *operation,
		       const struct scenario *scenario);
bool operation_applies(const struct operation *operation,
		       const struct scenario *scenario);

#endif /* EXPLORE_OPERATIONS_H */
