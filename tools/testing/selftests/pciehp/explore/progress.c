// SPDX-License-Identifier: GPL-2.0-only
/* From where a scenario begins, from event to event, to where all has settled. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "two_cpus.h"
#include "cards.h"
#include "progress.h"
#include "cpu.h"
#include "interleaving.h"
#include "operations.h"
#include "points.h"
#include "scenario.h"
#include "scenario_state.h"
#include "settle.h"
#include "trap.h"

#include "guest/batch.h"
#include "guest/guest.h"
#include "guest/request.h"
#include "qemu/gdbstub.h"
#include "util/agent_protocol.h"

/* -ENOENT when the guest comes to its answer before. */
static int go_to(struct guest *guest, const struct event *event,
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

/* Of a guest that has come to its end, the agent is not to be asked any more. */
static bool has_ended(struct guest *guest, int ret)
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

static int operate(struct guest *guest, const struct scenario *scenario,
		   const struct event *event, const struct points *points,
		   struct progress *progress)
{
	if (operation_has_cpu(event->operation, scenario))
		return two_cpus_operate(guest, event, points, &progress->missed);

	return operation_run(event->operation, guest);
}

static void note_operated(struct progress *progress, const struct event *event,
			  int ret)
{
	if (ret)
		progress->operated = ret;
	else if (event->operation->holds)
		progress->held = true;
	else if (event->operation->releases)
		progress->held = false;
}

/* On to the next event, or to the answer. */
static int go_on(struct guest *guest, const struct event *event,
		 const struct event *next, const struct points *points,
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

static int go_through_events(struct guest *guest,
			     const struct interleaving *interleaving,
			     const struct points *points, struct progress *progress,
			     FILE *details)
{
	const struct event *event, *end;
	int ret;

	event = interleaving->events;
	end = event + interleaving->n_events;
	for (; event < end; event++) {
		ret = go_to(guest, event, points, progress);
		if (ret == -ENOENT)
			return guest_take_answer(guest);
		if (has_ended(guest, ret) || ret)
			return ret;
		progress->reached++;
		if (details)
			print_registers(guest, details);
		ret = operate(guest, interleaving->scenario, event, points,
			      progress);
		if (has_ended(guest, ret))
			return ret;
		note_operated(progress, event, ret);
		/* nothing has been done, and there is nothing to look at */
		if (ret == -ECANCELED && event == interleaving->events)
			return ret;
		ret = go_on(guest, event, event + 1 < end ? event + 1 : NULL,
			    points, progress);
		if (ret)
			return ret;
	}

	return guest_finish(guest);
}

/* Interrupts that nothing has released come late, but come. */
static int release(struct guest *guest, const char *settle,
		   struct progress *progress)
{
	return operation_release(guest, 0) ?:
	       batch_ask(&progress->batch, guest, settle);
}

/* What the boot has left the driver to do, and what else the verdict needs. */
static int settle_after_boot(struct guest *guest, struct progress *progress)
{
	char settle[REQUEST_SIZE];
	int ret;

	ret = guest_find_ports(guest) ?: ports_refresh(guest) ?:
	      operations_begin(guest);
	if (ret)
		return ret;
	settle_requests(guest, SETTLE_MS, settle, sizeof(settle));

	return batch_ask(&progress->batch, guest, settle);
}

/*
 * What a process of its own has begun must end, whatever happens meanwhile; and nothing
 * else may fail if nothing happens. The agent answers a "join" with what failed, as a
 * write does that finds the slot busy with what the machine has done to it.
 */
static void note_trouble(const struct interleaving *interleaving,
			 const char *requests, struct progress *progress)
{
	bool alone = !interleaving->n_events;
	bool busy = interleaving->scenario->trigger;
	int n = 1;

	for (const char *at = strchr(requests, ';'); at; at = strchr(at + 1, ';'))
		n++;
	for (int i = 0; i < n && i < progress->batch.n && !progress->scenario_error[0]; i++) {
		const struct batch_answer *answer = &progress->batch.answers[i];

		if (answer->error == -ETIMEDOUT &&
		    !strncmp(answer->request, "join ", 5))
			snprintf(progress->scenario_error, sizeof(progress->scenario_error),
				 "what the scenario wrote to sysfs never returns");
		else if (alone && (answer->error ||
				   (!busy && strstr(answer->text, "error "))))
			snprintf(progress->scenario_error, sizeof(progress->scenario_error),
				 "the scenario fails: %s: %s", answer->request,
				 answer->error ? strerror(-answer->error) :
						 answer->text);
	}
}

/**
 * progress_follow() - go through an interleaving
 * @guest: a guest where the scenario begins
 * @interleaving: the interleaving
 * @points: of its kernel
 * @requests: what is to be asked of it for the scenario
 * @progress: receives how far it came
 * @details: where to tell registers, or NULL
 *
 * Return: 0 when the guest has settled, and verdict_judge() can look at it;
 * -ECANCELED, also in @progress->operated, when the first operation makes no sense where
 * it should happen; or another negative errno.
 */
int progress_follow(struct guest *guest, const struct interleaving *interleaving,
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
	      go_through_events(guest, interleaving, points, progress, details);
	if (!ret)
		ret = scenario->boot ? settle_after_boot(guest, progress) :
				       batch_take(&progress->batch, guest);
	if (!ret && !scenario->boot)
		note_trouble(interleaving, requests, progress);

	return ret || !progress->held ? ret : release(guest, settle, progress);
}
