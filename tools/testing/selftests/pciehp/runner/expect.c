// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verdicts that are expected of a kernel. They are in a file .verdicts with lines
 *
 *	case CASES VERDICT	cases that must get a verdict that matches VERDICT
 *	message CASES TEXT	if any of these cases was run, the kernel must have printed
 *				a message with TEXT in one of them
 *
 * CASES, VERDICT and TEXT are patterns of fnmatch(), the first two with FNM_EXTMATCH. The
 * first line that matches a case counts. A case that no line matches must be ok.
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

/* Reads the next line that is no comment. Returns false at the end. */
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

/* Finds the verdict that the first line that matches a case expects. */
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
 * expect_names() - does a line of a kernel's file match a case
 * @kernel: the kernel
 * @test_case: name of the case
 *
 * Return: true if one does.
 */
bool expect_names(const struct kernel *kernel, const char *test_case)
{
	char verdict[256];

	return find_case(kernel, test_case, verdict);
}

/**
 * expect_verdict() - is a verdict the expected one
 * @kernel: the kernel
 * @test_case: name of the case
 * @verdict: its verdict
 *
 * Return: true if it is, or if the case was skipped, which says nothing about the kernel.
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
	bool any_run = false;

	for (size_t i = 0; i < run_n_jobs(run); i++) {
		job = &run->jobs[i];
		if (job->kernel != kernel || job->omitted ||
		    fnmatch(cases, job->test_case->name, FNM_EXTMATCH))
			continue;
		if (says(job, text))
			return true;
		any_run = true;
	}

	return !any_run;
}

/**
 * expect_messages() - has a kernel printed the expected messages
 * @run: a run that is over
 * @kernel: the kernel
 *
 * Return: the number of expected messages that are missing.
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
