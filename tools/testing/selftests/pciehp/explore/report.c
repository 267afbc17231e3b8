// SPDX-License-Identifier: GPL-2.0-only
/* The report of a run: the violations, and how much was explored. */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"
#include "interleaving.h"
#include "operations.h"
#include "plan.h"
#include "points.h"
#include "report.h"
#include "results.h"
#include "scenarios.h"

#define LINE_SIZE	512

/* Each line is "INTERLEAVING PROBLEM", both patterns, or a comment that starts with '#'. */
static bool expects_problem(FILE *file, const char *id, const char *problem)
{
	char line[LINE_SIZE], *pattern;

	rewind(file);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		pattern = strchr(line, ' ');
		if (*line == '#' || !pattern)
			continue;
		*pattern++ = '\0';
		if (!fnmatch(line, id, FNM_EXTMATCH) &&
		    !fnmatch(pattern, problem, FNM_EXTMATCH))
			return true;
	}

	return false;
}

/**
 * report_expects() - is a violation expected
 * @expect: path of the file of expected violations, or NULL
 * @result: result of an interleaving
 *
 * Return: true if all problems in @result are expected.
 */
bool report_expects(const char *expect, json_t *result)
{
	json_t *problem;
	bool all = true;
	const char *id;
	FILE *file;
	size_t i;

	file = expect ? fopen(expect, "re") : NULL;
	if (!file)
		return false;
	id = json_string_value(json_object_get(result, "id")) ?: "";
	json_array_foreach(json_object_get(result, "problems"), i, problem)
		all = all && expects_problem(file, id,
					     json_string_value(problem));
	fclose(file);

	return all;
}

/**
 * struct finding - the violations with one signature
 * @signature: the signature, see signature_format()
 * @first: result of the one that was replayed
 * @n: number of violations
 * @expected: the violations are expected
 * @where: number of violations by "OPERATION@FUNCTION"
 */
struct finding {
	const char *signature;
	json_t *first;
	size_t n;
	bool expected;
	json_t *where;
};

struct findings {
	struct finding *all;
	size_t n;
};

static struct finding *find_finding(struct findings *findings,
				    const char *signature, bool expected)
{
	struct finding *all;

	for (size_t i = 0; i < findings->n; i++) {
		if (!strcmp(findings->all[i].signature, signature) &&
		    findings->all[i].expected == expected)
			return &findings->all[i];
	}
	all = realloc(findings->all, (findings->n + 1) * sizeof(*all));
	if (!all)
		return NULL;
	findings->all = all;
	all[findings->n] = (struct finding){
		.signature = signature,
		.expected = expected,
		.where = json_object(),
	};

	return &all[findings->n++];
}

static void count_where(struct finding *finding, const char *id)
{
	const char *operation = strchr(id, '/');
	char where[ID_SIZE];
	json_t *n;

	if (!operation)
		return;
	snprintf(where, sizeof(where), "%.*s",
		 (int)strcspn(operation + 1, "+"), operation + 1);
	n = json_object_get(finding->where, where);
	json_object_set_new(finding->where, where,
			    json_integer(json_integer_value(n) + 1));
}

static void collect(const struct explore *explore, struct findings *findings,
		    json_t *results)
{
	struct finding *finding;
	const char *id, *signature;
	json_t *result;

	json_object_foreach(results, id, result) {
		signature = json_string_value(json_object_get(result, "signature"));
		if (!signature)
			continue;
		finding = find_finding(findings, signature,
				       report_expects(explore->expect, result));
		if (!finding)
			continue;
		finding->n++;
		count_where(finding, id);
		if (!finding->first || (!json_object_get(finding->first, "same") &&
					json_object_get(result, "same")))
			finding->first = result;
	}
}

static const struct point *find_event_point(const struct explore *explore,
					    const char *id)
{
	struct interleaving interleaving;
	char why[LINE_SIZE];

	if (interleaving_parse(&interleaving, id, &explore->points, why,
			       sizeof(why)))
		return NULL;

	return interleaving.events[0].point;
}

#define WHERE_SHOWN	6

static void print_where(const struct finding *finding)
{
	const char *where;
	size_t shown = 0;
	json_t *n;

	json_object_foreach(finding->where, where, n) {
		if (shown++ < WHERE_SHOWN)
			printf("  %lld x %s\n",
			       (long long)json_integer_value(n), where);
	}
	if (shown > WHERE_SHOWN)
		printf("  and %zu more\n", shown - WHERE_SHOWN);
}

static void print_finding(const struct explore *explore,
			  const struct finding *finding, int number)
{
	json_t *first = finding->first, *problem;
	const struct point *point;
	const char *id, *details;
	size_t i;

	id = json_string_value(json_object_get(first, "id"));
	printf("\n%s %d: %zu interleavings\n",
	       finding->expected ? "known violation" : "VIOLATION", number,
	       finding->n);
	json_array_foreach(json_object_get(first, "problems"), i, problem)
		printf("  %s\n", json_string_value(problem));
	print_where(finding);
	point = find_event_point(explore, id);
	if (point)
		printf("  for example at %s+%#x (%s:%d: %s)\n", point->function,
		       point->offset, point->file ?: "?", point->line,
		       point->text);
	printf("  the same in %lld of %lld replays\n",
	       json_integer_value(json_object_get(first, "same")),
	       json_integer_value(json_object_get(first, "replays")));
	details = json_string_value(json_object_get(first, "details"));
	if (details)
		printf("  registers, log and trace events: %s\n", details);
	printf("  again: %s'%s'\n", explore->replay_command, id);
}

