/* SPDX-License-Identifier: GPL-2.0-only */
/* Cases, the kernels on which they are run, and the results. */
#ifndef RUNNER_JOB_H
#define RUNNER_JOB_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#define KERNELS_MAX	24
#define CASES_MAX	1024

/**
 * enum boots - whether a kernel boots
 * @BOOTS_UNKNOWN: no case has booted it yet
 * @BOOTS_TRIED: a case is booting it for the first time
 * @BOOTS: a case has booted it
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
 * @expect: path of a file with the expected verdicts, or NULL if every case must be ok
 * @kept_states: folder for states of booted machines that are kept for later runs, or an
 *	empty string
 * @boots: whether it boots
 */
struct kernel {
	const char *label;
	const char *image;
	const char *expect;
	char kept_states[PATH_MAX];
	enum boots boots;
};

/**
 * struct test_case - a row of the table
 * @program: name of the test program that has the case
 * @name: its name in that program, which is unique among all cases
 */
struct test_case {
	const char *program;
	char *name;
};

/**
 * struct job - one case on one kernel
 * @kernel: the kernel
 * @test_case: the case
 * @omitted: the case is not to be run on the kernel
 * @same_as: a job with the same case, image and expected verdicts, whose result is used;
 *	or NULL
 * @pid: its process while it runs, else 0
 * @attempts: how often it was run
 * @result: the result that the case has written, or NULL
 * @verdict: its verdict; empty until it is over
 * @as_expected: @verdict is the expected one
 */
struct job {
	struct kernel *kernel;
	const struct test_case *test_case;
	bool omitted;
	const struct job *same_as;
	pid_t pid;
	unsigned int attempts;
	json_t *result;
	char verdict[320];
	bool as_expected;
};

/**
 * struct run - a run of pciehp_run
 * @program_dir: directory of the test programs
 * @pattern: pattern of the cases to run, as passed to fnmatch()
 * @named_only: on a kernel with expected verdicts, run only the cases that these name
 * @keeps: each result is kept in a file of its own, and used by later runs
 * @names: names of the jobs to run, if @n_names is not 0: "LABEL/CASE"; for a merge, the
 *	folders to merge
 * @n_names: number of @names
 * @dir: directory of results
 * @start: when the run began
 * @states: temporary directory for the states of booted machines
 * @kernels: the columns of the table
 * @n_kernels: number of @kernels
 * @cases: the rows of the table
 * @n_cases: number of @cases
 * @jobs: the jobs, row by row, @n_kernels a row
 * @order: the same jobs in the order in which they are started
 */
struct run {
	const char *program_dir;
	const char *pattern;
	bool named_only;
	bool keeps;
	char *const *names;
	size_t n_names;
	const char *dir;
	time_t start;
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
bool job_is_inconclusive(const struct job *job);
const char *job_cell(const struct job *job, char *cell, size_t size);

#endif /* RUNNER_JOB_H */
