/* SPDX-License-Identifier: GPL-2.0-only */
/* The operations that can happen at a point. */
#ifndef EXPLORE_OPERATIONS_H
#define EXPLORE_OPERATIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "scenario.h"

#include "guest/guest.h"

/**
 * struct operation - an operation, done by the host or by the guest
 * @name: its name
 * @quick: it is part of the quick cut
 * @run: does it to the stopped machine; returns 0, -EREMOTEIO if QEMU refuses it,
 *	-ECANCELED if it makes no sense in the present state and nothing was done, or
 *	another negative errno; NULL if the guest does it
 * @request: request to the worker process in the guest, see irq_worker_format(), if
 *	@run is NULL
 * @port: number of the port of the operation's slot
 * @coverage_of: name of a scenario that hits the points that the operation hits, or
 *	NULL; in the "away" scenarios a process writes to sysfs on the first CPU,
 *	handler and thread run on the second
 * @presses_button: it presses the attention button
 * @cancels_press: its press of the button cancels an earlier one
 * @removes_by_surprise: it removes a card by surprise
 * @masks_interrupts: it masks the port's interrupts
 * @unmasks_interrupts: it unmasks the port's interrupts
 * @binds_driver: it binds or unbinds the driver
 * @removes_device: it removes the device of a card that stays in its slot
 * @scans: it leads to a scan, which finds a card again that was removed from a slot
 *	without a power controller
 * @resets_card: it needs a card that can be reset
 */
struct operation {
	const char *name;
	bool quick;
	int (*run)(struct guest *guest, int port);
	const char *request;
	int port;
	const char *coverage_of;
	bool presses_button;
	bool cancels_press;
	bool removes_by_surprise;
	bool masks_interrupts;
	bool unmasks_interrupts;
	bool binds_driver;
	bool removes_device;
	bool scans;
	bool resets_card;
};

extern const struct operation operations[];
extern const size_t n_operations;

int operation_press_again(struct guest *guest, int port);
int operation_unmask(struct guest *guest, int port);
const struct operation *operation_find(const char *name);
int operation_run(const struct operation *operation, struct guest *guest);
int operation_number(const struct operation *operation);
int operations_start(struct guest *guest);
bool operation_uses_second_cpu(const struct operation *operation,
			       const struct scenario *scenario);
bool operation_applies(const struct operation *operation,
		       const struct scenario *scenario);

#endif /* EXPLORE_OPERATIONS_H */
