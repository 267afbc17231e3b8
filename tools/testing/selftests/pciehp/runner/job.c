// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "job.h"

/**
 * job_is_skipped() - was a job skipped, as it cannot be run on this host
 * @job: a job that is over
 *
 * Return: true if it was.
 */
bool job_is_skipped(const struct job *job)
{
	return !strncmp(job->verdict, "SKIP", strlen("SKIP"));
}

/**
 * job_is_inconclusive() - may neither the kernel nor the test be at fault
 * @job: a job that is over
 *
 * Return: true if the test or its machine ended early, or if there is no one result.
 */
bool job_is_inconclusive(const struct job *job)
{
	return !strcmp(job->verdict, "ERROR") ||
	       !strcmp(job->verdict, "NO RESULT") ||
	       !strcmp(job->verdict, "MISSING") ||
	       !strncmp(job->verdict, "DISAGREE", strlen("DISAGREE"));
}

/**
 * job_cell() - format the cell of the table for a job
 * @job: the job
 * @cell: receives the text
 * @size: size of @cell
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
