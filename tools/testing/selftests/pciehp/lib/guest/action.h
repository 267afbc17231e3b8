/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests to a guest that many tests make, by name. */
#ifndef LIBPCIEHP_GUEST_ACTION_H
#define LIBPCIEHP_GUEST_ACTION_H

#include <stdbool.h>

#include "guest/guest.h"

int guest_sleep(struct guest *guest, int ms);
int guest_wait_quiet(struct guest *guest, int quiet_ms, int timeout_ms);
int guest_wait_file(struct guest *guest, const char *path, int timeout_ms);
int guest_has_file(struct guest *guest, const char *path, bool *has);
int guest_write(struct guest *guest, const char *path, const char *value);
int guest_write_times(struct guest *guest, int times, const char *path,
		      const char *value);
int guest_start_write(struct guest *guest, const char *path,
		      const char *value);
int guest_start_write_times(struct guest *guest, int times, const char *path,
			    const char *value);
int guest_start_write_until_error(struct guest *guest, const char *disk);
int guest_join(struct guest *guest, int timeout_ms);
bool guest_joined_without_error(const struct guest *guest);
int guest_write_and_compare(struct guest *guest, const char *disk, int blocks);
int guest_count_interrupts(struct guest *guest, const char *name,
			   unsigned long *count);

#endif /* LIBPCIEHP_GUEST_ACTION_H */
