// SPDX-License-Identifier: GPL-2.0-only
#include "qemu/vm_config.h"

/**
 * vm_config_records() - whether QEMU records the machine for a replay
 * @config: the machine
 *
 * Nobody wants the replay. But QEMU's main loop makes time leap when no CPU has work,
 * and it must not look just as a CPU has fallen asleep, but has not accounted for its
 * last instructions yet: these would count twice. While QEMU records, the main loop and
 * the CPU take turns.
 *
 * It can record neither several CPUs nor the thread that migrates, and a q35 that
 * records hangs after a reset.
 *
 * Return: whether it does.
 */
bool vm_config_records(const struct vm_config *config)
{
	return !config->real_time && config->cpus == 1 && !config->migrates &&
	       !config->reboots;
}
