// SPDX-License-Identifier: GPL-2.0-only

#include "cpu.h"

#include "guest/guest.h"
#include "qemu/gdbstub.h"
#include "qemu/machine.h"

/**
 * cpu_read_pc() - where the CPU is that stopped
 * @guest: the guest, whose machine is stopped
 * @pc: receives the address
 *
 * Return: 0 or a negative errno.
 */
int cpu_read_pc(struct guest *guest, uint64_t *pc)
{
	return gdb_read_register(&guest->vm.gdb,
				 guest->config.machine->pc_register, pc);
}

/**
 * cpu_step() - let the CPU that stopped execute one instruction
 * @guest: the guest, whose machine is stopped
 *
 * An interrupt is due after most stops, as QEMU leaps to the next timer's time. Taken
 * before the instruction, it would come back to the same place, and look like one more
 * hit. An instruction that reads or changes the mask itself would be misled; no function
 * that has points contains one, as locks are taken out of line.
 *
 * Return: 0 or a negative errno.
 */
int cpu_step(struct guest *guest)
{
	const struct machine *machine = guest->config.machine;
	uint32_t masks = machine->masks_interrupts;
	uint32_t takes = machine->takes_interrupts;
	struct gdbstub *gdb = &guest->vm.gdb;
	int flags = machine->pc_register + 1;
	uint32_t was, masked;

	return gdb_change_flags(gdb, flags, takes, masks, &was) ?:
	       gdb_step(gdb) ?: gdb_wait_stop(gdb, STOP_TIMEOUT_MS) ?:
	       gdb_change_flags(gdb, flags, masks, was & (masks | takes),
				&masked);
}

/**
 * cpu_step_over() - past a breakpoint, which would stop the machine again at once
 * @guest: the guest, whose machine has stopped there
 * @addr: where it is set, and stays so
 *
 * Return: 0 or a negative errno.
 */
int cpu_step_over(struct guest *guest, uint64_t addr)
{
	struct gdbstub *gdb = &guest->vm.gdb;

	return gdb_clear_breakpoint(gdb, addr) ?: cpu_step(guest) ?:
	       gdb_set_breakpoint(gdb, addr);
}
