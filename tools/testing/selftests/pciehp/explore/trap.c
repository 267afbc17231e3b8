// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stops the machine at a point. For a breakpoint QEMU discards all translated code, but not
 * for a watchpoint. So an instruction that reads itself replaces that of the point, and a
 * watchpoint is set at it.
 */
#include "arch.h"
#include "points.h"
#include "text.h"
#include "trap.h"

#include "guest/guest.h"
#include "qemu/gdbstub.h"

/* Number of bytes that such an instruction reads. */
#define WATCHED	8

static bool can_replace(struct guest *guest, const struct points *points,
			const struct point *point)
{
	return points->arch->reads_itself.len && text_has(guest, points, point);
}

/**
 * trap_set() - make the machine stop at a point
 * @trap: to be initialised
 * @guest: the guest, whose machine is stopped
 * @points: injection points of its kernel
 * @point: the point
 *
 * Return: 0 or a negative errno.
 */
int trap_set(struct trap *trap, struct guest *guest,
	     const struct points *points, const struct point *point)
{
	const struct code *instead = &points->arch->reads_itself;
	struct gdbstub *gdb = &guest->vm.gdb;

	trap->point = point;
	trap->replaced = can_replace(guest, points, point);
	if (!trap->replaced)
		return gdb_set_breakpoint(gdb, point->addr);

	return text_write(guest, points, point->addr, instead->bytes,
			  instead->len) ?:
	       gdb_set_watchpoint(gdb, GDB_READ, point->addr, WATCHED);
}

/**
 * trap_clear() - do not stop the machine at the point any more
 * @trap: from trap_set()
 * @guest: the guest, whose machine is stopped, at the point or elsewhere
 * @points: injection points of its kernel
 *
 * Return: 0 or a negative errno.
 */
int trap_clear(const struct trap *trap, struct guest *guest,
	       const struct points *points)
{
	const struct point *point = trap->point;
	struct gdbstub *gdb = &guest->vm.gdb;

	if (!trap->replaced)
		return gdb_clear_breakpoint(gdb, point->addr);

	return text_write(guest, points, point->addr, point->code,
			  sizeof(point->code)) ?:
	       gdb_clear_watchpoint(gdb, GDB_READ, point->addr, WATCHED);
}
