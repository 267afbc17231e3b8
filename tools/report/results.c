// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* The run that the page begins with. */
#define FIRST	"reproduce"

static void add_kernel(struct results *results, const char *kernel)
{
	for (size_t k = 0; k < results->n_kernels; k++) {
		if (!strcmp(results->kernels[k], kernel))
			return;
	}
	if (results->n_kernels < KERNELS_MAX)
		results->kernels[results->n_kernels++] = kernel;
}

static void add_run(struct report *report, const char *name)
{
	struct results *results = &report->runs[report->n_runs];
	char file[PATH_MAX];
	json_t *result;
	size_t i;

	snprintf(file, sizeof(file), "%s/results.json", name);
	if (report->n_runs == RUNS_MAX || !has_result(report, file))
		return;
	*results = (struct results){ .cases = read_json(report, file) };
	if (!results->cases)
		return;
	snprintf(results->name, sizeof(results->name), "%s", name);
	snprintf(file, sizeof(file), "%s/run.json", name);
	results->run = read_json(report, file);
	json_array_foreach(results->cases, i, result)
		add_kernel(results, string_of(result, "kernel"));
	report->n_runs++;
}

static int is_folder(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && entry->d_type == DT_DIR;
}

/* Looks for runs in folders of out/, and one level below. */
static void add_runs(struct report *report, const char *name, int levels)
{
	char path[PATH_MAX], child[PATH_MAX];
	struct dirent **entries;
	int n;

	snprintf(path, sizeof(path), "%s/%s", report->out, name);
	n = scandir(path, &entries, is_folder, alphasort);
	for (int i = 0; i < n; i++) {
		snprintf(child, sizeof(child), "%s%s%s", name, *name ? "/" : "",
			 entries[i]->d_name);
		/* what checks of the tests themselves leave is no result of a kernel */
		if (strcmp(child, FIRST) && strcmp(child, "check"))
			add_run(report, child);
		if (levels > 1 && strcmp(child, "check"))
			add_runs(report, child, levels - 1);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

/**
 * results_read() - read the results of all runs in out/
 * @report: the page
 */
void results_read(struct report *report)
{
	add_run(report, FIRST);
	add_runs(report, "", 2);
}

/**
 * results_free() - free what results_read() has read
 * @report: the page
 */
void results_free(struct report *report)
{
	for (size_t i = 0; i < report->n_runs; i++) {
		json_decref(report->runs[i].cases);
		json_decref(report->runs[i].run);
	}
}

/**
 * results_find() - find a run
 * @report: the page
 * @name: its name
 *
 * Return: the run or NULL.
 */
const struct results *results_find(const struct report *report, const char *name)
{
	for (size_t i = 0; i < report->n_runs; i++) {
		if (!strcmp(report->runs[i].name, name))
			return &report->runs[i];
	}

	return NULL;
}

/**
 * results_case() - find the result of a case
 * @results: the run
 * @kernel: name of the kernel
 * @test_case: name of the case
 *
 * Return: the result or NULL.
 */
json_t *results_case(const struct results *results, const char *kernel,
		     const char *test_case)
{
	json_t *result;
	size_t i;

	json_array_foreach(results->cases, i, result) {
		if (!strcmp(string_of(result, "kernel"), kernel) &&
		    !strcmp(string_of(result, "case"), test_case))
			return result;
	}

	return NULL;
}

/**
 * results_passed() - count the cases that a kernel passes
 * @results: the run
 * @kernel: name of the kernel
 * @all: receives the number of its cases
 * @skipped: receives the number of cases that could not be run, or NULL
 *
 * Return: the number of cases that are ok.
 */
size_t results_passed(const struct results *results, const char *kernel,
		      size_t *all, size_t *skipped)
{
	size_t i, passed = 0, skips = 0;
	const char *verdict;
	json_t *result;

	*all = 0;
	json_array_foreach(results->cases, i, result) {
		if (strcmp(string_of(result, "kernel"), kernel))
			continue;
		verdict = string_of(result, "verdict");
		(*all)++;
		passed += !strcmp(verdict, "ok");
		skips += !strncmp(verdict, "SKIP", strlen("SKIP"));
	}
	if (skipped)
		*skipped = skips;

	return passed;
}
