/* SPDX-License-Identifier: GPL-2.0-only */
/* One event at one instruction, again and again: what the parts share. */
#ifndef EXPLORE_H
#define EXPLORE_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libpciehp.h"
#include "util/host_clock.h"

#include "points.h"

#define ID_SIZE		256
#define REQUEST_SIZE	1024
#define STANDBY_SIZE	2048

/* Cards of the scenarios and the operations, by QEMU's id. */
#define CARD		"dev0"
#define OTHER_CARD	"dev1"
#define SECOND_FUNCTION	"dev0.1"
#define INNER_CARD	"dev2"
#define INNER_OTHER_CARD	"dev3"

/* The slots of a machine, at most: one, and one nested in it. */
#define PORTS_MAX	2

/* cards.c */
const struct plug *card_full(int port);
const struct plug *card_quick(int port);
bool card_is_switch(const struct plug *card);
int ports_refresh(struct guest *guest);
const struct plug *card_find(struct guest *guest, int port);

/**
 * struct registers - what the driver finds in its port beside what is there
 * @cleared: bits of Slot Capabilities that are not
 * @set: bits of Slot Capabilities
 * @set2: bits of Slot Capabilities 2
 */
struct registers {
	uint32_t cleared;
	uint32_t set;
	uint32_t set2;
};

int registers_change(struct guest *guest, const struct points *points,
		     const struct registers *registers);

/**
 * struct scenario - what goes on while something else happens
 * @name: its name
 * @setup: the machine
 * @card: a card that is there from the boot on, as of -device, or NULL
 * @port: number of the port of the slot that it is about
 * @hot_added: it is plugged after the boot instead
 * @stays: the card stays if nothing else happens
 * @goes: the card goes if nothing else happens, though nobody asks for it to be seen
 * @quick: it is part of the quick cut
 * @boot: it is what is left of the boot when the first port is about to get its
 *	drivers, which asks for nothing
 * @away: the port interrupts the second CPU, where its thread runs too
 * @registers: capabilities that QEMU does not have, or NULL
 * @prepare: brings the guest to where the scenario begins, or NULL
 * @trigger: what is done on the stopped machine as the scenario begins, or NULL
 * @request: writes what is asked of the guest from then on, until the scenario is
 *	over, as batch_begin() takes it
 */
struct scenario {
	const char *name;
	struct guest_setup setup;
	const char *card;
	int port;
	bool hot_added;
	bool stays;
	bool goes;
	bool quick;
	bool boot;
	bool away;
	const struct registers *registers;
	int (*prepare)(struct guest *guest, const struct scenario *scenario);
	int (*trigger)(struct guest *guest, const struct scenario *scenario);
	int (*request)(struct guest *guest, const struct scenario *scenario,
		       char *text, size_t size);
};

/**
 * struct beginning - what is known of the guest at the beginning of a scenario
 * @request: what is to be asked of it for the scenario; empty when it boots
 * @problems: what was wrong as it came there, which is told with what the scenario alone
 *	finds; or NULL
 */
struct beginning {
	char request[REQUEST_SIZE];
	json_t *problems;
};

extern const struct scenario scenarios[];
extern const size_t n_scenarios;

const struct scenario *scenario_find(const char *name);
bool scenario_binds(const struct scenario *scenario);
int scenario_save(const struct scenario *scenario, const struct points *points,
		  const char *state, char *why, size_t size);
int scenario_load(struct guest *guest, const struct scenario *scenario,
		  const char *state, const char *const *options,
		  struct beginning *beginning);
int scenario_begin(struct guest *guest, const struct scenario *scenario,
		   const char *requests, struct batch *batch);

int operation_press_again(struct guest *guest, int port);
int operation_release(struct guest *guest, int port);

/**
 * struct operation - what happens at a point
 * @name: its name
 * @quick: it is part of the quick cut
 * @run: does it to the stopped machine: 0; -EREMOTEIO when QEMU refuses;
 *	-ECANCELED when it makes no sense there, and nothing is done; or another
 *	negative errno
 * @request: else, what the standby process is asked for, see standby_format()
 * @port: number of the port of the slot that it is about
 * @alone: name of a scenario that comes by the points that the operation comes by; in
 *	those of two CPUs, somebody writes to sysfs on the first, and handler and
 *	thread run on the second; or NULL
 * @presses: it presses the attention button
 * @cancels: and takes a press back with that
 * @surprises: it takes a card away
 * @holds: it has the port's interrupts wait
 * @releases: it ends that
 * @binds: it binds the driver, or unbinds it
 * @forgets: the kernel no longer knows a device that is there
 * @scans: it finds a card in a slot that counts as off, but which nobody turns off
 * @resets_card: it needs a card that can be reset
 */
