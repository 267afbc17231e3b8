/* SPDX-License-Identifier: GPL-2.0-only */
/* Stops a guest at addresses in its kernel, pauses it, and resets it. */
#ifndef LIBPCIEHP_GUEST_STOP_H
#define LIBPCIEHP_GUEST_STOP_H

#include <stdint.h>

#include "guest/guest.h"

int guest_find_symbol(struct guest *guest, const char *name, uint64_t *addr);
int guest_request_to(struct guest *guest, uint64_t addr, const char *request);
int guest_run_to(struct guest *guest, uint64_t addr);
int guest_resume(struct guest *guest);
int guest_wait_stop(struct guest *guest, uint64_t addr, int timeout_ms);
int guest_boot_to(struct guest *guest, uint64_t addr);
int guest_begin_boot(struct guest *guest);
int guest_finish_boot(struct guest *guest);
int guest_reset(struct guest *guest);
int guest_run_and_pause(struct guest *guest, int run_ms, int pause_ms);

#endif /* LIBPCIEHP_GUEST_STOP_H */
