/* SPDX-License-Identifier: GPL-2.0-only */
/* Signals that ask a program to end. */
#ifndef LIBPCIEHP_UTIL_INTERRUPTION_H
#define LIBPCIEHP_UTIL_INTERRUPTION_H

#include <stdbool.h>

void interruption_catch(void);
bool interruption_noted(void);

#endif /* LIBPCIEHP_UTIL_INTERRUPTION_H */
