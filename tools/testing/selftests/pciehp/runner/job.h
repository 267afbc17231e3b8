/* SPDX-License-Identifier: GPL-2.0-only */
/* The cases that are run, the kernels on which they are, and what comes of each. */
#ifndef RUNNER_JOB_H
#define RUNNER_JOB_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define KERNELS_MAX	24
#define CASES_MAX	1024

/**
 * enum boots - does a kernel boot
 * @BOOTS_UNKNOWN: no case has booted it yet
 * @BOOTS_TRIED: one is about to
 * @BOOTS: yes
 */
enum boots {
	BOOTS_UNKNOWN,
	BOOTS_TRIED,
	BOOTS,
};

/**
 * struct kernel - a column of the table
 * @label: its name
 * @image: path of the kernel image
 * @expect: path of a file with the verdicts that are expected, or NULL when
 *	every case must be ok
 * @boots: does it boot
 */
struct kernel {
	const char *label;
	const char *image;
	const char *expect;
	enum boots boots;
};

/**
 * struct test_case - a row of the table
 * @program: name of the test program that has it
 * @name: its name there, unlike any other's
 */
struct test_case {
	const char *program;
	char *name;
};

/**
 * struct job - one case on one kernel
 * @kernel: the kernel
 * @test_case: the case
 * @omitted: it is not to be run
 * @same_as: a job with the same image and expectations, whose result will do
 * @pid: its process while it runs, else 0
 * @result: what the case wrote, or NULL
 * @verdict: one or some words; none until it is over
 * @as_expected: whether @verdict is what it should be
 */
struct job {
	struct kernel *kernel;
	const struct test_case *test_case;
	bool omitted;
	const struct job *same_as;
	pid_t pid;
	json_t *result;
	char verdict[320];
	bool as_expected;
};

/**
 * struct run - all of it
 * @program_dir: where the test programs are
 * @pattern: which cases, as of fnmatch()
 * @named_only: on a kernel with expectations, run the cases that these name
 * @dir: where results go
 * @states: temporary folder for booted machines
 * @kernels: the columns
 * @n_kernels: how many
 * @cases: the rows
 * @n_cases: how many
 * @jobs: row by row, @n_kernels each
 * @order: the same in the order in which they are begun
 */
struct run {
	const char *program_dir;
	const char *pattern;
	bool named_only;
	const char *dir;
	char states[PATH_MAX];
	struct kernel kernels[KERNELS_MAX];
	size_t n_kernels;
	struct test_case cases[CASES_MAX];
	size_t n_cases;
	struct job *jobs;
	struct job **order;
};

static inline size_t run_n_jobs(const struct run *run)
{
	return run->n_cases * run->n_kernels;
}

bool job_is_skipped(const struct job *job);
const char *job_cell(const struct job *job, char *cell, size_t size);

#endif /* RUNNER_JOB_H */
