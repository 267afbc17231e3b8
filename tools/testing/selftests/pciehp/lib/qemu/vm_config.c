// SPDX-License-Identifier: GPL-2.0-only
#include "qemu/vm_config.h"

/**
 * vm_config_records() - does QEMU record the machine for a replay
 * @config: the machine
 *
 * The recording itself is not used. But QEMU's main loop advances time when no CPU has
 * work. It must not check this between the moment at which a CPU goes idle and the moment
 * at which that CPU has accounted for its last instructions: these would count twice.
 * While QEMU records, the main loop and the CPU thread alternate, so this cannot happen.
 *
 * QEMU can record neither a machine with several CPUs nor a migration, and a q35 machine
 * that is recorded hangs after a reset.
 *
 * Return: true if it does.
 */
bool vm_config_records(const struct vm_config *config)
{
	return !config->real_time && config->cpus == 1 && !config->migrates &&
	       !config->reboots;
}
