// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "qemu/state.h"
#include "util/compiler.h"
#include "util/interruption.h"

#include "expect.h"
#include "job_list.h"
#include "jobs.h"
#include "kept_results.h"

/* A run that keeps results runs a job again if its end says nothing about the kernel. */
#define ATTEMPTS	3

static int cannot_list(const char *program, const char *why)
{
	fprintf(stderr, "cannot list the cases of %s: %s\n", program, why);

	return -ENOEXEC;
}

static int add_case(struct run *run, const char *program, const char *name)
{
	if (fnmatch(run->pattern, name, FNM_EXTMATCH))
		return 0;
	if (run->n_cases == CASES_MAX)
		return cannot_list(program, "with them there are more than CASES_MAX");
	run->cases[run->n_cases++] = (struct test_case){
		.program = program, .name = strdup(name),
	};

	return 0;
}

/* Without a kernel, a program skips each test at once, and prints its name. */
static int list_program(struct run *run, const char *program)
{
	char command[PATH_MAX + 64], line[512], name[256], why[64];
	bool has_cases = false;
	int status, ret = 0;
	FILE *out;

	snprintf(command, sizeof(command), "KERNEL= '%s/%s' -T none 2>&1",
		 run->program_dir, program);
	out = popen(command, "re");
	if (!out)
		return cannot_list(program, strerror(errno));

	while (!ret && fgets(line, sizeof(line), out)) {
		if (sscanf(line, "ok %*d %255s # SKIP", name) != 1)
			continue;
		has_cases = true;
		ret = add_case(run, program, name);
	}
	status = pclose(out);
	if (ret)
		return ret;
	if (status) {
		snprintf(why, sizeof(why), "it ended with wait status %#x", status);
		return cannot_list(program, why);
	}

	return has_cases ? 0 : cannot_list(program, "it has none");
}

/**
 * jobs_list_cases() - list the cases of all test programs
 * @run: the run, whose @cases is filled
 *
 * Return: 0 or a negative errno, for which the reason was printed.
 */
int jobs_list_cases(struct run *run)
{
	static char programs[] = GUEST_TESTS;
	char *next = programs, *program;
	int ret = 0;

	while (!ret && (program = strsep(&next, " ")))
		ret = list_program(run, program);
	if (!ret && !run->n_cases) {
		fprintf(stderr, "cannot run any case: none matches '%s'\n",
			run->pattern);
		ret = -ENOENT;
	}

	return ret;
}

static void job_path(const struct run *run, const struct job *job,
		     const char *suffix, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s.%s.%s", run->dir, job->kernel->label,
		 job->test_case->name, suffix);
}

/* Runs in the child, which ends with its parent: see lib/util/environment.c. */
static void exec_job(const struct run *run, const struct job *job)
{
	char path[PATH_MAX], program[PATH_MAX], name[512];
	int fd;

	snprintf(name, sizeof(name), "%s.%s", job->kernel->label,
		 job->test_case->name);
	setenv("PCIEHP_TEST", job->test_case->name, 1);
	setenv("KERNEL", job->kernel->image, 1);
	setenv("PCIEHP_CASE", name, 1);
	setenv("PCIEHP_RESULTS", run->dir, 1);
	setenv("PCIEHP_STATES", run->states, 1);
	setenv("PCIEHP_KEPT_STATES", job->kernel->kept_states, 1);

	job_path(run, job, "log", path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd >= 0) {
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
	}
	snprintf(program, sizeof(program), "%s/%s", run->program_dir,
		 job->test_case->program);
	execl(program, program, "-r", job->test_case->name, NULL);
	fprintf(stderr, "cannot run %s: %s\n", program, strerror(errno));
	_exit(127);
}

static int start_job(const struct run *run, struct job *job)
{
	char path[PATH_MAX];

	/* remove the result of an earlier run */
	job_path(run, job, "json", path);
	unlink(path);

	job->attempts++;
	job->pid = fork();
	if (!job->pid)
		exec_job(run, job);

	return job->pid < 0 ? -errno : 0;
}

