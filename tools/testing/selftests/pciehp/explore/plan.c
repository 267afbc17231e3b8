// SPDX-License-Identifier: GPL-2.0-only
/* Which interleavings there are to be, and in which order. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "signature.h"
#include "explore.h"
#include "interleaving.h"
#include "operations.h"
#include "plan.h"
#include "points.h"
#include "scenario.h"
#include "scenarios.h"

/**
 * plan_has_scenario() - is it to be explored
 * @explore: the run
 * @scenario: the scenario
 *
 * Return: whether it is.
 */
bool plan_has_scenario(const struct explore *explore,
		       const struct scenario *scenario)
{
	if (explore->scenarios)
		return !fnmatch(explore->scenarios, scenario->name,
				FNM_EXTMATCH);

	return explore->full || scenario->quick;
}

/**
 * plan_has_operation() - is it to be done
 * @explore: the run
 * @operation: the operation
 *
 * Return: whether it is.
 */
bool plan_has_operation(const struct explore *explore,
			const struct operation *operation)
{
	if (explore->operations)
		return !fnmatch(explore->operations, operation->name,
				FNM_EXTMATCH);

	return explore->full || operation->quick;
}

/**
 * plan_has_point() - is the machine to stop there
 * @explore: the run
 * @point: the point
 *
 * Return: whether it is.
 */
bool plan_has_point(const struct explore *explore, const struct point *point)
{
	if (!explore->every_instruction && point->kind == POINT_OTHER)
		return false;

	return !fnmatch(explore->functions, point->function, FNM_EXTMATCH) &&
	       !fnmatch(explore->groups, sources[point->group].group,
			FNM_EXTMATCH);
}

static int add(struct explore *explore, size_t *room,
	       const struct interleaving *interleaving)
{
	if (explore->n_plan == *room) {
		*room = *room ? 2 * *room : 1024;
		explore->plan = realloc(explore->plan,
					*room * sizeof(*explore->plan));
		if (!explore->plan)
			return -ENOMEM;
	}
	explore->plan[explore->n_plan++] = *interleaving;

	return 0;
}

/* Of the CPUs that reach a point, as bits. */
#define FIRST_CPU	1
#define SECOND_CPU	2

/* A reached point, in the order in which a scenario reaches. */
struct hit {
	const struct point *point;
	int hits;
	int order;
	int cpus;
};

static int by_order(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	return x->order - y->order;
}

static struct hit *list_hits(const struct explore *explore, json_t *reached,
			     size_t *n)
{
	struct hit *hits = calloc(json_array_size(reached) ?: 1, sizeof(*hits));
	json_int_t point;
	json_t *hit;
	size_t i;

	*n = 0;
	json_array_foreach(reached, i, hit) {
		struct hit *to = &hits[*n];

		if (!hits || json_unpack(hit, "{s:I, s:i, s:i, s:i}", "point",
					 &point, "hits", &to->hits, "order",
					 &to->order, "cpus", &to->cpus))
			continue;
		to->point = &explore->points.all[point];
		*n += plan_has_point(explore, to->point);
	}
	if (hits)
		qsort(hits, *n, sizeof(*hits), by_order);

	return hits;
}

/*
 * A second event for the first: interrupts that are held back are released at a
 * later point, near or far; after anything else, any operation at any point. There
 * are too many pairs for all: the first event's name chooses.
 */
static void choose_second(const struct explore *explore,
			  struct interleaving *interleaving,
			  const struct hit *hits, size_t n, size_t first)
{
	bool held = interleaving->events[0].operation->holds;
	struct event *event = &interleaving->events[1];
	char id[ID_SIZE];
	uint64_t hash;

	interleaving_format(interleaving, id);
	hash = signature_hash(id) >> 8;
	if (held && first + 1 < n)
		event->point = hits[first + 1 + hash % (n - first - 1)].point;
	else
		event->point = hits[hash % n].point;
	event->hit = 1;
	do {
		event->operation = &operations[hash++ / n % n_operations];
	} while (event->operation->releases != held ||
		 !operation_applies(event->operation, interleaving->scenario) ||
		 (!held && !plan_has_operation(explore, event->operation)));
	interleaving->n_events = 2;
}

/*
 * The CPUs of the scenario that does an operation alone which are where the second CPU
 * will be: that scenario has somebody who writes to sysfs on the first CPU, handler and
 * thread on the second.
 */
static int cpus_of(const struct operation *operation,
		   const struct scenario *scenario)
{
	if (!scenario->irq_on_cpu1)
		return FIRST_CPU;

	return operation->run ? SECOND_CPU : FIRST_CPU | SECOND_CPU;
}

