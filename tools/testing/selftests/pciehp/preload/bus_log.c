// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU's log has no guest times. This puts the guest time in ns before each line of the
 * bus log, see lib/qemu/bus_log.h. All of its trace points are passed at moments at which
 * QEMU knows the guest time: in an access to a device, and in its main loop.
 */
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "qemu/bus_log.h"
#include "util/compiler.h"

/* QEMU's clock of guest time, and its function that reads a clock. */
#define QEMU_CLOCK_VIRTUAL	1
typedef long long (*clock_fn)(int clock);
typedef int (*vfprintf_fn)(FILE *file, int flag, const char *fmt, va_list ap);

static void stamp(FILE *file, const char *fmt)
{
	clock_fn get_ns = (clock_fn)dlsym(RTLD_DEFAULT, "qemu_clock_get_ns");

	for (size_t i = 0; get_ns && i < ARRAY_SIZE(bus_log_events); i++) {
		if (!strncmp(fmt, bus_log_events[i], strlen(bus_log_events[i])))
			fprintf(file, "%lld ", get_ns(QEMU_CLOCK_VIRTUAL));
	}
}

/* What QEMU's vfprintf() is, as it is compiled with _FORTIFY_SOURCE. */
__attribute__((visibility("default")))
int __vfprintf_chk(FILE *file, int flag, const char *fmt, va_list ap)
{
	vfprintf_fn next = (vfprintf_fn)dlsym(RTLD_NEXT, "__vfprintf_chk");

	stamp(file, fmt);

	return next(file, flag, fmt, ap);
}
