// SPDX-License-Identifier: GPL-2.0-only
/*
 * The explorer's map: each function of the driver with its points, at which the explorer
 * has stopped the guest and performed an operation.
 */
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

enum state {
	NEVER_REACHED,
	NO_VERDICT,
	CLEAN,
	VIOLATED,
	N_STATES,
};

static const char *const state_class[N_STATES] = { "n", "t", "s", "x" };
static const char *const state_text[N_STATES] = {
	"reached by no scenario", "tried, no verdict", "swept, no event lost",
	"an event is lost",
};

/**
 * struct map - the points of a kernel
 * @functions: object of functions, each an object with a state for each offset
 * @counts: number of points in each state
 * @violations: number of violations at points
 */
struct map {
	json_t *functions;
	size_t counts[N_STATES];
	size_t violations;
};

/* The compiler makes these functions for trace events, which are off while it explores. */
static bool is_tracing(const char *function)
{
	return !strncmp(function, "trace_", strlen("trace_")) ||
	       !strncmp(function, "__traceiter_", strlen("__traceiter_")) ||
	       !strncmp(function, "__probestub_", strlen("__probestub_"));
}

static void set_state(struct map *map, const char *function, const char *offset,
		      enum state state)
{
	json_t *points = json_object_get(map->functions, function), *old;

	if (is_tracing(function))
		return;
	if (!points) {
		points = json_object();
		json_object_set_new(map->functions, function, points);
	}
	old = json_object_get(points, offset);
	if (!old || json_integer_value(old) < (int)state)
		json_object_set_new(points, offset, json_integer(state));
}

/* "SCENARIO/OPERATION@FUNCTION+OFFSET#HIT", with a second event after a comma or none. */
static void add_result(struct map *map, json_t *result)
{
	const char *verdict = string_of(result, "verdict");
	const char *at = strchr(string_of(result, "id"), '@');
	char function[128], offset[32];
	enum state state = NO_VERDICT;

	if (!strcmp(verdict, "clean"))
		state = CLEAN;
	else if (!strcmp(verdict, "violation"))
		state = VIOLATED;
	map->violations += at && state == VIOLATED;
	for (; at; at = strchr(at + 1, '@')) {
		if (sscanf(at, "@%127[^+]+%31[^#]", function, offset) == 2)
			set_state(map, function, offset, state);
	}
}

static bool read_map(const struct report *report, const char *kernel, struct map *map)
{
	char name[PATH_MAX], function[128], offset[32], *line = NULL;
	size_t size = 0;
	json_t *result;
	FILE *file;

	*map = (struct map){ .functions = json_object() };
	snprintf(name, sizeof(name), "explore/%s/results.jsonl", kernel);
	file = open_result(report, name);
	if (!file)
		return false;
	while (getline(&line, &size, file) > 0) {
		result = json_loads(line, 0, NULL);
		add_result(map, result);
		json_decref(result);
	}
	fclose(file);
	snprintf(name, sizeof(name), "explore/%s/never-reached.txt", kernel);
	file = open_result(report, name);
	while (file && getline(&line, &size, file) > 0) {
		if (sscanf(line, "%127[^+]+%31s", function, offset) == 2)
			set_state(map, function, offset, NEVER_REACHED);
	}
	if (file)
		fclose(file);
	free(line);

	return true;
}

static void count_states(struct map *map)
{
	const char *function, *offset;
	json_t *points, *state;

	json_object_foreach(map->functions, function, points) {
		json_object_foreach(points, offset, state)
			map->counts[json_integer_value(state)]++;
	}
}

static int by_offset(const void *a, const void *b)
{
	long x = strtol(*(const char *const *)a, NULL, 16);
	long y = strtol(*(const char *const *)b, NULL, 16);

	return x < y ? -1 : x > y;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The keys of an object in order, to be freed. */
static const char **sorted_keys(json_t *object, int (*order)(const void *, const void *))
{
	const char **keys = calloc(json_object_size(object) + 1, sizeof(*keys));
	const char *key;
	json_t *value;
	size_t n = 0;

	if (!keys)
		return NULL;
	json_object_foreach(object, key, value)
		keys[n++] = key;
	qsort(keys, n, sizeof(*keys), order);

	return keys;
}

static void put_function(struct report *report, const char *function, json_t *points)
{
	const char **offsets = sorted_keys(points, by_offset);

	fprintf(report->page, "<li><code>%s</code><span>", function);
	for (size_t i = 0; offsets && offsets[i]; i++) {
		int state = json_integer_value(json_object_get(points, offsets[i]));

		fprintf(report->page, "<i class=\"%s\" title=\"+%s\"></i>",
			state_class[state], offsets[i]);
	}
	fputs("</span></li>\n", report->page);
	free(offsets);
}

static void put_map(struct report *report, const char *kernel, struct map *map)
{
	const char **functions = sorted_keys(map->functions, by_name);

	count_states(map);
	fprintf(report->page, "<h3><code>%s</code></h3>\n<ul class=\"states\">", kernel);
	for (int s = N_STATES - 1; s >= 0; s--)
		fprintf(report->page, "<li><i class=\"%s\"></i> %zu %s</li>",
			state_class[s], map->counts[s], state_text[s]);
	fputs("</ul>\n<ul class=\"map\">\n", report->page);
	for (size_t i = 0; functions && functions[i]; i++)
		put_function(report, functions[i],
			     json_object_get(map->functions, functions[i]));
	fputs("</ul>\n", report->page);
	free(functions);
}

static int is_kernel(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && entry->d_type == DT_DIR;
}

/* The kernel whose map is shown: the first with the series. */
static bool find_kernel(const struct report *report, char kernel[256])
{
	struct dirent **entries;
	char path[PATH_MAX];
	int n;

	snprintf(path, sizeof(path), "%s/explore", report->out);
	n = scandir(path, &entries, is_kernel, alphasort);
	*kernel = '\0';
	for (int i = 0; i < n; i++) {
		if (!*kernel || !strncmp(entries[i]->d_name, "series", strlen("series")))
			snprintf(kernel, 256, "%s", entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);

	return *kernel;
}

/**
 * explored_count() - count the points that the explorer has swept
 * @report: the page
 * @points: receives the number of points
 * @violations: receives the number of violations
 *
 * Return: the number of points that have a verdict.
 */
size_t explored_count(const struct report *report, size_t *points, size_t *violations)
{
	char kernel[256];
	struct map map;
	size_t swept;

	*points = 0;
	*violations = 0;
	if (!find_kernel(report, kernel))
		return 0;
	if (read_map(report, kernel, &map))
		count_states(&map);
	for (int s = 0; s < N_STATES; s++)
		*points += map.counts[s];
	*violations = map.violations;
	swept = map.counts[CLEAN] + map.counts[VIOLATED];
	json_decref(map.functions);

	return swept;
}

/**
 * explored_put() - write the explorer's map
 * @report: the page
 */
void explored_put(struct report *report)
{
	char kernel[256];
	struct map map;

	fputs("<section id=\"explored\"><h2>Every call of the driver</h2>\n"
	      "<p>The explorer stops the guest at one point of the driver, performs an operation there (a card is plugged or removed, the button is pressed, sysfs is written, a bus is reset, ...), lets it run on, and checks that no event is lost. A square is a point; those of trace events are left out.</p>\n",
	      report->page);
	if (!find_kernel(report, kernel)) {
		put_missing(report, "Points of the driver", "make explore");
	} else {
		if (read_map(report, kernel, &map))
			put_map(report, kernel, &map);
		json_decref(map.functions);
	}
	fputs("</section>\n", report->page);
}
