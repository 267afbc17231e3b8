// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's instructions and variables in memory, also when the CPU that stopped is in
 * user space, where no kernel is mapped.
 */
#include <string.h>

#include "arch.h"
#include "points.h"
#include "text.h"

#include "guest/guest.h"
#include "qemu/gdbstub.h"

static uint64_t find(const struct points *points, uint64_t addr)
{
	return addr - points->text + points->arch->kernel;
}

/**
 * text_read() - read instructions, or a variable
 * @guest: the guest, whose machine is stopped
 * @points: of its kernel
 * @addr: their virtual address
 * @code: receives them
 * @len: how many bytes
 *
 * Return: 0 or a negative errno.
 */
int text_read(struct guest *guest, const struct points *points, uint64_t addr,
	      void *code, size_t len)
{
	struct gdbstub *gdb = &guest->vm.gdb;

	return gdb_physical(gdb, true) ?:
	       gdb_read(gdb, find(points, addr), code, len) ?:
	       gdb_physical(gdb, false);
}

/**
 * text_has() - is an instruction where it is thought to be
 * @guest: the guest, whose machine is stopped
 * @points: of its kernel
 * @point: the instruction
 *
 * Return: whether it is, and so whatever else text_read() reads.
 */
bool text_has(struct guest *guest, const struct points *points,
	      const struct point *point)
{
	uint8_t there[sizeof(point->code)];

	return points->text &&
	       !text_read(guest, points, point->addr, there, point->code_len) &&
	       !memcmp(there, point->code, point->code_len);
}

/**
 * text_write() - write instructions
 * @guest: the guest, whose machine is stopped
 * @points: of its kernel
 * @addr: their virtual address
 * @code: what is to be there
 * @len: how many bytes
 *
 * Return: 0 or a negative errno.
 */
int text_write(struct guest *guest, const struct points *points, uint64_t addr,
	       const uint8_t *code, size_t len)
{
	struct gdbstub *gdb = &guest->vm.gdb;

	return gdb_physical(gdb, true) ?:
	       gdb_write(gdb, find(points, addr), code, len) ?:
	       gdb_physical(gdb, false);
}
