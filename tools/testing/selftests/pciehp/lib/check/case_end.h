/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of a case: the invariants are checked and the result is written. */
#ifndef LIBPCIEHP_CHECK_CASE_END_H
#define LIBPCIEHP_CHECK_CASE_END_H

#include "guest/guest.h"

void case_check(struct guest *guest);
void case_close(struct guest *guest);
void case_end(struct guest *guest);

#endif /* LIBPCIEHP_CHECK_CASE_END_H */
