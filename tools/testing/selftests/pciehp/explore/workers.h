/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes that work through a list of jobs side by side. */
#ifndef EXPLORE_WORKERS_H
#define EXPLORE_WORKERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct work - a list of jobs
 * @n: how many there are
 * @parallel: how many at once
 * @wanted: asked in the calling process before a job is begun; false leaves it out
 * @run: does a job in a worker process: its result
 * @done: takes a result in the calling process; false ends the work early
 * @context: for all of them
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
