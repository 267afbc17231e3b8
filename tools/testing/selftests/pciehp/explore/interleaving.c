// SPDX-License-Identifier: GPL-2.0-only
/* One scenario, with one event at one instruction. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"

/* Host time; the guest leaps over what it waits for. */
#define STOP_TIMEOUT_MS	30000

#define NAME_SIZE	64

/**
 * interleaving_format() - its name
 * @interleaving: the interleaving
 * @id: receives SCENARIO/OPERATION@FUNCTION+OFFSET#HIT, or SCENARIO alone
 */
void interleaving_format(const struct interleaving *interleaving,
			 char id[ID_SIZE])
{
	if (interleaving->operation)
		snprintf(id, ID_SIZE, "%s/%s@%s+%#x#%d",
			 interleaving->scenario->name,
			 interleaving->operation->name,
			 interleaving->point->function,
			 interleaving->point->offset, interleaving->hit);
	else
		snprintf(id, ID_SIZE, "%s", interleaving->scenario->name);
}

/**
 * interleaving_parse() - the interleaving of a name
 * @interleaving: receives it
 * @id: the name, as of interleaving_format()
 * @points: of the kernel
 * @why: receives the reason when there is none of that name
 * @size: room in @why
 *
 * Return: 0 or -ENOENT.
 */
int interleaving_parse(struct interleaving *interleaving, const char *id,
		       const struct points *points, char *why, size_t size)
{
	char scenario[NAME_SIZE], operation[NAME_SIZE], function[NAME_SIZE];
	unsigned int offset = 0;
	int n;

	*interleaving = (struct interleaving){ .hit = 1 };
	n = sscanf(id, "%63[^/]/%63[^@]@%63[^+]+%x#%d", scenario, operation,
		   function, &offset, &interleaving->hit);
	interleaving->scenario = n >= 1 ? scenario_find(scenario) : NULL;
	if (!interleaving->scenario) {
		snprintf(why, size, "no scenario is called '%s'",
			 n >= 1 ? scenario : id);
		return -ENOENT;
	}
	if (n == 1)
		return 0;
	interleaving->operation = n >= 2 ? operation_find(operation) : NULL;
	if (!interleaving->operation) {
		snprintf(why, size, "no operation is called '%s'", operation);
		return -ENOENT;
	}
	interleaving->point = n >= 4 ? points_find(points, function, offset) :
				       NULL;
	if (!interleaving->point || interleaving->hit < 1) {
		snprintf(why, size,
			 "the kernel has no such point: FUNCTION+0xOFFSET#HIT is wanted after the '@'");
		return -ENOENT;
	}

	return 0;
}

static int read_pc(struct guest *guest, uint64_t *pc)
{
	return gdb_read_register(&guest->vm.gdb,
				 guest->config.machine->pc_register, pc);
}

/* Past the breakpoint, which would stop the machine again at once. */
static int step_over(struct guest *guest, uint64_t addr)
{
	struct gdbstub *gdb = &guest->vm.gdb;

	return gdb_clear_breakpoint(gdb, addr) ?: gdb_step(gdb) ?:
	       gdb_wait_stop(gdb, STOP_TIMEOUT_MS) ?:
	       gdb_set_breakpoint(gdb, addr);
}

/* -ENOENT when the guest comes to its answer before. */
static int go_to_point(struct guest *guest,
		       const struct interleaving *interleaving)
{
	struct gdbstub *gdb = &guest->vm.gdb;
	uint64_t addr = interleaving->point->addr, pc;
	int ret;

	for (int hit = 1;; hit++) {
		ret = gdb_wait_stop(gdb, STOP_TIMEOUT_MS) ?:
		      read_pc(guest, &pc);
		if (!ret && pc != addr)
			return -ENOENT;
		if (ret || hit == interleaving->hit)
			break;
		ret = step_over(guest, addr) ?: gdb_continue(gdb);
		if (ret)
			break;
	}
	ret = ret ?: gdb_clear_breakpoint(gdb, addr);
	if (ret && ret != -ESHUTDOWN && ret != -ETIMEDOUT)
		result_error(&guest->result, "go to the point: %s",
			     strerror(-ret));

	return ret;
}

/* The same words for what differs only in numbers. */
static int end_of_guest(struct guest *guest, int ret)
{
	if (ret == -ESHUTDOWN)
		result_problem(&guest->result, "the guest panicked");
	else if (ret == -ETIMEDOUT)
		result_problem(&guest->result, "the guest hangs");
	guest->alive = false;

	return ret;
}

