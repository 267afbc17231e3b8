// SPDX-License-Identifier: GPL-2.0-only
/*
 * Access to the kernel's instructions and variables in memory. It uses physical addresses,
 * because the CPU that has stopped may be in user space, where the kernel is not mapped.
 */
#include <string.h>

#include "arch.h"
#include "points.h"
#include "text.h"

#include "guest/guest.h"
#include "qemu/gdbstub.h"

static uint64_t physical_address(const struct points *points, uint64_t addr)
{
	return addr - points->text + points->arch->kernel;
}

/**
 * text_read() - read instructions, or a variable
 * @guest: the guest, whose machine is stopped
 * @points: injection points of its kernel
 * @addr: virtual address
 * @code: receives the bytes
 * @len: number of bytes
 *
 * Return: 0 or a negative errno.
 */
int text_read(struct guest *guest, const struct points *points, uint64_t addr,
	      void *code, size_t len)
{
	struct gdbstub *gdb = &guest->vm.gdb;

	return gdb_set_physical(gdb, true) ?:
	       gdb_read(gdb, physical_address(points, addr), code, len) ?:
	       gdb_set_physical(gdb, false);
}

/**
 * text_has() - is an instruction at its expected address
 * @guest: the guest, whose machine is stopped
 * @points: injection points of its kernel
 * @point: the instruction
 *
 * The kernel is not there if it was loaded elsewhere. Then text_read() reads other memory.
 *
 * Return: true if it is.
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
 * @points: injection points of its kernel
 * @addr: virtual address
 * @code: the bytes to write
 * @len: number of bytes
 *
 * Return: 0 or a negative errno.
 */
int text_write(struct guest *guest, const struct points *points, uint64_t addr,
	       const uint8_t *code, size_t len)
{
	struct gdbstub *gdb = &guest->vm.gdb;

	return gdb_set_physical(gdb, true) ?:
	       gdb_write(gdb, physical_address(points, addr), code, len) ?:
	       gdb_set_physical(gdb, false);
}