struct operation {
	const char *name;
	bool quick;
	int (*run)(struct guest *guest, int port);
	const char *request;
	int port;
	const char *alone;
	bool presses;
	bool cancels;
	bool surprises;
	bool holds;
	bool releases;
	bool binds;
	bool forgets;
	bool scans;
	bool resets_card;
};

extern const struct operation operations[];
extern const size_t n_operations;

const struct operation *operation_find(const char *name);
int operation_run(const struct operation *operation, struct guest *guest);
int operation_number(const struct operation *operation);
int operations_begin(struct guest *guest);
bool operation_has_cpu(const struct operation *operation,
		       const struct scenario *scenario);
bool operation_applies(const struct operation *operation,
		       const struct scenario *scenario);

/* standby.c */
/**
 * struct standby_names - what the requests of operations on one slot stand for
 * @slot: the slot's directory in sysfs
 * @card: that of the device in it
 * @port: that of its port
 * @service: what the driver of the port is bound to
 * @root: the directory of the port above all slots; empty if there is none
 */
struct standby_names {
	char slot[SLOT_PATH_SIZE];
	char card[SLOT_PATH_SIZE];
	char port[SLOT_PATH_SIZE];
	char service[SLOT_SERVICE_SIZE];
	char root[SLOT_PATH_SIZE];
};

int standby_learn_names(struct guest *guest, int port,
			struct standby_names *names);
void standby_format(const char *request, const struct standby_names *names,
		    char *text, size_t size);
bool standby_can(struct guest *guest, const char *request);
int standby_begin(struct guest *guest, const char *requests);
int standby_save(struct guest *guest, uint32_t *base);
int standby_load(struct guest *guest, uint32_t base);
int standby_wake(struct guest *guest, int number);

/**
 * struct event - something that happens at a point
 * @operation: what
 * @point: where the machine stops for it
 * @hit: at the how many-th time that it comes by there, from 1, after the event
 *	before
 * @until: with two CPUs, where the one that does the operation stops, until the other
 *	has gone on from @point as far as it can; or NULL
 * @until_hit: at the how many-th time
 */
struct event {
	const struct operation *operation;
	const struct point *point;
	int hit;
	const struct point *until;
	int until_hit;
};

#define EVENTS_MAX	2

/**
 * struct interleaving - one scenario, and what happens meanwhile
 * @scenario: the scenario
 * @events: what happens, one after the other
 * @n_events: how many; none is the scenario alone
 */
struct interleaving {
	const struct scenario *scenario;
	struct event events[EVENTS_MAX];
	int n_events;
};

/* What is said of a guest that gives no answer in host time. */
#define GUEST_HANGS	"the guest hangs"

void interleaving_format(const struct interleaving *interleaving,
			 char id[ID_SIZE]);
int interleaving_parse(struct interleaving *interleaving, const char *id,
		       const struct points *points, char *why, size_t size);
const char *interleaving_events(const char *id);
json_t *interleaving_run(const struct interleaving *interleaving,
			 const struct points *points, const char *states,
			 FILE *details);

/* cpu.c */
/* Host time; the guest leaps over what it waits for. */
#define STOP_TIMEOUT_MS	30000

int cpu_read_pc(struct guest *guest, uint64_t *pc);
int cpu_step(struct guest *guest);
int cpu_step_over(struct guest *guest, uint64_t addr);

/* text.c */
int text_read(struct guest *guest, const struct points *points, uint64_t addr,
	      void *code, size_t len);
bool text_has(struct guest *guest, const struct points *points,
	      const struct point *point);
int text_write(struct guest *guest, const struct points *points, uint64_t addr,
	       const uint8_t *code, size_t len);

/**
 * struct trap - the machine is to stop at a point
 * @point: the point
 * @replaced: another instruction is there meanwhile
 */
struct trap {
	const struct point *point;
	bool replaced;
};

