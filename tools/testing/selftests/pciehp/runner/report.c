// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "report.h"

static bool row_is_omitted(const struct job *row, size_t n_kernels)
{
	for (size_t k = 0; k < n_kernels; k++) {
		if (!row[k].omitted)
			return false;
	}

	return true;
}

static int max(int a, int b)
{
	return a > b ? a : b;
}

/**
 * report_table() - print the table, with a row for each case and a column for each kernel
 * @run: a run that is over
 */
void report_table(const struct run *run)
{
	int widths[KERNELS_MAX + 1] = { strlen("case") };
	const size_t n = run->n_kernels;
	char cell[160];

	for (size_t k = 0; k < n; k++)
		widths[k + 1] = strlen(run->kernels[k].label);
	for (size_t i = 0; i < run_n_jobs(run); i++) {
		const struct job *job = &run->jobs[i];
		int *width = &widths[i % n + 1];

		job_cell(job, cell, sizeof(cell));
		*width = max(*width, strlen(cell));
		widths[0] = max(widths[0], strlen(job->test_case->name));
	}

	printf("%-*s", widths[0], "case");
	for (size_t k = 0; k < n; k++)
		printf("  %-*s", widths[k + 1], run->kernels[k].label);
	for (size_t row = 0; row < run->n_cases; row++) {
		const struct job *jobs = &run->jobs[row * n];

		if (row_is_omitted(jobs, n))
			continue;
		printf("\n%-*s", widths[0], jobs->test_case->name);
		for (size_t k = 0; k < n; k++)
			printf("  %-*s", widths[k + 1],
			       job_cell(&jobs[k], cell, sizeof(cell)));
	}
	printf("\n");
}

/**
 * report_summary() - print the number of cases that each kernel passes
 * @run: a run that is over
 */
void report_summary(const struct run *run)
{
	const size_t n = run->n_kernels;

	for (size_t k = 0; k < n; k++) {
		size_t all = 0, passed = 0, skipped = 0;

		for (size_t i = k; i < run_n_jobs(run); i += n) {
			const struct job *job = &run->jobs[i];

			all += !job->omitted;
			passed += !job->omitted && !strcmp(job->verdict, "ok");
			skipped += !job->omitted && job_is_skipped(job);
		}
		printf("%s%s passes %zu of %zu cases", k ? "; " : "",
		       run->kernels[k].label, passed, all);
		if (skipped)
			printf(", %zu skipped", skipped);
	}
	printf(".\n");
}

/**
 * report_entry() - the entry of results.json for a job
 * @job: a job that is over
 *
 * Return: the entry, which the caller frees.
 */
json_t *report_entry(const struct job *job)
{
	json_t *entry = job->result ? json_deep_copy(job->result) :
			json_object();

	json_object_set_new(entry, "kernel", json_string(job->kernel->label));
	if (job->same_as) {
		const char *label = job->same_as->kernel->label;

		json_object_set_new(entry, "same_image_as", json_string(label));
	}
	json_object_set_new(entry, "image", json_string(job->kernel->image));
	json_object_set_new(entry, "program",
			    json_string(job->test_case->program));
	json_object_set_new(entry, "case", json_string(job->test_case->name));
	json_object_set_new(entry, "verdict", json_string(job->verdict));
	json_object_set_new(entry, "as_expected",
			    json_boolean(job->as_expected));

	return entry;
}

/**
 * report_json() - write DIR/results.json
 * @run: a run that is over
 *
 * Return: 0 or a negative errno.
 */
int report_json(const struct run *run)
{
	json_t *all = json_array();
	char path[PATH_MAX];
	int ret = 0;

	for (size_t i = 0; i < run_n_jobs(run); i++) {
		if (!run->jobs[i].omitted)
			json_array_append_new(all, report_entry(&run->jobs[i]));
	}

	snprintf(path, sizeof(path), "%s/results.json", run->dir);
	if (json_dump_file(all, path, JSON_INDENT(1)))
		ret = errno ? -errno : -EIO;
	json_decref(all);

	return ret;
}

/**
 * report_tap() - write DIR/results.tap
 * @run: a run that is over
 *
 * Return: 0 or a negative errno.
 */
int report_tap(const struct run *run)
{
	char path[PATH_MAX], cell[160];
	size_t n = 0;
	FILE *tap;

	snprintf(path, sizeof(path), "%s/results.tap", run->dir);
	tap = fopen(path, "we");
	if (!tap)
		return -errno;

	fprintf(tap, "TAP version 13\n");
	for (size_t i = 0; i < run_n_jobs(run); i++) {
		const struct job *job = &run->jobs[i];

		if (job->omitted)
			continue;
		fprintf(tap, "%sok %zu %s %s # %s\n",
			job->as_expected ? "" : "not ", ++n,
			job->kernel->label, job->test_case->name,
			job_is_skipped(job) ? job->verdict :
			job_cell(job, cell, sizeof(cell)));
	}
	fprintf(tap, "1..%zu\n", n);

	return fclose(tap) ? -errno : 0;
}
