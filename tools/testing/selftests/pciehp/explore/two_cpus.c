// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first CPU stays at a point while the second does an operation. The second may stop at
 * a point of its own, and stays there while the first continues.
 */
#include <errno.h>
#include <string.h>

#include "arch.h"
#include "cpu.h"
#include "interleaving.h"
#include "operations.h"
#include "points.h"
#include "text.h"
#include "two_cpus.h"

#include "guest/guest.h"
#include "qemu/gdbstub.h"
#include "qemu/qmp.h"
#include "util/agent_protocol.h"

/* Host time. A CPU that is not blocked needs far less. */
#define TWO_CPUS_TIMEOUT_MS	300

/**
 * struct spin - a branch to itself at which CPUs spin
 * @code: the branch
 * @addr: its address
 * @original: the bytes that it replaces
 */
struct spin {
	const struct code *code;
	uint64_t addr;
	uint8_t original[CODE_SIZE];
};

/* Is the kernel at its expected address? The CPU that has stopped is in the kernel. */
static int check_text(struct guest *guest, const struct spin *spin)
{
	uint8_t there[CODE_SIZE];
	int ret;

	ret = gdb_read(&guest->vm.gdb, spin->addr, there, spin->code->len);

	return ret ?: memcmp(spin->original, there, spin->code->len) ?
		      -EOPNOTSUPP : 0;
}

/*
 * The CPU spins, because QEMU takes a CPU for idle that the debugger has stopped, and
 * advances time.
 */
static int spin_start(struct guest *guest, const struct points *points,
		      uint64_t addr, struct spin *spin)
{
	spin->code = &points->arch->branches_to_itself;
	spin->addr = addr;

	return text_read(guest, points, addr, spin->original,
			 spin->code->len) ?:
	       check_text(guest, spin) ?:
	       text_write(guest, points, addr, spin->code->bytes,
			  spin->code->len);
}

static int spin_stop(struct guest *guest, const struct points *points,
		     const struct spin *spin)
{
	return text_write(guest, points, spin->addr, spin->original,
			  spin->code->len);
}

/* Runs the machine until a breakpoint, or as long as a CPU that is not blocked may need. */
static int run(struct guest *guest)
{
	struct gdbstub *gdb = &guest->vm.gdb;
	int ret;

	ret = gdb_continue(gdb) ?: gdb_wait_stop(gdb, TWO_CPUS_TIMEOUT_MS);
	if (ret == -ETIMEDOUT) {
		ret = qmp_command(&guest->vm.qmp, "stop", NULL, NULL) ?:
		      gdb_wait_stop(gdb, STOP_TIMEOUT_MS);
		ret = ret == -EINTR ? 0 : ret;
	}

	return ret;
}

/*
 * Runs the CPU that does not spin until it has finished its request, is idle, or has
 * run for so long that it must be busy waiting.
 */
static int run_free_cpu(struct guest *guest, const struct points *points)
{
	struct gdbstub *gdb = &guest->vm.gdb;

	return gdb_set_breakpoint(gdb, AGENT_IRQ_WORKER_POINT) ?:
	       gdb_set_breakpoint(gdb, points->idle) ?: run(guest) ?:
	       gdb_clear_breakpoint(gdb, points->idle) ?:
	       gdb_clear_breakpoint(gdb, AGENT_IRQ_WORKER_POINT);
}

/* Runs that CPU until it hits a point. Returns -ENOENT if it does not. */
static int run_free_cpu_to(struct guest *guest, const struct points *points,
			   uint64_t addr, int hits)
{
	struct gdbstub *gdb = &guest->vm.gdb;
	uint64_t pc;
	int ret;

	ret = gdb_set_breakpoint(gdb, addr);
	while (!ret && hits--) {
		ret = run_free_cpu(guest, points) ?: cpu_read_pc(guest, &pc);
		if (!ret && pc != addr)
			ret = -ENOENT;
		if (!ret && hits)
			ret = cpu_step_over(guest, addr);
	}

	return gdb_clear_breakpoint(gdb, addr) ?: ret;
}

/* The second CPU stays at its point while the first continues from that of the event. */
static int run_first_cpu(struct guest *guest, const struct event *event,
			 const struct points *points, const struct spin *spin)
{
	struct spin stop;
	int ret;

	ret = spin_start(guest, points, event->stop->addr, &stop);
	if (ret)
		return spin_stop(guest, points, spin) ?: ret;
	ret = spin_stop(guest, points, spin) ?: run_free_cpu(guest, points);

	return spin_stop(guest, points, &stop) ?: ret;
}

/**
 * two_cpus_operate() - do an operation while the CPU that has stopped stays at its point
 * @guest: the guest, whose machine has stopped at the event's point
 * @event: the operation, and the point at which it is to stop
 * @points: injection points of the kernel
 * @missed_stop: set to true if the operation does not hit the point at which to stop
 *
 * Return: as @run of struct operation.
 */
int two_cpus_operate(struct guest *guest, const struct event *event,
		     const struct points *points, bool *missed_stop)
{
	struct spin spin;
	int ret;

	if (!points->idle || !points->text)
		return -ECANCELED;
	ret = spin_start(guest, points, event->point->addr, &spin);
	if (ret)
		return ret;
	ret = operation_run(event->operation, guest);
	if (ret || !event->stop) {
		ret = ret ?: run_free_cpu(guest, points);
		return spin_stop(guest, points, &spin) ?: ret;
	}
	ret = run_free_cpu_to(guest, points, event->stop->addr,
			      event->stop_hit);
	if (!ret)
		return run_first_cpu(guest, event, points, &spin);
	*missed_stop = ret == -ENOENT;

	return spin_stop(guest, points, &spin) ?: *missed_stop ? 0 : ret;
}