int trap_set(struct trap *trap, struct guest *guest,
	     const struct points *points, const struct point *point);
int trap_clear(const struct trap *trap, struct guest *guest,
	       const struct points *points);

/**
 * struct course - how far an interleaving came
 * @reached: how many of its events' points
 * @operated: what the last operation returned that did not return 0
 * @missed: an operation did not come by where it was to stop
 * @held: the port's interrupts are held back
 * @trap: where it is to stop next
 * @batch: what the guest was asked last, and its answers
 * @trouble: what the scenario's own requests tell, which no later look at the guest
 *	would; or empty
 * @judged: the guest was looked at to the end
 * @ended: it has come to an end of its own
 */
struct course {
	int reached;
	int operated;
	bool missed;
	bool held;
	struct trap trap;
	struct batch batch;
	char trouble[256];
	bool judged;
	bool ended;
};

int course_follow(struct guest *guest, const struct interleaving *interleaving,
		  const struct points *points, const char *requests,
		  struct course *course, FILE *details);

/* beside.c */
int beside_operate(struct guest *guest, const struct event *event,
		   const struct points *points, bool *missed);

/* verdict.c */
/*
 * Guest time. The attention button's 5 s (PCIe Base Spec sec. 6.7.1.5), and what a
 * removal takes then.
 */
#define SETTLE_MS	9000
void verdict_settle_requests(const struct guest *guest, int settle_ms,
			     char *requests, size_t size);
void verdict_judge(struct guest *guest, const struct interleaving *interleaving,
		   const struct points *points, struct course *course);

/* reach.c */
json_t *reach_run(const struct scenario *scenario, const struct points *points,
		  const char *states);

/* cause.c */
void cause_format(const char *scenario, json_t *problems, char *cause,
		  size_t size);
uint64_t cause_hash(const char *text);

/**
 * struct explore - one run of the program
 * @kernel: the guest's kernel
 * @vmlinux: the same with debug information
 * @dir: where results go
 * @states: where saved states are
 * @points: of the kernel
 * @jobs: how many interleavings at once
 * @seconds: after how long no more are begun, or 0
 * @limit: after how many, or 0
 * @scenarios: pattern of their names, or NULL for those of the cut
 * @operations: pattern of their names, or NULL for those of the cut
 * @functions: pattern of the functions whose points count
 * @groups: pattern of the groups, see sources[]
 * @every_instruction: not only entries and calls count
 * @full: all scenarios and operations are in the cut, not only the quick ones
 * @hits: up to which hit of a point
 * @pairs: two operations at two points; or one, which stops at a point itself
 * @once: an event is not tried in another scenario when one has told something
 * @until_found: end with the first violation that is not expected
 * @expect: path of a file that tells what is expected, or NULL
 * @again: what makes a command of a replay's name, as of printf()
 * @reaches: what reach_run() found, by index of the scenario
 * @n_reached: how many of these there are so far
 * @plan: the interleavings
 * @n_plan: how many
 */
struct explore {
	const char *kernel;
	const char *vmlinux;
	const char *dir;
	char states[PATH_MAX];
	struct points points;
	unsigned int jobs;
	int seconds;
	size_t limit;
	const char *scenarios;
	const char *operations;
	const char *functions;
	const char *groups;
	bool every_instruction;
	bool full;
	int hits;
	bool pairs;
	bool once;
	bool until_found;
	const char *expect;
	const char *again;
	json_t **reaches;
	size_t n_reached;
	struct interleaving *plan;
	size_t n_plan;
};

/* plan.c */
bool plan_has_scenario(const struct explore *explore,
		       const struct scenario *scenario);
bool plan_has_operation(const struct explore *explore,
			const struct operation *operation);
bool plan_has_point(const struct explore *explore, const struct point *point);
int plan_make(struct explore *explore);

/* sweep.c */
int sweep_reach(struct explore *explore);
int sweep_run(struct explore *explore, json_t *results);

/* results.c */
int results_open(const struct explore *explore, json_t **results);
json_t *results_of_plan(const struct explore *explore, json_t *results);
bool results_tell(json_t *result);
bool results_final(json_t *result);
int results_add(const struct explore *explore, json_t *results,
		json_t *result);

/* report.c */
int report_print(const struct explore *explore, json_t *results);
bool report_expects(const char *expect, json_t *result);

#endif /* EXPLORE_H */
