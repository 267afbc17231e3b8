/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests to a guest's agent. */
#ifndef LIBPCIEHP_GUEST_REQUEST_H
#define LIBPCIEHP_GUEST_REQUEST_H

#include "guest/guest.h"
#include "util/compiler.h"

__printf(2, 3)
int guest_begin(struct guest *guest, const char *fmt, ...);
int guest_finish(struct guest *guest);
int guest_take_answer(struct guest *guest);
__printf(2, 3)
int guest_request(struct guest *guest, const char *fmt, ...);
void guest_format_wait(char *request, size_t size, const char *actions,
		       const char *bdfs, struct moment since, int timeout_ms);
int guest_wait_event(struct guest *guest, const char *actions, const char *bdf,
		     struct moment since, int timeout_ms);
int guest_add_log(struct guest *guest, const char *piece);
int guest_add_trace(struct guest *guest, const char *piece);
int guest_fetch_log(struct guest *guest);
int guest_fetch_trace(struct guest *guest);

#endif /* LIBPCIEHP_GUEST_REQUEST_H */