static void count_verdicts(json_t *results, json_t *counts)
{
	const char *id, *verdict;
	json_t *result, *n;

	json_object_foreach(results, id, result) {
		verdict = json_string_value(json_object_get(result, "verdict"));
		n = json_object_get(counts, verdict);
		json_object_set_new(counts, verdict,
				    json_integer(json_integer_value(n) + 1));
	}
}

/* Prints what should have been explored, but could not be. */
static int print_omitted(const struct explore *explore, json_t *results,
			 json_t *counts)
{
	int errors = json_integer_value(json_object_get(counts, "error"));
	int scenarios_left_out = 0;
	const char *id, *verdict;
	json_t *result;

	for (size_t i = 0; i < n_scenarios; i++)
		scenarios_left_out += json_object_get(explore->coverage[i],
						      "error") != NULL;
	if (!explore->n_plan)
		printf("nothing was explored\n");
	if (scenarios_left_out)
		printf("%d scenarios could not be explored\n",
		       scenarios_left_out);
	json_object_foreach(results, id, result) {
		verdict = json_string_value(json_object_get(result, "verdict"));
		if (verdict && !strcmp(verdict, "error"))
			printf("could not be run: %s'%s'\n", explore->replay_command, id);
	}

	return !explore->n_plan || scenarios_left_out || errors ? -EIO : 0;
}

/* Lists the points that no scenario hits, in a file because there are many. */
static void write_never_reached(const struct explore *explore)
{
	bool *reached = calloc(explore->points.n, sizeof(*reached));
	size_t wanted = 0, n = 0, i;
	char path[PATH_MAX];
	json_t *hit;
	FILE *file;

	snprintf(path, sizeof(path), "%s/never-reached.txt", explore->dir);
	file = fopen(path, "we");
	if (!file || !reached)
		goto out;
	for (size_t s = 0; s < n_scenarios; s++) {
		json_array_foreach(json_object_get(explore->coverage[s], "hits"),
				   i, hit)
			reached[json_integer_value(json_object_get(hit, "point"))] =
				true;
	}
	for (i = 0; i < explore->points.n; i++) {
		const struct point *point = &explore->points.all[i];

		if (!plan_has_point(explore, point))
			continue;
		wanted++;
		n += reached[i];
		if (!reached[i])
			fprintf(file, "%s+%#x %s:%d %s\n", point->function,
				point->offset, point->file ?: "?", point->line,
				point->text);
	}
	printf("%zu points, %zu of them reached by a scenario, the others listed in %s\n",
	       wanted, n, path);
out:
	if (file)
		fclose(file);
	free(reached);
}

/* Counts the events that have a conclusive verdict in at least one scenario. */
static void print_events(const struct explore *explore, json_t *results)
{
	json_t *events = json_object(), *conclusive = json_object();
	char id[ID_SIZE];

	for (size_t i = 0; i < explore->n_plan; i++) {
		if (!explore->plan[i].n_events)
			continue;
		interleaving_format(&explore->plan[i], id);
		json_object_set_new(events, interleaving_events(id),
				    json_true());
		if (result_is_conclusive(json_object_get(results, id)))
			json_object_set_new(conclusive, interleaving_events(id),
					    json_true());
	}
	printf("%zu of %zu events at points tried with a verdict\n",
	       json_object_size(conclusive), json_object_size(events));
	json_decref(events);
	json_decref(conclusive);
}

/**
 * report_print() - print the report
 * @explore: the run
 * @all: all results, see results_open()
 *
 * Return: the number of causes of violations that are not expected; or, if there are
 * none, 0, or -EIO if something could not be explored.
 */
int report_print(const struct explore *explore, json_t *all)
{
	struct findings findings = { .n = 0 };
	json_t *counts = json_object(), *n, *results;
	const char *verdict;
	int unexpected = 0, ret;

	results = results_of_plan(explore, all);
	collect(explore, &findings, results);
	count_verdicts(results, counts);
	for (size_t i = 0; i < findings.n; i++) {
		print_finding(explore, &findings.all[i], i + 1);
		unexpected += !findings.all[i].expected;
		json_decref(findings.all[i].where);
	}
	free(findings.all);

	printf("\n");
	ret = print_omitted(explore, results, counts);
	write_never_reached(explore);
	print_events(explore, results);
	printf("%zu of %zu interleavings:", json_object_size(results),
	       explore->n_plan);
	json_object_foreach(counts, verdict, n)
		printf(" %lld %s", (long long)json_integer_value(n), verdict);
	printf("; %d causes of violations that are not expected\n", unexpected);
	json_decref(counts);
	json_decref(results);

	return unexpected ?: ret;
}
