/* SPDX-License-Identifier: GPL-2.0-only */
/* Errors that Advanced Error Reporting finds. */
#ifndef LIBPCIEHP_ERROR_INJECTION_H
#define LIBPCIEHP_ERROR_INJECTION_H

#include <libpciehp/guest.h>

int error_inject_fatal(struct guest *guest);

#endif /* LIBPCIEHP_ERROR_INJECTION_H */
