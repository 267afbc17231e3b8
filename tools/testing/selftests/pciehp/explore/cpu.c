// SPDX-License-Identifier: GPL-2.0-only
#include "cpu.h"

#include "guest/guest.h"
#include "qemu/gdbstub.h"
#include "qemu/machine.h"

/**
 * cpu_read_pc() - read the program counter of the CPU that has stopped
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
 * cpu_step() - execute one instruction on the CPU that has stopped
 * @guest: the guest, whose machine is stopped
 *
 * The step runs with interrupts masked. An interrupt is pending after most stops,
 * because QEMU advances time to the next timer. If the CPU took it before the
 * instruction, it would return to the same address, which would count as another hit.
 * Masking would affect an instruction that reads or writes the interrupt mask. No
 * function with points contains one, because locks are taken out of line.
 *
 * Return: 0 or a negative errno.
 */
int cpu_step(struct guest *guest)
{
	const struct machine *machine = guest->config.machine;
	uint32_t masks = machine->irq_mask_bits;
	uint32_t takes = machine->irq_enable_bits;
	struct gdbstub *gdb = &guest->vm.gdb;
	int flags = machine->pc_register + 1;
	uint32_t was, masked;

	return gdb_change_flags(gdb, flags, takes, masks, &was) ?:
	       gdb_step(gdb) ?: gdb_wait_stop(gdb, STOP_TIMEOUT_MS) ?:
	       gdb_change_flags(gdb, flags, masks, was & (masks | takes),
				&masked);
}

/**
 * cpu_step_over() - execute the instruction at a breakpoint
 * @guest: the guest, whose machine has stopped at the breakpoint
 * @addr: address of the breakpoint, which is still set afterwards
 *
 * Return: 0 or a negative errno.
 */
int cpu_step_over(struct guest *guest, uint64_t addr)
{
	struct gdbstub *gdb = &guest->vm.gdb;

	return gdb_clear_breakpoint(gdb, addr) ?: cpu_step(guest) ?:
	       gdb_set_breakpoint(gdb, addr);
}