static void find_skip_reason(const struct run *run, struct job *job)
{
	char path[PATH_MAX], line[512];
	char *reason;
	FILE *log;

	job_path(run, job, "log", path);
	log = fopen(path, "re");
	if (!log)
		return;
	while (fgets(line, sizeof(line), log)) {
		reason = strstr(line, "# SKIP ");
		if (!reason)
			continue;
		reason[strcspn(reason, "\n")] = '\0';
		snprintf(job->verdict, sizeof(job->verdict), "%.300s",
			 reason + 2);
	}
	fclose(log);
}

/*
 * A result that is not ok says more than the exit status. But if the result is ok and the
 * status is not, an assertion has failed that the result does not include.
 */
static void take_end(struct job *job, int status)
{
	if (!status || (strcmp(job->verdict, "ok") && !job_is_skipped(job)))
		return;
	snprintf(job->verdict, sizeof(job->verdict), "%s",
		 WIFEXITED(status) && WEXITSTATUS(status) == EXIT_FAILURE ?
		 "FAIL" : "ERROR");
}

/* @status is the wait status from waitpid(). */
static void judge_job(const struct run *run, struct job *job, int status)
{
	char path[PATH_MAX];
	const char *verdict;

	job_path(run, job, "json", path);
	job->result = json_load_file(path, 0, NULL);
	verdict = json_string_value(json_object_get(job->result, "verdict"));
	snprintf(job->verdict, sizeof(job->verdict), "%s",
		 verdict ?: "NO RESULT");
	if (!verdict)
		find_skip_reason(run, job);
	else
		unlink(path);
	take_end(job, status);
	job->as_expected = expect_verdict(job->kernel, job->test_case->name,
					  job->verdict);
}

static void show_log(const struct run *run, const struct job *job)
{
	char path[PATH_MAX], line[1024];
	FILE *log;

	job_path(run, job, "log", path);
	log = fopen(path, "re");
	if (!log)
		return;
	while (fgets(line, sizeof(line), log))
		fprintf(stderr, "    %s", line);
	fclose(log);
}

static void show_progress(const struct run *run, const struct job *job,
			  size_t done, size_t n)
{
	bool tty = isatty(STDERR_FILENO);
	char cell[160];

	fprintf(stderr, "%s%zu/%zu %s %s: %s%s", tty ? "\r\033[K" : "", done,
		n, job->kernel->label, job->test_case->name,
		job_cell(job, cell, sizeof(cell)), tty ? "" : "\n");
	if (job->as_expected)
		return;
	fprintf(stderr, "%sUNEXPECTED: %s %s: %s\n", tty ? "\r\033[K" : "",
		job->kernel->label, job->test_case->name, job->verdict);
	show_log(run, job);
}

static struct job *find_job(struct run *run, pid_t pid)
{
	for (size_t i = 0; i < run_n_jobs(run); i++) {
		if (run->jobs[i].pid == pid)
			return &run->jobs[i];
	}

	return NULL;
}

/* The test and the machine of a job end with its process. */
static void end_jobs(struct run *run)
{
	for (size_t i = 0; run->jobs && i < run_n_jobs(run); i++) {
		if (run->jobs[i].pid <= 0)
			continue;
		kill(run->jobs[i].pid, SIGKILL);
		waitpid(run->jobs[i].pid, NULL, 0);
	}
}

/* As long as it is unknown whether a kernel boots, only one of its cases runs. */
static struct job *next_job(struct run *run)
{
	for (size_t i = 0; i < run_n_jobs(run); i++) {
		struct job *job = run->order[i];

		if (job_is_to_run(job) && job->kernel->boots != BOOTS_TRIED)
			return job;
	}

	return NULL;
}