/* What an operation reaches, or else what the scenario does. */
static struct hit *list_until(const struct explore *explore,
			      const struct interleaving *interleaving, size_t *n)
{
	const struct operation *operation = interleaving->events[0].operation;
	const struct scenario *scenario = interleaving->scenario, *alone;
	json_t *reached, *wanted = NULL;
	size_t all, kept = 0;
	struct hit *hits;

	alone = operation->alone ? scenario_find(operation->alone) : NULL;
	if (alone)
		wanted = json_object_get(explore->coverage[alone - scenarios],
					 "hits");
	reached = wanted ?:
		  json_object_get(explore->coverage[scenario - scenarios], "hits");
	hits = list_hits(explore, reached, &all);
	for (size_t i = 0; hits && i < all; i++) {
		if (!wanted || hits[i].cpus & cpus_of(operation, scenario))
			hits[kept++] = hits[i];
	}
	*n = kept;

	return hits;
}

/* Where the operation itself stops: the event's name chooses. */
static int choose_until(const struct explore *explore,
			struct interleaving *interleaving)
{
	struct event *event = &interleaving->events[0];
	char id[ID_SIZE];
	struct hit *hits;
	uint64_t hash;
	size_t n;

	hits = list_until(explore, interleaving, &n);
	if (!hits)
		return -ENOMEM;
	interleaving_format(interleaving, id);
	hash = signature_hash(id) >> 8;
	if (n)
		event->until = hits[hash % n].point;
	if (event->until == event->point)
		event->until = NULL;
	event->until_hit = 1;
	free(hits);

	return 0;
}

static int add_events(struct explore *explore, size_t *room,
		      const struct scenario *scenario, const struct hit *hits,
		      size_t n, size_t first, const struct operation *operation)
{
	int ret = 0;

	for (int hit = 1; !ret && hit <= hits[first].hits &&
	     hit <= explore->hits; hit++) {
		struct interleaving interleaving = {
			.scenario = scenario,
			.events[0] = { operation, hits[first].point, hit },
			.n_events = 1,
		};

		if (explore->pairs && operation_has_cpu(operation, scenario))
			ret = choose_until(explore, &interleaving);
		else if (explore->pairs)
			choose_second(explore, &interleaving, hits, n, first);
		ret = ret ?: add(explore, room, &interleaving);
	}

	return ret;
}

static int add_scenario(struct explore *explore, size_t *room,
			const struct scenario *scenario, json_t *reached)
{
	struct hit *hits;
	int ret = 0;
	size_t n;

	hits = list_hits(explore, reached, &n);
	if (!hits)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		/* the second CPU has to be free for the operation */
		if (scenario->irq_on_cpu1 && !(hits[i].cpus & FIRST_CPU))
			continue;
		for (size_t o = 0; !ret && o < n_operations; o++) {
			if (!operations[o].releases &&
			    operation_applies(&operations[o], scenario) &&
			    plan_has_operation(explore, &operations[o]))
				ret = add_events(explore, room, scenario, hits,
						 n, i, &operations[o]);
		}
	}
	free(hits);

	return ret;
}

/*
 * Scenarios by themselves first. The others in an order that is always the same, but
 * has no order: wherever the time is up, some of everything was tried.
 */
static int by_turn(const void *a, const void *b)
{
	const struct interleaving *x = a, *y = b;
	char id_x[ID_SIZE], id_y[ID_SIZE];
	uint64_t hash_x, hash_y;

	if (!x->n_events || !y->n_events)
		return x->n_events - y->n_events;
	if (x->events[0].hit != y->events[0].hit)
		return x->events[0].hit - y->events[0].hit;
	interleaving_format(x, id_x);
	interleaving_format(y, id_y);
	hash_x = signature_hash(id_x);
	hash_y = signature_hash(id_y);

	return hash_x < hash_y ? -1 : hash_x > hash_y;
}

/**
 * plan_make() - list the interleavings
 * @explore: the run, whose @coverage are known
 *
 * Return: 0 or a negative errno.
 */
int plan_make(struct explore *explore)
{
	size_t room = 0;
	json_t *hits;
	int ret = 0;

	for (size_t i = 0; !ret && i < n_scenarios; i++) {
		const struct interleaving alone = { .scenario = &scenarios[i] };

		hits = json_object_get(explore->coverage[i], "hits");
		if (!hits)
			continue;
		ret = add(explore, &room, &alone) ?:
		      add_scenario(explore, &room, &scenarios[i], hits);
	}
	if (!ret && explore->n_plan)
		qsort(explore->plan, explore->n_plan, sizeof(*explore->plan),
		      by_turn);

	return ret;
}
