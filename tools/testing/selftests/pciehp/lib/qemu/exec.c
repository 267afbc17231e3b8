// SPDX-License-Identifier: GPL-2.0-only
/* Also part of the library that is loaded into QEMU. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qemu/exec.h"

/* One heap for all threads, which grows by several huge pages at a time. */
#define MALLOC_TUNABLES	"glibc.malloc.hugetlb=1:glibc.malloc.top_pad=16777216:glibc.malloc.arena_max=1"

/**
 * qemu_pin_to_one_cpu() - have the threads of this process, which becomes QEMU, take turns
 *
 * QEMU's main loop makes time leap when no CPU has work. Let it not look just as a
 * CPU has fallen asleep, but has not accounted for its last instructions yet: these
 * would count twice. On one CPU of the host, and with no thread that preempts
 * another as it wakes up, the two take turns instead, until the end of a time slice;
 * where QEMU can record, that does the rest (see vm_config_records()).
 */
void qemu_pin_to_one_cpu(void)
{
	const struct sched_param param = { .sched_priority = 0 };
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(sched_getcpu(), &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	sched_setscheduler(0, SCHED_BATCH, &param);
}

/**
 * qemu_exec() - become QEMU
 * @argv: its arguments
 *
 * In a child, which ends with us: see util/environment.c. Does not return.
 */
void qemu_exec(char *const *argv)
{
	/* A third of the page faults of a short run would be for the heap. */
	setenv("GLIBC_TUNABLES", MALLOC_TUNABLES, 0);

	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}
