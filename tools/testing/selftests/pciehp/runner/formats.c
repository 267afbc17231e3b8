// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "qemu/machine.h"
#include "qemu/machine_needs.h"
#include "util/environment.h"

#include "formats.h"

/* The version of the schema of KCIDB, and the name of this test in it. */
#define KCIDB_MAJOR	5
#define KCIDB_MINOR	3
#define KCIDB_ORIGIN	"pciehp"

#define MSEC_PER_SEC	1000.0

static void format_time(time_t time, char text[32])
{
	struct tm tm;

	gmtime_r(&time, &tm);
	strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static void run_path(const struct run *run, const char *name,
		     char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", run->dir, name);
}

static int dump(json_t *json, const struct run *run, const char *name)
{
	char path[PATH_MAX];
	int ret = 0;

	run_path(run, name, path);
	if (!json || json_dump_file(json, path, JSON_INDENT(1)))
		ret = errno ? -errno : -EIO;
	json_decref(json);

	return ret;
}

static const struct machine *machine_of(const struct kernel *kernel)
{
	char why[128];

	return machine_of_kernel(kernel->image, why, sizeof(why));
}

/* The first line of @command, or "". */
static void read_line(const char *command, char *line, int size)
{
	FILE *out = popen(command, "re");

	if (!out || !fgets(line, size, out))
		*line = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (out)
		pclose(out);
}

static void qemu_version(const struct kernel *kernel, char *line, int size)
{
	const struct machine *machine = machine_of(kernel);
	char command[PATH_MAX];

	*line = '\0';
	if (!machine)
		return;
	snprintf(command, sizeof(command), "'%s' --version 2>/dev/null",
		 environment_get("QEMU") ?: machine->qemu);
	read_line(command, line, size);
}

static json_t *describe_kernel(const struct kernel *kernel)
{
	const struct machine *machine = machine_of(kernel);
	char qemu[256];

	qemu_version(kernel, qemu, sizeof(qemu));

	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "kernel", kernel->label,
			 "image", kernel->image,
			 "arch", machine ? machine->arch : "",
			 "machine", machine ? machine->type : "", "qemu", qemu);
}

/**
 * formats_describe_run() - write DIR/run.json: what was run, on what, when
 * @run: a run that is over
 *
 * The scripts set PCIEHP_COMMIT and PCIEHP_COMMAND to what a user needs to run it again.
 *
 * Return: 0 or a negative errno.
 */
int formats_describe_run(const struct run *run)
{
	char start[32], end[32], cpu[256];
	json_t *kernels = json_array();
	struct utsname host;

	uname(&host);
	format_time(run->start, start);
	format_time(time(NULL), end);
	read_line("sed -n 's/^model name[^:]*: //p' /proc/cpuinfo", cpu, sizeof(cpu));
	for (size_t k = 0; k < run->n_kernels; k++)
		json_array_append_new(kernels, describe_kernel(&run->kernels[k]));

	return dump(json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:o}",
			      "start", start, "end", end,
			      "commit", environment_get("PCIEHP_COMMIT") ?: "",
			      "command", environment_get("PCIEHP_COMMAND") ?: "",
			      "host_cpu", *cpu ? cpu : host.machine,
			      "host_cpus", (int)sysconf(_SC_NPROCESSORS_ONLN),
			      "host_kernel", host.release, "pattern", run->pattern,
			      "kernels", kernels), run, "run.json");
}

/* Text for an attribute or an element. XML 1.0 has no control characters. */
static void put_xml(FILE *file, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", file);
		else if (*text == '>')
			fputs("&gt;", file);
		else if (*text == '&')
			fputs("&amp;", file);
		else if (*text == '"')
			fputs("&quot;", file);
		else if (iscntrl((unsigned char)*text) && *text != '\n')
			fputc('?', file);
		else
			fputc(*text, file);
	}
}

static void put_attribute(FILE *file, const char *name, const char *value)
{
	fprintf(file, " %s=\"", name);
	put_xml(file, value);
	fputc('"', file);
}

static void put_problems(FILE *file, const struct job *job)
{
	json_t *problem;
	size_t i;

	json_array_foreach(json_object_get(job->result, "problems"), i, problem) {
		put_xml(file, json_string_value(problem));
		fputc('\n', file);
	}
}

static double seconds(const struct job *job)
{
	json_t *ms = json_object_get(job->result, "host_ms");

	return json_integer_value(ms) / MSEC_PER_SEC;
}

static void put_outcome(FILE *file, const struct job *job)
{
	const char *element = job_is_inconclusive(job) ? "error" : "failure";

	if (job_is_skipped(job)) {
		fputs("<skipped", file);
		put_attribute(file, "message", job->verdict);
		fputs("/>", file);
	} else if (!job->as_expected) {
		fprintf(file, "<%s", element);
		put_attribute(file, "message", job->verdict);
		fputc('>', file);
		put_problems(file, job);
		fprintf(file, "</%s>", element);
	} else {
		fputs("<system-out>", file);
		put_xml(file, job->verdict);
		fputc('\n', file);
		put_problems(file, job);
		fputs("</system-out>", file);
	}
}

/* "fixture.variant.test" becomes the test of a class. */
static void put_case(FILE *file, const struct job *job)
{
	const char *name = job->test_case->name, *dot = strrchr(name, '.');
	char class[256];

	snprintf(class, sizeof(class), "%.*s", dot ? (int)(dot - name) : 0, name);
	fputs("  <testcase", file);
	put_attribute(file, "classname", class);
	put_attribute(file, "name", dot ? dot + 1 : name);
	fprintf(file, " time=\"%.3f\">", seconds(job));
	put_outcome(file, job);
	fputs("</testcase>\n", file);
}

