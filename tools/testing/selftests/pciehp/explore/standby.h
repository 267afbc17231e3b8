/* SPDX-License-Identifier: GPL-2.0-only */
/* What is done in the guest, by a process that waits for an interrupt. */
#ifndef EXPLORE_STANDBY_H
#define EXPLORE_STANDBY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/guest.h"
#include "slot/slot.h"

#define STANDBY_SIZE	2048

/**
 * struct standby_names - what the requests of operations on one slot stand for
 * @slot: the slot's directory in sysfs
 * @card: that of the device in it
 * @port: that of its port
 * @service: what the driver of the port is bound to
 * @root: the directory of the port above all slots; empty if there is none
 */
struct standby_names {
	char slot[SLOT_PATH_SIZE];
	char card[SLOT_PATH_SIZE];
	char port[SLOT_PATH_SIZE];
	char service[SLOT_SERVICE_SIZE];
	char root[SLOT_PATH_SIZE];
};

int standby_learn_names(struct guest *guest, int port,
			struct standby_names *names);
void standby_format(const char *request, const struct standby_names *names,
		    char *text, size_t size);
bool standby_can(struct guest *guest, const char *request);
int standby_begin(struct guest *guest, const char *requests);
int standby_save(struct guest *guest, uint32_t *base);
int standby_load(struct guest *guest, uint32_t base);
int standby_wake(struct guest *guest, int number);

#endif /* EXPLORE_STANDBY_H */
