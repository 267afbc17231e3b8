// SPDX-License-Identifier: GPL-2.0-only
/*
 * pciehp_run [-n] [-j JOBS] [-t PATTERN] -o DIR LABEL=IMAGE[,EXPECT]...
 *
 * Runs every case that boots a guest on every kernel image, several at once. With -t, it
 * runs the cases that match PATTERN, as passed to fnmatch() with FNM_EXTMATCH. With -n, it
 * runs on a kernel with a file EXPECT only the cases that this file names.
 *
 * It prints a table, and how many cases each kernel passes. It writes DIR/results.json,
 * DIR/results.tap, DIR/results.xml (JUnit), DIR/kcidb.json (KernelCI), DIR/run.json (what
 * was run, on what, when), and the console and time line of every case.
 *
 * The exit status is 0 if every case got the expected verdict (see expect.c), 1 if one did
 * not, and 2 if nothing could be run.
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
#include "jobs.h"
#include "kept_states.h"
#include "report.h"

#define EXIT_UNEXPECTED	1
#define EXIT_NOT_RUN	2

static int print_usage(void)
{
	fprintf(stderr,
		"usage: pciehp_run [-n] [-j JOBS] [-t PATTERN] -o DIR LABEL=IMAGE[,EXPECT]...\n"
		"       pciehp_run [-t PATTERN]		list the cases\n");

	return EXIT_NOT_RUN;
}

static bool add_kernel(struct run *run, char *arg)
{
	struct kernel *kernel = &run->kernels[run->n_kernels];
	char *image = strchr(arg, '='), *expect;

	if (!image || run->n_kernels == KERNELS_MAX)
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

static int report(const struct run *run)
{
	size_t unexpected = 0;

	report_table(run);
	if (check("write results into", run->dir,
		  report_json(run) ?: report_tap(run) ?: formats_junit(run) ?:
		  formats_kcidb(run) ?: formats_describe_run(run)))
		return EXIT_NOT_RUN;

	for (size_t i = 0; i < run_n_jobs(run); i++)
		unexpected += !run->jobs[i].omitted &&
			      !run->jobs[i].as_expected;
	for (size_t k = 0; k < run->n_kernels; k++)
		unexpected += expect_messages(run, &run->kernels[k]);
	report_summary(run);

	return unexpected ? EXIT_UNEXPECTED : 0;
}

static int list(struct run *run)
{
	if (jobs_list_cases(run))
		return EXIT_NOT_RUN;
	for (size_t i = 0; i < run->n_cases; i++)
		puts(run->cases[i].name);

	return 0;
}

int main(int argc, char **argv)
{
	unsigned int parallel = environment_parallel();
	struct run run = {
		.program_dir = own_dir(),
		.pattern = "*",
		.start = time(NULL),
	};
	int opt, ret;

	while ((opt = getopt(argc, argv, "j:no:t:")) != -1) {
		if (opt == 'j')
			parallel = atoi(optarg);
		else if (opt == 'n')
			run.named_only = true;
		else if (opt == 'o')
			run.dir = optarg;
		else if (opt == 't')
			run.pattern = optarg;
		else
			return print_usage();
	}
	if (!run.dir && optind == argc)
		return list(&run);
	if (!run.dir || !parallel || optind == argc)
		return print_usage();
	for (; optind < argc; optind++) {
		if (!add_kernel(&run, argv[optind]))
			return print_usage();
	}

	if (jobs_list_cases(&run))
		return EXIT_NOT_RUN;
	ret = jobs_run(&run, parallel);
	if (ret == -ENOEXEC || check("run", run.program_dir, ret))
		return EXIT_NOT_RUN;

	return report(&run);
}
