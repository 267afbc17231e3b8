// SPDX-License-Identifier: GPL-2.0-only
#include <time.h>

#include "util/host_clock.h"

/**
 * host_now_ms() - CLOCK_MONOTONIC of the host in milliseconds
 *
 * Use it for deadlines and durations.
 *
 * Return: the time in ms.
 */
int64_t host_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}
