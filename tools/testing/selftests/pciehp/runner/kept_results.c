// SPDX-License-Identifier: GPL-2.0-only
/*
 * Results in files, one for each job: DIR/results/LABEL/CASE.json. Such a file exists only as a
 * whole. So a job whose file is missing is run again, whatever has ended its first run: a
 * signal, a crash of the host, or a full disk.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/environment.h"

#include "expect.h"
#include "kept_results.h"
#include "report.h"

/* What was tested, by which a result of something else is told from ours. */
static const char *bundle(void)
{
	return environment_get("PCIEHP_BUNDLE") ?: "";
}

static int make_folder(const char *path)
{
	return mkdir(path, 0755) && errno != EEXIST ? -errno : 0;
}

static int make_folders(const struct run *run, const struct job *job)
{
	char path[PATH_MAX];
	int ret;

	snprintf(path, sizeof(path), "%s/results", run->dir);
	ret = make_folder(path);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "%s/results/%s", run->dir,
		 job->kernel->label);

	return make_folder(path);
}

static void result_path(const char *dir, const struct job *job,
			char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/results/%s/%s.json", dir,
		 job->kernel->label, job->test_case->name);
}

static int dump(json_t *entry, int fd)
{
	int ret = 0;

	if (json_dumpfd(entry, fd, JSON_INDENT(1)) || fsync(fd))
		ret = errno ? -errno : -EIO;
	if (close(fd) && !ret)
		ret = -errno;

	return ret;
}

/**
 * kept_result_write() - write the file of a result
 * @run: the run
 * @job: a job that is over
 *
 * Another run may write the same file at the same time. Then the last one counts.
 *
 * Return: 0 or a negative errno.
 */
int kept_result_write(const struct run *run, const struct job *job)
{
	char path[PATH_MAX], part[PATH_MAX + 8];
	char host[64] = "";
	json_t *entry;
	int fd, ret;

	ret = make_folders(run, job);
	if (ret)
		return ret;
	result_path(run->dir, job, path);
	snprintf(part, sizeof(part), "%s.XXXXXX", path);
	fd = mkstemp(part);
	if (fd < 0)
		return -errno;
	fchmod(fd, 0644);

	gethostname(host, sizeof(host) - 1);
	entry = report_entry(job);
	json_object_set_new(entry, "bundle", json_string(bundle()));
	json_object_set_new(entry, "host", json_string(host));
	json_object_set_new(entry, "attempts", json_integer(job->attempts));
	ret = dump(entry, fd);
	json_decref(entry);
	if (!ret && rename(part, path))
		ret = -errno;
	if (ret)
		unlink(part);

	return ret;
}

static bool has(json_t *entry, const char *key, const char *value)
{
	const char *text = json_string_value(json_object_get(entry, key));

	return text && !strcmp(text, value);
}

/* Returns NULL if there is no result, or if it is not one of this job. */
static json_t *load(const char *dir, const struct job *job)
{
	char path[PATH_MAX];
	const char *verdict;
	json_t *entry;

	result_path(dir, job, path);
	entry = json_load_file(path, 0, NULL);
	verdict = json_string_value(json_object_get(entry, "verdict"));
	if (verdict && *verdict && has(entry, "bundle", bundle()) &&
	    has(entry, "kernel", job->kernel->label) &&
	    has(entry, "case", job->test_case->name))
		return entry;
	json_decref(entry);

	return NULL;
}

static void take(struct job *job, json_t *entry)
{
	job->result = entry;
	snprintf(job->verdict, sizeof(job->verdict), "%s",
		 json_string_value(json_object_get(entry, "verdict")));
	job->as_expected = expect_verdict(job->kernel, job->test_case->name,
					  job->verdict);
}

static void forget(struct job *job)
{
	json_decref(job->result);
	job->result = NULL;
	job->verdict[0] = '\0';
}

/**
 * kept_result_take() - use the result of an earlier run, if there is one
 * @run: the run
 * @job: a job that was not started yet, which is over afterwards if there is one
 *
 * A result that may be due to the host is not used.
 */
void kept_result_take(const struct run *run, struct job *job)
{
	json_t *entry = load(run->dir, job);

	if (entry)
		take(job, entry);
	if (!job->as_expected && job_is_inconclusive(job))
		forget(job);
}

static const char *text_of(json_t *entry, const char *key)
{
	return json_string_value(json_object_get(entry, key)) ?: "?";
}

static void disagree(struct job *job, const char *dir, json_t *other,
		     const char *other_dir)
{
	char ours[128];

	snprintf(ours, sizeof(ours), "%.127s", job->verdict);
	fprintf(stderr,
		"DISAGREE: %s/%s: %s in %s (run on %s), %s in %s (run on %s); run it again on both\n",
		job->kernel->label, job->test_case->name, ours, dir,
		text_of(job->result, "host"), text_of(other, "verdict"),
		other_dir, text_of(other, "host"));
	snprintf(job->verdict, sizeof(job->verdict), "DISAGREE: %s, %.127s",
		 ours, text_of(other, "verdict"));
	job->as_expected = false;
}

/* Returns whether there is a result, and no other one with another verdict. */
static bool merge_job(struct run *run, struct job *job)
{
	const char *first = NULL;
	bool same = true;
	json_t *entry;

	for (size_t i = 0; same && i < run->n_names; i++) {
		entry = load(run->names[i], job);
		if (!entry)
			continue;
		if (!first) {
			first = run->names[i];
			take(job, entry);
			continue;
		}
		same = has(entry, "verdict", job->verdict);
		if (!same)
			disagree(job, first, entry, run->names[i]);
		json_decref(entry);
	}
	if (first)
		return same;
	fprintf(stderr,
		"MISSING: %s/%s: no folder has its result; run it, and merge again\n",
		job->kernel->label, job->test_case->name);
	snprintf(job->verdict, sizeof(job->verdict), "MISSING");

	return false;
}

/**
 * kept_results_merge() - take the results of all jobs from the folders of workers
 * @run: the run, whose @names are the folders
 *
 * What is missing, and what two workers disagree about, is printed, and is a job's verdict
 * that nobody expects.
 *
 * Return: the number of such jobs.
 */
size_t kept_results_merge(struct run *run)
{
	size_t bad = 0;

	for (size_t i = 0; i < run_n_jobs(run); i++) {
		struct job *job = &run->jobs[i];

		if (!job->same_as && !job->omitted)
			bad += !merge_job(run, job);
	}

	return bad;
}
