// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "job.h"

/**
 * job_is_skipped() - could a job not be run here
 * @job: a job that is over
 *
 * Return: whether that is its verdict.
 */
bool job_is_skipped(const struct job *job)
{
	return !strncmp(job->verdict, "SKIP", strlen("SKIP"));
}

/**
 * job_cell() - what the table shows for a job
 * @job: the job
 * @cell: receives the text
 * @size: room in @cell
 *
 * Return: @cell.
 */
const char *job_cell(const struct job *job, char *cell, size_t size)
{
	double ms = json_real_value(json_object_get(job->result,
						    "latency_ms"));

	if (job->omitted)
		snprintf(cell, size, "-");
	else if (!strcmp(job->verdict, "ok") && ms > 0)
		snprintf(cell, size, "ok %.1f ms", ms);
	else
		snprintf(cell, size, "%.60s", job->verdict);

	return cell;
}
