// SPDX-License-Identifier: GPL-2.0-only
/* The interleavings to run, and their order. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"
#include "interleaving.h"
#include "operations.h"
#include "plan.h"
#include "points.h"
#include "scenario.h"
#include "scenarios.h"
#include "signature.h"

/**
 * plan_has_scenario() - is a scenario to be run
 * @explore: the run
 * @scenario: the scenario
 *
 * Return: true if it is.
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
 * plan_has_operation() - is an operation to be run
 * @explore: the run
 * @operation: the operation
 *
 * Return: true if it is.
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
 * plan_has_point() - is the machine to stop at a point
 * @explore: the run
 * @point: the point
 *
 * Return: true if it is.
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

/* Bits for the CPUs that hit a point. */
#define FIRST_CPU	1
#define SECOND_CPU	2

/**
 * struct hit - a point that a scenario hits
 * @point: the point
 * @hits: number of hits
 * @order: number of points that were first hit before this one
 * @cpus: the CPUs that hit it, as FIRST_CPU and SECOND_CPU
 */
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
 * Chooses a second event. Interrupts that the first event masks are unmasked at any later
 * point. After another first event, it is any operation at any point. There are too many
 * pairs to run all of them: a hash of the first event's name chooses one.
 */
static void choose_second(const struct explore *explore,
			  struct interleaving *interleaving,
			  const struct hit *hits, size_t n, size_t first)
{
	bool masked = interleaving->events[0].operation->masks_interrupts;
	struct event *event = &interleaving->events[1];
	char id[ID_SIZE];
	uint64_t hash;

	interleaving_format(interleaving, id);
	hash = signature_hash(id) >> 8;
	if (masked && first + 1 < n)
		event->point = hits[first + 1 + hash % (n - first - 1)].point;
	else
		event->point = hits[hash % n].point;
	event->hit = 1;
	do {
		event->operation = &operations[hash++ / n % n_operations];
	} while (event->operation->unmasks_interrupts != masked ||
		 !operation_applies(event->operation, interleaving->scenario) ||
		 (!masked && !plan_has_operation(explore, event->operation)));
	interleaving->n_events = 2;
}

/*
 * An operation's points are taken from the CPUs of its @coverage_of scenario that do there
 * what the second CPU does for the operation. In that scenario the first CPU writes to
 * sysfs, and the second runs handler and thread.
 */
static int cpus_to_stop(const struct operation *operation,
			const struct scenario *scenario)
{
	if (!scenario->irq_on_cpu1)
		return FIRST_CPU;

	return operation->run ? SECOND_CPU : FIRST_CPU | SECOND_CPU;
}

/* Points that the operation hits or, if they are unknown, those that the scenario hits. */
static struct hit *list_stops(const struct explore *explore,
			      const struct interleaving *interleaving, size_t *n)
{
	const struct operation *operation = interleaving->events[0].operation;
	const struct scenario *scenario = interleaving->scenario;
	const struct scenario *other = NULL;
	json_t *reached, *known = NULL;
	size_t all, kept = 0;
	struct hit *hits;

	if (operation->coverage_of)
		other = scenario_find(operation->coverage_of);
	if (other)
		known = json_object_get(explore->coverage[other - scenarios],
					"hits");
	reached = known ?:
		  json_object_get(explore->coverage[scenario - scenarios], "hits");
	hits = list_hits(explore, reached, &all);
	for (size_t i = 0; hits && i < all; i++) {
		if (!known || hits[i].cpus & cpus_to_stop(operation, scenario))
			hits[kept++] = hits[i];
	}
	*n = kept;

	return hits;
}

/* Chooses the point at which the operation stops, by a hash of the event's name. */
static int choose_stop(const struct explore *explore,
		       struct interleaving *interleaving)
{
	struct event *event = &interleaving->events[0];
	char id[ID_SIZE];
	struct hit *hits;
	uint64_t hash;
	size_t n;

	hits = list_stops(explore, interleaving, &n);
	if (!hits)
		return -ENOMEM;
	interleaving_format(interleaving, id);
	hash = signature_hash(id) >> 8;
	if (n)
		event->stop = hits[hash % n].point;
	if (event->stop == event->point)
		event->stop = NULL;
	event->stop_hit = 1;
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

		if (explore->pairs && operation_uses_second_cpu(operation, scenario))
			ret = choose_stop(explore, &interleaving);
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
		/* the second CPU must be free for the operation */
		if (scenario->irq_on_cpu1 && !(hits[i].cpus & FIRST_CPU))
			continue;
		for (size_t o = 0; !ret && o < n_operations; o++) {
			if (!operations[o].unmasks_interrupts &&
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
 * Scenarios alone come first. The others are sorted by a hash of their names: the order is
 * the same in every run, and a run that ends early has tried interleavings of each kind.
 */
static int by_plan_order(const void *a, const void *b)
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
 * plan_make() - list the interleavings to run
 * @explore: the run, whose @coverage is known; receives @plan and @n_plan
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
		      by_plan_order);

	return ret;
}
