// SPDX-License-Identifier: GPL-2.0-only
/* The table for people, JSON and TAP for programs. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "runner.h"

/**
 * report_cell() - what the table shows for a job
 * @job: the job
 * @cell: receives the text
 * @size: room in @cell
 *
 * Return: @cell.
 */
const char *report_cell(const struct job *job, char *cell, size_t size)
{
	double ms = json_real_value(json_object_get(job->result,
						    "latency_ms"));

	if (!strcmp(job->verdict, "ok") && ms > 0)
		snprintf(cell, size, "ok %.1f ms", ms);
	else
		snprintf(cell, size, "%.60s", job->verdict);

	return cell;
}

/**
 * report_table() - print the table: a row a case, a column a kernel
 * @run: a run that is over
 */
void report_table(const struct run *run)
{
	int widths[KERNELS_MAX + 1] = { strlen("case") };
	char cell[160];

	for (size_t k = 0; k < run->n_kernels; k++)
		widths[k + 1] = strlen(run->kernels[k].label);
	for (size_t i = 0; i < run_n_jobs(run); i++) {
		const struct job *job = &run->jobs[i];
		int *width = &widths[i % run->n_kernels + 1];
		int len = strlen(report_cell(job, cell, sizeof(cell)));

		if (len > *width)
			*width = len;
		len = strlen(job->test_case);
		if (len > widths[0])
			widths[0] = len;
	}

	printf("%-*s", widths[0], "case");
	for (size_t k = 0; k < run->n_kernels; k++)
		printf("  %-*s", widths[k + 1], run->kernels[k].label);
	for (size_t i = 0; i < run_n_jobs(run); i++) {
		const struct job *job = &run->jobs[i];
		size_t k = i % run->n_kernels;

		if (!k)
			printf("\n%-*s", widths[0], job->test_case);
		printf("  %-*s", widths[k + 1],
		       report_cell(job, cell, sizeof(cell)));
	}
	printf("\n");
}

/**
 * report_json() - write DIR/results.json
 * @run: a run that is over
 *
 * Return: 0 or a negative errno.
 */
int report_json(const struct run *run)
{
	json_t *all = json_array(), *entry;
	char path[PATH_MAX];
	int ret = 0;

	for (size_t i = 0; i < run_n_jobs(run); i++) {
		const struct job *job = &run->jobs[i];

		entry = job->result ? json_deep_copy(job->result) :
			json_object();
		json_object_set_new(entry, "kernel",
				    json_string(job->kernel->label));
		if (job->same_as) {
			const char *label = job->same_as->kernel->label;

			json_object_set_new(entry, "same_image_as",
					    json_string(label));
		}
		json_object_set_new(entry, "image",
				    json_string(job->kernel->image));
		json_object_set_new(entry, "case",
				    json_string(job->test_case));
		json_object_set_new(entry, "verdict",
				    json_string(job->verdict));
		json_object_set_new(entry, "as_expected",
				    json_boolean(job->as_expected));
		json_array_append_new(all, entry);
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
	FILE *tap;

	snprintf(path, sizeof(path), "%s/results.tap", run->dir);
	tap = fopen(path, "we");
	if (!tap)
		return -errno;

	fprintf(tap, "TAP version 13\n1..%zu\n", run_n_jobs(run));
	for (size_t i = 0; i < run_n_jobs(run); i++) {
		const struct job *job = &run->jobs[i];

		fprintf(tap, "%sok %zu %s %s # %s\n",
			job->as_expected ? "" : "not ", i + 1,
			job->kernel->label, job->test_case,
			report_cell(job, cell, sizeof(cell)));
	}

	return fclose(tap) ? -errno : 0;
}
