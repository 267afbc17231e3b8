// SPDX-License-Identifier: GPL-2.0-only
/* Also linked into the library that is preloaded into QEMU. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qemu/exec.h"

/* Use one heap for all threads, and let it grow by several huge pages at a time. */
#define MALLOC_TUNABLES	"glibc.malloc.hugetlb=1:glibc.malloc.top_pad=16777216:glibc.malloc.arena_max=1"

/**
 * qemu_pin_to_one_cpu() - run all threads of this process on one host CPU
 *
 * The process becomes QEMU later. QEMU's main loop advances time when no CPU has work.
 * It must not check this between the moment at which a CPU goes idle and the moment at
 * which that CPU has accounted for its last instructions: these would count twice. If
 * both threads run on one host CPU, and waking threads do not preempt the running one
 * (SCHED_BATCH), they alternate except at the end of a time slice. Recording excludes
 * that case too, if QEMU can record the machine: see vm_config_records().
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
 * qemu_exec() - execute QEMU in this process
 * @argv: its arguments
 *
 * Called in a child, which is killed when its parent ends: see util/environment.c. Does
 * not return.
 */
void qemu_exec(char *const *argv)
{
	/* Without this, a third of the page faults of a short run are in the heap. */
	setenv("GLIBC_TUNABLES", MALLOC_TUNABLES, 0);

	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}
