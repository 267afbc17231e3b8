// SPDX-License-Identifier: GPL-2.0-only
/* Which interleavings there are to be, and in which order. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"

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

/* Every hit up to the limit, and the last. */
static int add_hits(struct explore *explore, size_t *room,
		    struct interleaving interleaving, int hits)
{
	int ret = 0;

	for (int hit = 1; !ret && hit <= hits && hit <= explore->hits; hit++) {
		interleaving.hit = hit;
		ret = add(explore, room, &interleaving);
	}

	return ret;
}

static int add_scenario(struct explore *explore, size_t *room,
			const struct scenario *scenario, json_t *hits)
{
	struct interleaving interleaving = { .scenario = scenario };
	json_t *hit;
	int ret = 0;
	size_t i;

	json_array_foreach(hits, i, hit) {
		json_int_t point;
		int n;

		if (json_unpack(hit, "{s:I, s:i}", "point", &point, "hits", &n))
			continue;
		interleaving.point = &explore->points.all[point];
		if (!plan_has_point(explore, interleaving.point))
			continue;
		for (size_t o = 0; !ret && o < n_operations; o++) {
			interleaving.operation = &operations[o];
			if (plan_has_operation(explore, &operations[o]))
				ret = add_hits(explore, room, interleaving, n);
		}
	}

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

	if (!x->operation || !y->operation)
		return !x->operation && !y->operation ? 0 :
		       x->operation ? 1 : -1;
	if (x->hit != y->hit)
		return x->hit - y->hit;
	interleaving_format(x, id_x);
	interleaving_format(y, id_y);
	hash_x = cause_hash(id_x);
	hash_y = cause_hash(id_y);

	return hash_x < hash_y ? -1 : hash_x > hash_y;
}

/**
 * plan_make() - list the interleavings
 * @explore: the run, whose @reaches are known
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

		hits = json_object_get(explore->reaches[i], "hits");
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
