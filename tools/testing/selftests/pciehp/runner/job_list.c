// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "job_list.h"

/* Finds the job of another kernel that is the same, as stock is with an empty series. */
static const struct job *find_same(const struct run *run, size_t i)
{
	size_t column = i % run->n_kernels;
	const struct kernel *kernel = &run->kernels[column], *other;

	for (size_t k = 0; k < column; k++) {
		other = &run->kernels[k];
		if (!strcmp(other->image, kernel->image) &&
		    !strcmp(other->expect ?: "", kernel->expect ?: ""))
			return &run->jobs[i - column + k];
	}

	return NULL;
}

static bool is_named(const struct run *run, const struct job *job)
{
	char name[320];

	snprintf(name, sizeof(name), "%s/%s", job->kernel->label,
		 job->test_case->name);
	for (size_t i = 0; i < run->n_names; i++) {
		if (!strcmp(run->names[i], name))
			return true;
	}

	return false;
}

static bool is_omitted(const struct run *run, const struct job *job)
{
	return run->named_only && job->kernel->expect &&
	       !expect_names(job->kernel, job->test_case->name);
}

/* Returns the number of earlier cases with the same fixture and variant. */
static size_t rank_in_fixture(const struct run *run, size_t row)
{
	const char *name = run->cases[row].name;
	size_t len = strrchr(name, '.') - name + 1, rank = 0;

	while (row--)
		rank += !strncmp(run->cases[row].name, name, len);

	return rank;
}

/*
 * The cases of one fixture use the same machine. The first of them boots it while the others
 * wait. So the first case of each fixture comes first.
 */
static void order_jobs(struct run *run)
{
	size_t n = 0, ordered;

	for (size_t rank = 0; n < run_n_jobs(run); rank++) {
		ordered = n;
		for (size_t i = 0; i < run_n_jobs(run); i++) {
			if (rank_in_fixture(run, i / run->n_kernels) == rank)
				run->order[n++] = &run->jobs[i];
		}
		if (n == ordered)
			break;
	}
}

/**
 * job_list_make() - make the jobs, which are every case on every kernel
 * @run: the run, whose @jobs and @order are made
 *
 * Return: 0 or -ENOMEM.
 */
int job_list_make(struct run *run)
{
	size_t n = run_n_jobs(run);

	run->jobs = calloc(n, sizeof(*run->jobs));
	run->order = calloc(n, sizeof(*run->order));
	if (!run->jobs || !run->order)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		run->jobs[i].kernel = &run->kernels[i % run->n_kernels];
		run->jobs[i].test_case = &run->cases[i / run->n_kernels];
		run->jobs[i].same_as = find_same(run, i);
		run->jobs[i].omitted = is_omitted(run, &run->jobs[i]);
	}
	order_jobs(run);

	return 0;
}

/**
 * job_list_select() - run only the jobs that @names of the run names
 * @run: the run, whose jobs are made
 *
 * Return: 0; or -ENOENT if a name is that of no job, for which a message was printed.
 */
int job_list_select(struct run *run)
{
	size_t n = 0;

	for (size_t i = 0; i < run_n_jobs(run); i++) {
		struct job *job = &run->jobs[i];

		if (job_is_to_run(job) && is_named(run, job))
			n++;
		else
			job->omitted = true;
	}
	if (n == run->n_names)
		return 0;
	fprintf(stderr,
		"cannot run the %zu named cases: only %zu of them are listed, or one is named twice; without -o, the names are listed\n",
		run->n_names, n);

	return -ENOENT;
}

/**
 * job_is_to_run() - is a job still to be run
 * @job: the job
 *
 * Return: false if it is omitted, is the same as another one, was started or is over.
 */
bool job_is_to_run(const struct job *job)
{
	return !job->same_as && !job->omitted && !job->pid && !*job->verdict;
}
