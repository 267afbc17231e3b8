/* SPDX-License-Identifier: GPL-2.0-only */
/* The clock that wakes a guest from suspend-to-idle. */
#ifndef LIBPCIEHP_GUEST_CLOCK_H
#define LIBPCIEHP_GUEST_CLOCK_H

#include "guest/guest.h"

const char *guest_cannot_wake(struct guest *guest);

#endif /* LIBPCIEHP_GUEST_CLOCK_H */