/* Learns from a job whether its kernel boots. Returns 0, or -ENOEXEC if it does not. */
static int end_boot(const struct job *job)
{
	struct kernel *kernel = job->kernel;

	if (json_is_true(json_object_get(job->result, "booted")))
		kernel->boots = BOOTS;
	if (kernel->boots != BOOTS_TRIED)
		return 0;
	/* what was skipped tells nothing, nor does a test that ended early */
	if (!job->result || job_is_skipped(job)) {
		kernel->boots = BOOTS_UNKNOWN;
		return 0;
	}
	fprintf(stderr,
		"cannot run the cases on %s=%s: it does not boot, see above. It takes support for QEMU's serial port as a console, for an initramfs and for uevents (CONFIG_NET).\n",
		kernel->label, kernel->image);

	return -ENOEXEC;
}

static void copy_result(struct job *job)
{
	job->result = json_incref(job->same_as->result);
	job->as_expected = job->same_as->as_expected;
	memcpy(job->verdict, job->same_as->verdict, sizeof(job->verdict));
}

/**
 * jobs_copy_results() - give the jobs that are the same as others the results of these
 * @run: a run whose other jobs are over
 */
void jobs_copy_results(struct run *run)
{
	for (size_t i = 0; i < run_n_jobs(run); i++) {
		if (run->jobs[i].same_as && !run->jobs[i].omitted)
			copy_result(&run->jobs[i]);
	}
}

/* Forgets a result that may be due to the host, such as a machine that was killed. */
static bool forget_inconclusive(const struct run *run, struct job *job)
{
	if (!run->keeps || job->as_expected || !job_is_inconclusive(job) ||
	    job->attempts == ATTEMPTS)
		return false;
	fprintf(stderr, "%s %s: %s at attempt %u of %u, so it is run again\n",
		job->kernel->label, job->test_case->name, job->verdict,
		job->attempts, ATTEMPTS);
	json_decref(job->result);
	job->result = NULL;
	job->verdict[0] = '\0';
	if (job->kernel->boots == BOOTS_TRIED)
		job->kernel->boots = BOOTS_UNKNOWN;

	return true;
}

static int run_all(struct run *run, unsigned int parallel)
{
	size_t running = 0, done = 0, n = 0;
	struct job *job;
	int status, ret;
	pid_t pid;

	for (size_t i = 0; i < run_n_jobs(run); i++)
		n += job_is_to_run(&run->jobs[i]);

	while (!interruption_noted()) {
		while (running < parallel && (job = next_job(run))) {
			ret = start_job(run, job);
			if (ret)
				return ret;
			running++;
			if (job->kernel->boots == BOOTS_UNKNOWN)
				job->kernel->boots = BOOTS_TRIED;
		}
		if (!running)
			break;

		pid = waitpid(-1, &status, 0);
		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0)
			return -errno;
		job = find_job(run, pid);
		if (!job)
			continue;
		job->pid = 0;
		running--;
		/* the signal may have ended the job as well */
		if (interruption_noted())
			break;
		judge_job(run, job, status);
		if (forget_inconclusive(run, job))
			continue;
		done++;
		show_progress(run, job, done, n);
		ret = end_boot(job);
		if (!ret && run->keeps)
			ret = kept_result_write(run, job);
		if (ret)
			return ret;
	}
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
	jobs_copy_results(run);

	return interruption_noted() ? -EINTR : 0;
}

/**
 * jobs_run() - run every case on every kernel
 * @run: the run, whose @jobs are made
 * @parallel: number of cases to run at once
 *
 * Return: 0; -ENOEXEC if a kernel does not boot, for which a message was printed; or
 * another negative errno.
 */
int jobs_run(struct run *run, unsigned int parallel)
{
	int ret;

	snprintf(run->states, sizeof(run->states), "%s/states.XXXXXX",
		 run->dir);
	if (!mkdtemp(run->states))
		return -errno;
	interruption_catch();
	for (size_t i = 0; run->keeps && i < run_n_jobs(run); i++) {
		if (job_is_to_run(&run->jobs[i]))
			kept_result_take(run, &run->jobs[i]);
	}
	ret = run_all(run, parallel);
	end_jobs(run);
	state_remove_all(run->states);

	return ret;
}
