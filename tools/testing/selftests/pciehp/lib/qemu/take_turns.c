// SPDX-License-Identifier: GPL-2.0-only
/* Also part of the library that is loaded into QEMU. */
#include <sched.h>

#include "qemu/vm.h"

/**
 * vm_take_turns() - have the threads of this process, which becomes QEMU, take turns
 *
 * QEMU's main loop makes time leap when no CPU has work. Let it not look just as a
 * CPU has fallen asleep, but has not accounted for its last instructions yet: these
 * would count twice. On one CPU of the host, and with no thread that preempts
 * another as it wakes up, the two take turns instead, until the end of a time slice;
 * where QEMU can record, that does the rest (see vm_records()).
 */
void vm_take_turns(void)
{
	const struct sched_param param = { .sched_priority = 0 };
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(sched_getcpu(), &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	sched_setscheduler(0, SCHED_BATCH, &param);
}
