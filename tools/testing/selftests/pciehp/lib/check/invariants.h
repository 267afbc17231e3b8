/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks of the invariants I1 to I7, which must hold after every test when the guest has
 * settled.
 */
#ifndef LIBPCIEHP_CHECK_INVARIANTS_H
#define LIBPCIEHP_CHECK_INVARIANTS_H

#include "guest/batch.h"
#include "guest/guest.h"

void invariants_requests(const struct guest *guest, char *requests, size_t size);
void invariants_check_answers(struct guest *guest, const struct batch *batch);
void invariants_check(struct guest *guest);
void invariants_check_log(struct guest *guest, const char *log);
void invariants_check_trace(struct guest *guest, const char *trace);

#endif /* LIBPCIEHP_CHECK_INVARIANTS_H */
