// SPDX-License-Identifier: GPL-2.0-only
/* Runs an interleaving from the start of its scenario until the guest has settled. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cards.h"
#include "cpu.h"
#include "interleaving.h"
#include "operations.h"
#include "points.h"
#include "progress.h"
#include "scenario.h"
#include "scenario_state.h"
#include "settle.h"
#include "trap.h"
#include "two_cpus.h"

#include "guest/batch.h"
#include "guest/guest.h"
#include "guest/request.h"
#include "qemu/gdbstub.h"
#include "util/agent_protocol.h"

/* Returns -ENOENT if the guest answers its requests before it hits the point. */
static int run_to_event(struct guest *guest, const struct event *event,
			const struct points *points, struct progress *progress)
{
	struct gdbstub *gdb = &guest->vm.gdb;
	uint64_t pc;
	int ret;

	for (int hit = 1;; hit++) {
		ret = gdb_wait_stop(gdb, STOP_TIMEOUT_MS) ?:
		      cpu_read_pc(guest, &pc);
		if (ret)
			return ret;
		ret = trap_clear(&progress->trap, guest, points);
		if (!ret && pc != event->point->addr)
			ret = -ENOENT;
		if (ret || hit == event->hit)
			return ret;
		ret = cpu_step(guest) ?:
		      trap_set(&progress->trap, guest, points, event->point) ?:
		      gdb_continue(gdb);
		if (ret)
			return ret;
	}
}

/* The agent of a guest that has panicked or hangs gets no further requests. */
static bool guest_has_died(struct guest *guest, int ret)
{
	if (ret != -ETIMEDOUT && ret != -ESHUTDOWN)
		return false;
	guest->agent.failure = ret;
	guest->alive = false;

	return true;
}

static void print_registers(struct guest *guest, FILE *details)
{
	uint64_t values[GDB_REGISTERS_MAX];
	int n = guest->config.machine->pc_register + 1;

	if (gdb_read_registers(&guest->vm.gdb, values, n))
		return;
	fprintf(details, "registers at the point, in gdb's order:\n");
	for (int i = 0; i < n; i++)
		fprintf(details, "%s%016llx%s", i % 4 ? " " : "  ",
			(unsigned long long)values[i],
			i % 4 == 3 || i == n - 1 ? "\n" : "");
}

static int do_operation(struct guest *guest, const struct scenario *scenario,
			const struct event *event, const struct points *points,
			struct progress *progress)
{
	if (operation_uses_second_cpu(event->operation, scenario))
		return two_cpus_operate(guest, event, points,
					&progress->missed_stop);

	return operation_run(event->operation, guest);
}

static void record_operation(struct progress *progress,
			     const struct event *event, int ret)
{
	if (ret)
		progress->operation_error = ret;
	else if (event->operation->masks_interrupts)
		progress->masked = true;
	else if (event->operation->unmasks_interrupts)
		progress->masked = false;
}

/* Continues the machine, which will stop at the next event or at the guest's answer. */
static int continue_to_next(struct guest *guest, const struct event *event,
			    const struct event *next,
			    const struct points *points,
			    struct progress *progress)
{
	struct gdbstub *gdb = &guest->vm.gdb;
	int ret = 0;

	if (next && next->point == event->point)
		ret = cpu_step(guest);
	if (!ret && next)
		ret = trap_set(&progress->trap, guest, points, next->point);

	return ret ?: gdb_continue(gdb);
}

static int run_events(struct guest *guest,
		      const struct interleaving *interleaving,
		      const struct points *points, struct progress *progress,
		      FILE *details)
{
	const struct event *event, *end;
	int ret;

	event = interleaving->events;
	end = event + interleaving->n_events;
	for (; event < end; event++) {
		ret = run_to_event(guest, event, points, progress);
		if (ret == -ENOENT)
			return guest_take_answer(guest);
		if (guest_has_died(guest, ret) || ret)
			return ret;
		progress->reached++;
		if (details)
			print_registers(guest, details);
		ret = do_operation(guest, interleaving->scenario, event, points,
				   progress);
		if (guest_has_died(guest, ret))
			return ret;
		record_operation(progress, event, ret);
		/* nothing was done, so there is nothing to check */
		if (ret == -ECANCELED && event == interleaving->events)
			return ret;
		ret = continue_to_next(guest, event,
				       event + 1 < end ? event + 1 : NULL,
				       points, progress);
		if (ret)
			return ret;
	}

	return guest_finish(guest);
}

