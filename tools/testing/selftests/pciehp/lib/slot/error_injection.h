/* SPDX-License-Identifier: GPL-2.0-only */
/* Injects errors that Advanced Error Reporting detects. */
#ifndef LIBPCIEHP_SLOT_ERROR_INJECTION_H
#define LIBPCIEHP_SLOT_ERROR_INJECTION_H

#include "guest/guest.h"

int error_inject_fatal(struct guest *guest);

#endif /* LIBPCIEHP_SLOT_ERROR_INJECTION_H */
