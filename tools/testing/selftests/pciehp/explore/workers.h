/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes that do a list of jobs, several at once. */
#ifndef EXPLORE_WORKERS_H
#define EXPLORE_WORKERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct work - a list of jobs
 * @n: number of jobs
 * @parallel: number of jobs to run at once
 * @wanted: called in the calling process before a job is started; false skips the job
 * @run: called in a worker process to do a job; returns its result
 * @done: called in the calling process with a result; false ends the work early
 * @context: passed to all of these
 */
struct work {
	size_t n;
	unsigned int parallel;
	bool (*wanted)(void *context, size_t job);
	json_t *(*run)(void *context, size_t job);
	bool (*done)(void *context, size_t job, json_t *result);
	void *context;
};

int workers_run(const struct work *work);

#endif /* EXPLORE_WORKERS_H */
