/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBPCIEHP_UTIL_HOST_CLOCK_H
#define LIBPCIEHP_UTIL_HOST_CLOCK_H

#include <stdint.h>

int64_t host_now_ms(void);

#endif /* LIBPCIEHP_UTIL_HOST_CLOCK_H */
