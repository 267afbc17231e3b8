// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which verdicts a kernel should get. A kernel with a known defect comes with a
 * file that says what must turn red, one pattern of fnmatch() (with FNM_EXTMATCH) a
 * line, of which the first counts that names a case:
 *
 *	case CASE VERDICT	a case that must get this verdict
 *	message CASE TEXT	the kernel must have said this in one of these cases, if
 *				any of them was run
 *
 * What no line names must be ok.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "expect.h"

struct line {
	char keyword[16];
	char rest[512];
};

/* The next line that is not a comment; false at the end. */
static bool next_line(FILE *file, struct line *line)
{
	char text[600];

	while (fgets(text, sizeof(text), file)) {
		if (text[0] != '#' &&
		    sscanf(text, "%15s %511[^\n]", line->keyword,
			   line->rest) == 2)
			return true;
	}

	return false;
}

static FILE *open_expect(const struct kernel *kernel)
{
	FILE *file = kernel->expect ? fopen(kernel->expect, "re") : NULL;

	if (kernel->expect && !file)
		fprintf(stderr, "cannot read %s: %s\n", kernel->expect,
			strerror(errno));

	return file;
}

/* The verdict that a case is to get by the first line that names it. */
static bool find_case(const struct kernel *kernel, const char *test_case,
		      char verdict[256])
{
	struct line line;
	bool found = false;
	char name[256];
	FILE *file;

	file = open_expect(kernel);
	while (!found && file && next_line(file, &line)) {
		found = !strcmp(line.keyword, "case") &&
			sscanf(line.rest, "%255s %255[^\n]", name,
			       verdict) == 2 &&
			!fnmatch(name, test_case, FNM_EXTMATCH);
	}
	if (file)
		fclose(file);

	return found;
}

/**
 * expect_names() - do a kernel's expectations name a case
 * @kernel: the kernel
 * @test_case: the case
 *
 * Return: whether they do.
 */
bool expect_names(const struct kernel *kernel, const char *test_case)
{
	char verdict[256];

	return find_case(kernel, test_case, verdict);
}

/**
 * expect_verdict() - is a verdict what it should be
 * @kernel: the kernel
 * @test_case: the case
 * @verdict: its verdict
 *
 * A case that cannot be run here tells nothing of any kernel.
 *
 * Return: whether it is.
 */
bool expect_verdict(const struct kernel *kernel, const char *test_case,
		    const char *verdict)
{
	char expected[256];

	if (!strncmp(verdict, "SKIP", strlen("SKIP")))
		return true;
	if (!find_case(kernel, test_case, expected))
		return !strcmp(verdict, "ok");

	return !fnmatch(expected, verdict, FNM_EXTMATCH);
}

static bool says(const struct job *job, const char *text)
{
	json_t *message;
	char glob[600];
	size_t n;

	snprintf(glob, sizeof(glob), "*%s*", text);
	json_array_foreach(json_object_get(job->result, "timeouts"), n, message) {
		if (!fnmatch(glob, json_string_value(message), 0))
			return true;
	}

	return false;
}

static bool was_said(const struct run *run, const struct kernel *kernel,
		     const char *cases, const char *text)
{
	const struct job *job;
	bool asked = false;

	for (size_t i = 0; i < run_n_jobs(run); i++) {
		job = &run->jobs[i];
		if (job->kernel != kernel || job->omitted ||
		    fnmatch(cases, job->test_case->name, FNM_EXTMATCH))
			continue;
		if (says(job, text))
			return true;
		asked = true;
	}

	return !asked;
}

/**
 * expect_messages() - has the kernel said what it should
 * @run: a run that is over
 * @kernel: the kernel
 *
 * Return: how many expected messages did not come.
 */
int expect_messages(const struct run *run, const struct kernel *kernel)
{
	char cases[256], text[256];
	struct line line;
	int missing = 0;
	FILE *file;

	file = open_expect(kernel);
	while (file && next_line(file, &line)) {
		if (strcmp(line.keyword, "message") ||
		    sscanf(line.rest, "%255s %255[^\n]", cases, text) != 2 ||
		    was_said(run, kernel, cases, text))
			continue;
		fprintf(stderr, "UNEXPECTED: %s never said \"%s\"\n",
			kernel->label, text);
		missing++;
	}
	if (file)
		fclose(file);

	return missing;
}
