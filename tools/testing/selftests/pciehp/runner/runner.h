/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PCIEHP_RUNNER_H
#define PCIEHP_RUNNER_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define KERNELS_MAX	8
#define CASES_MAX	512

/**
 * struct kernel - a column of the table
 * @label: its name
 * @image: path of the kernel image
 * @expect: path of a file with the verdicts that are expected, or NULL when
 *	every case must be ok
 */
struct kernel {
	const char *label;
	const char *image;
	const char *expect;
};

/**
 * struct job - one case on one kernel
 * @kernel: the kernel
 * @test_case: name of the case
 * @same_as: a job with the same image and expectations, whose result will do
 * @pid: its process while it runs, else 0
 * @result: what the case wrote, or NULL
 * @verdict: one or some words
 * @as_expected: whether @verdict is what it should be
 */
struct job {
	const struct kernel *kernel;
	const char *test_case;
	const struct job *same_as;
	pid_t pid;
	json_t *result;
	char verdict[128];
	bool as_expected;
};

/**
 * struct run - all of it
 * @program: path of the test program
 * @pattern: which cases, as of fnmatch()
 * @dir: where results go
 * @states: temporary folder for booted machines
 * @kernels: the columns
 * @n_kernels: how many
 * @cases: the rows
 * @n_cases: how many
 * @jobs: row by row, @n_kernels each
 */
struct run {
	const char *program;
	const char *pattern;
	const char *dir;
	char states[PATH_MAX];
	struct kernel kernels[KERNELS_MAX];
	size_t n_kernels;
	char *cases[CASES_MAX];
	size_t n_cases;
	struct job *jobs;
};

static inline size_t run_n_jobs(const struct run *run)
{
	return run->n_cases * run->n_kernels;
}

/* jobs.c */
int jobs_list_cases(struct run *run);
int jobs_run(struct run *run, unsigned int parallel);

/* expect.c */
bool expect_verdict(const struct kernel *kernel, const char *test_case,
		    const char *verdict);
int expect_messages(const struct run *run, const struct kernel *kernel);

/* report.c */
void report_table(const struct run *run);
int report_json(const struct run *run);
int report_tap(const struct run *run);
const char *report_cell(const struct job *job, char *cell, size_t size);

#endif /* PCIEHP_RUNNER_H */