/* Delivers interrupts that are still masked at the end, and lets the guest settle again. */
static int unmask_and_settle(struct guest *guest, const char *settle,
			     struct progress *progress)
{
	return operation_unmask(guest, 0) ?:
	       batch_ask(&progress->batch, guest, settle);
}

/* The driver may have work left after the boot. The checks need the worker process. */
static int settle_after_boot(struct guest *guest, struct progress *progress)
{
	char settle[REQUEST_SIZE];
	int ret;

	ret = guest_find_ports(guest) ?: ports_refresh(guest) ?:
	      operations_start(guest);
	if (ret)
		return ret;
	settle_requests(guest, SETTLE_MS, settle, sizeof(settle));

	return batch_ask(&progress->batch, guest, settle);
}

/*
 * A process that the scenario starts must end in any case. The other requests may fail
 * only if there is an event. The agent answers a "join" with the error of the process: for
 * instance, a write fails if the slot is busy with what the scenario's trigger has caused.
 */
static void check_scenario_requests(const struct interleaving *interleaving,
				    const char *requests,
				    struct progress *progress)
{
	bool alone = !interleaving->n_events;
	bool busy = interleaving->scenario->trigger;
	const size_t size = sizeof(progress->scenario_error);
	char *error = progress->scenario_error;
	int n = 1;

	for (const char *at = strchr(requests, ';'); at; at = strchr(at + 1, ';'))
		n++;
	if (n > progress->batch.n)
		n = progress->batch.n;
	for (int i = 0; i < n && !*error; i++) {
		const struct batch_answer *answer = &progress->batch.answers[i];

		if (answer->error == -ETIMEDOUT &&
		    !strncmp(answer->request, "join ", 5))
			snprintf(error, size,
				 "what the scenario wrote to sysfs never returns");
		else if (alone && (answer->error ||
				   (!busy && strstr(answer->text, "error "))))
			snprintf(error, size, "the scenario fails: %s: %s",
				 answer->request,
				 answer->error ? strerror(-answer->error) :
						 answer->text);
	}
}

/**
 * progress_run() - run an interleaving
 * @guest: a guest at the start of the scenario
 * @interleaving: the interleaving
 * @points: injection points of the kernel
 * @requests: the scenario's requests to the guest
 * @progress: receives how far the interleaving was run
 * @details: file to which to print the registers at the points, or NULL
 *
 * Return: 0 if the guest has settled, so that verdict_judge() can check it; -ECANCELED,
 * also in @progress->operation_error, if the first operation makes no sense at its
 * point; or another negative errno.
 */
int progress_run(struct guest *guest, const struct interleaving *interleaving,
		 const struct points *points, const char *requests,
		 struct progress *progress, FILE *details)
{
	char all[AGENT_REQUEST_SIZE], settle[REQUEST_SIZE];
	const struct scenario *scenario = interleaving->scenario;
	int ret = 0;

	settle_requests(guest, SETTLE_MS, settle, sizeof(settle));
	snprintf(all, sizeof(all), "%s;%s", requests, settle);
	if (interleaving->n_events)
		ret = trap_set(&progress->trap, guest, points,
			       interleaving->events[0].point);
	if (!ret && scenario->trigger)
		ret = scenario->trigger(guest, scenario);
	ret = ret ?: scenario_begin(guest, scenario, all, &progress->batch) ?:
	      run_events(guest, interleaving, points, progress, details);
	if (!ret)
		ret = scenario->boot ? settle_after_boot(guest, progress) :
				       batch_take(&progress->batch, guest);
	if (!ret && !scenario->boot)
		check_scenario_requests(interleaving, requests, progress);

	if (!ret && progress->masked)
		ret = unmask_and_settle(guest, settle, progress);

	return ret;
}