static void put_suite(FILE *file, const struct run *run, size_t kernel)
{
	size_t all = 0, failures = 0, errors = 0, skipped = 0;
	const size_t n = run->n_kernels;
	double time = 0;
	char start[32];

	for (size_t i = kernel; i < run_n_jobs(run); i += n) {
		const struct job *job = &run->jobs[i];
		bool bad = !job->omitted && !job->as_expected;

		all += !job->omitted;
		skipped += !job->omitted && job_is_skipped(job);
		errors += bad && job_is_inconclusive(job);
		failures += bad && !job_is_inconclusive(job);
		time += seconds(job);
	}
	format_time(run->start, start);
	start[strcspn(start, "Z")] = '\0';
	fputs(" <testsuite", file);
	put_attribute(file, "name", run->kernels[kernel].label);
	fprintf(file, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
		all, failures, errors, skipped);
	fprintf(file, " time=\"%.3f\" timestamp=\"%s\">\n", time, start);
	for (size_t i = kernel; i < run_n_jobs(run); i += n) {
		if (!run->jobs[i].omitted)
			put_case(file, &run->jobs[i]);
	}
	fputs(" </testsuite>\n", file);
}

/**
 * formats_junit() - write DIR/results.xml, for CI systems that read JUnit's format
 * @run: a run that is over
 *
 * A kernel is a suite. A case fails if its verdict is not the expected one, as in TAP.
 *
 * Return: 0 or a negative errno.
 */
int formats_junit(const struct run *run)
{
	char path[PATH_MAX];
	FILE *file;

	run_path(run, "results.xml", path);
	file = fopen(path, "we");
	if (!file)
		return -errno;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", file);
	for (size_t k = 0; k < run->n_kernels; k++)
		put_suite(file, run, k);
	fputs("</testsuites>\n", file);

	return fclose(file) ? -errno : 0;
}

/* What the case says about the kernel, whatever is expected of that. */
static const char *kcidb_status(const struct job *job)
{
	if (job_is_skipped(job))
		return "SKIP";
	if (job_is_inconclusive(job))
		return "ERROR";

	return strcmp(job->verdict, "ok") ? "FAIL" : "PASS";
}

static json_t *kcidb_test(const struct job *job, const char *build)
{
	char path[256] = KCIDB_ORIGIN ".", id[512];
	json_t *test, *problems;

	snprintf(path + strlen(path), sizeof(path) - strlen(path), "%s",
		 job->test_case->name);
	/* a part of a path has letters, digits, '-' and '_' */
	for (char *c = path; *c; c++) {
		if (!isalnum((unsigned char)*c) && *c != '.' && *c != '-')
			*c = '_';
	}
	snprintf(id, sizeof(id), "%s:%s", build, job->test_case->name);
	test = json_pack("{s:s, s:s, s:s, s:s, s:s, s:f, s:{s:s, s:b}}",
			 "id", id, "build_id", build, "origin", KCIDB_ORIGIN,
			 "path", path, "status", kcidb_status(job),
			 "duration", seconds(job), "misc", "verdict",
			 job->verdict, "as_expected", job->as_expected);
	problems = json_object_get(job->result, "problems");
	if (json_array_size(problems))
		json_object_set(json_object_get(test, "misc"), "problems",
				problems);

	return test;
}

static void add_kernel(const struct run *run, size_t kernel, json_t *checkouts,
		       json_t *builds, json_t *tests)
{
	const struct machine *machine = machine_of(&run->kernels[kernel]);
	char id[256], start[32];

	format_time(run->start, start);
	snprintf(id, sizeof(id), KCIDB_ORIGIN ":%s:%d:%s", start, getpid(),
		 run->kernels[kernel].label);
	json_array_append_new(checkouts,
			      json_pack("{s:s, s:s, s:s, s:s}", "id", id,
					"origin", KCIDB_ORIGIN, "comment",
					run->kernels[kernel].label,
					"start_time", start));
	json_array_append_new(builds,
			      json_pack("{s:s, s:s, s:s, s:s, s:s, s:{s:s}}",
					"id", id, "checkout_id", id, "origin",
					KCIDB_ORIGIN, "architecture",
					machine ? machine->arch : "",
					"status", "PASS", "misc", "image",
					run->kernels[kernel].image));
	for (size_t i = kernel; i < run_n_jobs(run); i += run->n_kernels) {
		if (!run->jobs[i].omitted)
			json_array_append_new(tests, kcidb_test(&run->jobs[i], id));
	}
}

/**
 * formats_kcidb() - write DIR/kcidb.json, a report for KernelCI's database
 * @run: a run that is over
 *
 * The report does not tell from which commit a kernel was built: nothing here knows.
 *
 * Return: 0 or a negative errno.
 */
int formats_kcidb(const struct run *run)
{
	json_t *checkouts = json_array(), *builds = json_array();
	json_t *tests = json_array();

	for (size_t k = 0; k < run->n_kernels; k++)
		add_kernel(run, k, checkouts, builds, tests);

	return dump(json_pack("{s:{s:i, s:i}, s:o, s:o, s:o}", "version",
			      "major", KCIDB_MAJOR, "minor", KCIDB_MINOR,
			      "checkouts", checkouts, "builds", builds,
			      "tests", tests), run, "kcidb.json");
}
