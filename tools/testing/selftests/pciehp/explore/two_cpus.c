// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two CPUs, of which one stays at a point while the other does an operation, and goes
 * on while that one stays at a point of its own.
 */
#include <errno.h>
#include <string.h>

#include "arch.h"
#include "two_cpus.h"
#include "cpu.h"
#include "interleaving.h"
#include "operations.h"
#include "points.h"
#include "text.h"

#include "guest/guest.h"
#include "qemu/gdbstub.h"
#include "qemu/qmp.h"
#include "util/agent_protocol.h"

/* Host time; far more than a CPU takes that is not kept from going on. */
#define TWO_CPUS_TIMEOUT_MS	300

/**
 * struct spin - an instruction in whose place CPUs spin
 * @code: what is there meanwhile
 * @addr: where it is
 * @was: what was there
 */
struct spin {
	const struct code *code;
	uint64_t addr;
	uint8_t was[CODE_SIZE];
};

/* Is the kernel where we take it to be? The CPU that has stopped is in it. */
static int check_text(struct guest *guest, const struct spin *spin)
{
	uint8_t there[CODE_SIZE];
	int ret;

	ret = gdb_read(&guest->vm.gdb, spin->addr, there, spin->code->len);

	return ret ?: memcmp(spin->was, there, spin->code->len) ?
		      -EOPNOTSUPP : 0;
}

/*
 * A CPU that the debugger held would be idle for QEMU, which then leaps in time; so it
 * spins.
 */
static int spin_begin(struct guest *guest, const struct points *points,
		      uint64_t addr, struct spin *spin)
{
	spin->code = &points->arch->branches_to_itself;
	spin->addr = addr;

	return text_read(guest, points, addr, spin->was, spin->code->len) ?:
	       check_text(guest, spin) ?:
	       text_write(guest, points, addr, spin->code->bytes,
			  spin->code->len);
}

static int spin_end(struct guest *guest, const struct points *points,
		    const struct spin *spin)
{
	return text_write(guest, points, spin->addr, spin->was,
			  spin->code->len);
}

/* Until a breakpoint, or as long as a CPU may need that is not kept from going on. */
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
 * Until the CPU that does not spin has done what it was asked for, or can do no more:
 * because it sleeps, or waits with its eyes open.
 */
static int run_one_cpu(struct guest *guest, const struct points *points)
{
	struct gdbstub *gdb = &guest->vm.gdb;

	return gdb_set_breakpoint(gdb, AGENT_IRQ_WORKER_POINT) ?:
	       gdb_set_breakpoint(gdb, points->idle) ?: run(guest) ?:
	       gdb_clear_breakpoint(gdb, points->idle) ?:
	       gdb_clear_breakpoint(gdb, AGENT_IRQ_WORKER_POINT);
}

/* Until it reaches a point: -ENOENT when it does not before it can do no more. */
static int run_one_cpu_to(struct guest *guest, const struct points *points,
			  uint64_t addr, int hits)
{
	struct gdbstub *gdb = &guest->vm.gdb;
	uint64_t pc;
	int ret;

	ret = gdb_set_breakpoint(gdb, addr);
	while (!ret && hits--) {
		ret = run_one_cpu(guest, points) ?: cpu_read_pc(guest, &pc);
		if (!ret && pc != addr)
			ret = -ENOENT;
		if (!ret && hits)
			ret = cpu_step_over(guest, addr);
	}

	return gdb_clear_breakpoint(gdb, addr) ?: ret;
}

/* The one stays where it is; the other goes on from the point of its event. */
static int run_other_cpu(struct guest *guest, const struct event *event,
			 const struct points *points, const struct spin *spin)
{
	struct spin until;
	int ret;

	ret = spin_begin(guest, points, event->until->addr, &until);
	if (ret)
		return spin_end(guest, points, spin) ?: ret;
	ret = spin_end(guest, points, spin) ?: run_one_cpu(guest, points);

	return spin_end(guest, points, &until) ?: ret;
}

/**
 * two_cpus_operate() - do an operation while the CPU that has stopped stays where it is
 * @guest: the guest
 * @event: the operation, and where it is to stop
 * @points: of the kernel
 * @missed: receives that it did not reach there
 *
 * Return: as struct operation's @run.
 */
int two_cpus_operate(struct guest *guest, const struct event *event,
		   const struct points *points, bool *missed)
{
	struct spin spin;
	int ret;

	if (!points->idle || !points->text)
		return -ECANCELED;
	ret = spin_begin(guest, points, event->point->addr, &spin);
	if (ret)
		return ret;
	ret = operation_run(event->operation, guest);
	if (ret || !event->until) {
		ret = ret ?: run_one_cpu(guest, points);
		return spin_end(guest, points, &spin) ?: ret;
	}
	ret = run_one_cpu_to(guest, points, event->until->addr,
			     event->until_hit);
	if (!ret)
		return run_other_cpu(guest, event, points, &spin);
	*missed = ret == -ENOENT;

	return spin_end(guest, points, &spin) ?: *missed ? 0 : ret;
}