struct course {
	bool reached;
	int operated;
};

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

/* Up to the point, the operation there, and on to where all has settled. */
static int follow(struct guest *guest, const struct interleaving *interleaving,
		  struct course *course, FILE *details)
{
	int ret;

	if (!interleaving->operation)
		return guest_finish(guest);
	ret = go_to_point(guest, interleaving);
	if (ret == -ENOENT)
		return gdb_clear_breakpoint(&guest->vm.gdb,
					    interleaving->point->addr) ?:
		       guest_take_answer(guest);
	if (ret)
		return end_of_guest(guest, ret);
	course->reached = true;
	if (details)
		print_registers(guest, details);
	course->operated = operation_run(interleaving->operation, guest);
	ret = gdb_continue(&guest->vm.gdb);

	return ret ?: guest_finish(guest);
}

static int run(struct guest *guest, const struct interleaving *interleaving,
	       const char *requests, struct course *course, FILE *details)
{
	char all[AGENT_REQUEST_SIZE], settle[REQUEST_SIZE];
	const struct scenario *scenario = interleaving->scenario;
	int ret = 0;

	verdict_settle_requests(guest, SETTLE_MS, settle, sizeof(settle));
	snprintf(all, sizeof(all), "%s;%s", requests, settle);
	if (interleaving->operation)
		ret = gdb_set_breakpoint(&guest->vm.gdb,
					 interleaving->point->addr);
	if (!ret && scenario->trigger)
		ret = scenario->trigger(guest, scenario);
	ret = ret ?: guest_begin_all(guest, all) ?:
	      follow(guest, interleaving, course, details) ?:
	      guest_keep_answers(guest);
	if (ret && guest->alive)
		result_error(&guest->result, "run the interleaving: %s",
			     strerror(-ret));
	if (!ret)
		verdict_judge(guest, interleaving,
			      course->reached && !course->operated);

	return ret;
}

static const char *name_verdict(const struct guest *guest,
				const struct interleaving *interleaving,
				const struct course *course)
{
	if (guest->result.skip[0])
		return "skipped";
	if (guest->result.error)
		return "error";
	if (json_array_size(guest->result.problems))
		return "violation";
	if (interleaving->operation && !course->reached)
		return "not reached";
	if (course->operated == -EREMOTEIO)
		return "refused";
	if (course->operated)
		return "inapplicable";

	return "clean";
}

static void print_details(struct guest *guest, FILE *details)
{
	const char *problem;
	json_t *value;
	size_t i;

	json_array_foreach(guest->result.problems, i, value) {
		problem = json_string_value(value);
		fprintf(details, "found: %s\n", problem ?: "");
	}
	fflush(guest->result.timeline_file);
	fprintf(details, "requests to the guest:\n%s", guest->result.timeline);
	fprintf(details, "kernel log:\n%s", guest->log ?: "");
	fprintf(details, "trace events:\n%s", guest->trace ?: "(none)\n");
}

/**
 * interleaving_run() - run it in a fresh machine
 * @interleaving: the interleaving
 * @states: path before the name of its scenario, where scenario_save() has left
 *	the state
 * @details: where to tell all about it, or NULL
 *
 * Return: what came of it: "id", "verdict", "problems", "host_ms".
 */
json_t *interleaving_run(const struct interleaving *interleaving,
			 const char *states, FILE *details)
{
	char state[PATH_MAX], id[ID_SIZE], requests[REQUEST_SIZE];
	int64_t start_ms = host_now_ms();
	struct course course = { 0 };
	struct guest guest;
	const char *verdict;
	json_t *outcome;

	interleaving_format(interleaving, id);
	snprintf(state, sizeof(state), "%s/%s", states,
		 interleaving->scenario->name);
	if (!scenario_load(&guest, interleaving->scenario, state, NULL,
			   requests, sizeof(requests)))
		run(&guest, interleaving, requests, &course, details);
	if (details)
		print_details(&guest, details);

	verdict = name_verdict(&guest, interleaving, &course);
	outcome = json_pack("{s:s, s:s, s:O, s:I}", "id", id, "verdict", verdict,
			    "problems", guest.result.problems, "host_ms",
			    (json_int_t)(host_now_ms() - start_ms));
	guest_forget(&guest);
	result_cleanup(&guest.result);

	return outcome;
}
