// SPDX-License-Identifier: GPL-2.0-only
/*
 * pciehp_run [-nr] [-j JOBS] [-t PATTERN] -o DIR LABEL=IMAGE[,EXPECT]... [LABEL/CASE]...
 * pciehp_run -m [-n] [-t PATTERN] -o DIR LABEL=IMAGE[,EXPECT]... FROM...
 *
 * Runs every case that boots a guest on every kernel image, several at once. With -t, it
 * runs the cases that match PATTERN, as passed to fnmatch() with FNM_EXTMATCH. With -n, it
 * runs on a kernel with a file EXPECT only the cases that this file names.
 *
 * It prints a table, and how many cases each kernel passes. It writes DIR/results.json,
 * DIR/results.tap, DIR/results.xml (JUnit), DIR/kcidb.json (KernelCI), DIR/run.json (what
 * was run, on what, when), and the console and time line of every case.
 *
 * Without -o, it lists the names LABEL/CASE of what it would run; if such names are given,
 * it runs only these. With -r, it writes only DIR/results/LABEL/CASE.json for each, as soon
 * as it is over, and runs nothing for which there is such a file from the same bundle, whose
 * ID is in PCIEHP_BUNDLE. A case that ends early, e.g. as its machine was killed, is run up
 * to three times. With -m, it runs nothing, but joins these files in all folders FROM.
 *
 * The exit status is 0 if every case got the expected verdict (see expect.c), 1 if one did
 * not or if there is none or another one in a second folder FROM, and 2 if nothing could be
 * run.
 */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qemu/machine_needs.h"
#include "util/environment.h"

#include "expect.h"
#include "formats.h"
#include "job_list.h"
#include "jobs.h"
#include "kept_results.h"
#include "kept_states.h"
#include "report.h"

#define EXIT_UNEXPECTED	1
#define EXIT_NOT_RUN	2

static int print_usage(void)
{
	fprintf(stderr,
		"usage: pciehp_run [-nr] [-j JOBS] [-t PATTERN] -o DIR LABEL=IMAGE[,EXPECT]... [LABEL/CASE]...\n"
		"       pciehp_run [-n] [-t PATTERN] LABEL=IMAGE[,EXPECT]...	list LABEL/CASE\n"
		"       pciehp_run [-t PATTERN]					list the cases\n"
		"       pciehp_run -m [-n] [-t PATTERN] -o DIR LABEL=IMAGE[,EXPECT]... FROM...\n");

	return EXIT_NOT_RUN;
}

static bool add_kernel(struct run *run, char *arg)
{
	struct kernel *kernel = &run->kernels[run->n_kernels];
	char *image = strchr(arg, '='), *expect;

	if (run->n_kernels == KERNELS_MAX)
		return false;
	*image++ = '\0';
	expect = strchr(image, ',');
	if (expect)
		*expect++ = '\0';

	setenv("KERNEL", image, 1);
	if (machine_missing()) {
		fprintf(stderr, "cannot run any case: %s\n",
			machine_missing());
		exit(EXIT_NOT_RUN);
	}
	if (expect && access(expect, R_OK)) {
		fprintf(stderr, "cannot read %s: %s\n", expect,
			strerror(errno));
		exit(EXIT_NOT_RUN);
	}
	*kernel = (struct kernel){
		.label = arg, .image = image, .expect = expect,
	};
	kept_states_find(kernel);
	run->n_kernels++;

	return true;
}

static const char *own_dir(void)
{
	static char self[PATH_MAX];
	ssize_t len;

	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	self[len < 0 ? 0 : len] = '\0';

	return dirname(self);
}

static int check(const char *doing, const char *what, int ret)
{
	if (ret)
		fprintf(stderr, "cannot %s %s: %s\n", doing, what,
			strerror(-ret));

	return ret;
}

static size_t count_unexpected(const struct run *run)
{
	size_t unexpected = 0;

	for (size_t i = 0; i < run_n_jobs(run); i++)
		unexpected += !run->jobs[i].omitted &&
			      !run->jobs[i].as_expected;

	return unexpected;
}

static int report(const struct run *run)
{
	size_t unexpected = count_unexpected(run);

	report_table(run);
	if (check("write results into", run->dir,
		  report_json(run) ?: report_tap(run) ?: formats_junit(run) ?:
		  formats_kcidb(run) ?: formats_describe_run(run)))
		return EXIT_NOT_RUN;

	for (size_t k = 0; k < run->n_kernels; k++)
		unexpected += expect_messages(run, &run->kernels[k]);
	report_summary(run);

	return unexpected ? EXIT_UNEXPECTED : 0;
}

static int list_cases(struct run *run)
{
	if (jobs_list_cases(run))
		return EXIT_NOT_RUN;
	for (size_t i = 0; i < run->n_cases; i++)
		puts(run->cases[i].name);

	return 0;
}

static int list_jobs(const struct run *run)
{
	for (size_t i = 0; i < run_n_jobs(run); i++) {
		const struct job *job = run->order[i];

		if (job_is_to_run(job))
			printf("%s/%s\n", job->kernel->label,
			       job->test_case->name);
	}

	return 0;
}

static int merge(struct run *run)
{
	size_t bad = kept_results_merge(run);
	int ret;

	jobs_copy_results(run);
	ret = report(run);
	if (bad)
		fprintf(stderr, "%zu results are missing or in doubt, see above\n",
			bad);

	return ret;
}

static int run_jobs(struct run *run, unsigned int parallel)
{
	int ret;

	if (run->n_names && job_list_select(run))
		return EXIT_NOT_RUN;
	ret = jobs_run(run, parallel);
	if (ret == -ENOEXEC || check("run", run->program_dir, ret))
		return EXIT_NOT_RUN;
	if (run->keeps)
		return count_unexpected(run) ? EXIT_UNEXPECTED : 0;

	return report(run);
}

/* Kernels come before the names. */
static bool add_arguments(struct run *run, int n, char **args)
{
	for (; n && strchr(*args, '='); n--, args++) {
		if (!add_kernel(run, *args))
			return false;
	}
	run->names = args;
	run->n_names = n;

	return run->n_kernels;
}

int main(int argc, char **argv)
{
	unsigned int parallel = environment_parallel();
	struct run run = {
		.program_dir = own_dir(),
		.pattern = "*",
		.start = time(NULL),
	};
	bool merges = false;
	int opt;

	while ((opt = getopt(argc, argv, "j:mno:rt:")) != -1) {
		if (opt == 'j')
			parallel = atoi(optarg);
		else if (opt == 'm')
			merges = true;
		else if (opt == 'n')
			run.named_only = true;
		else if (opt == 'o')
			run.dir = optarg;
		else if (opt == 'r')
			run.keeps = true;
		else if (opt == 't')
			run.pattern = optarg;
		else
			return print_usage();
	}
	if (!run.dir && optind == argc)
		return list_cases(&run);
	if (!parallel || !add_arguments(&run, argc - optind, argv + optind) ||
	    (run.n_names ? !run.dir : merges))
		return print_usage();

	if (jobs_list_cases(&run) ||
	    check("run", run.program_dir, job_list_make(&run)))
		return EXIT_NOT_RUN;
	if (!run.dir)
		return list_jobs(&run);

	return merges ? merge(&run) : run_jobs(&run, parallel);
}
