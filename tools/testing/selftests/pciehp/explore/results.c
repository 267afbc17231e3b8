// SPDX-License-Identifier: GPL-2.0-only
/* The results of interleavings, one a line, so that a later run can use them. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "explore.h"
#include "interleaving.h"
#include "results.h"

#include "qemu/forkserver.h"
#include "qemu/machine.h"
#include "qemu/machine_needs.h"
#include "util/environment.h"

static void results_path(const struct explore *explore, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/results.jsonl", explore->dir);
}

static int keep_old_results(const struct explore *explore)
{
	char path[PATH_MAX], old[PATH_MAX + sizeof(".old")];

	results_path(explore, path);
	snprintf(old, sizeof(old), "%s.old", path);
	if (rename(path, old))
		return errno == ENOENT ? 0 : -errno;
	fprintf(stderr,
		"%s has results of another kernel, program or QEMU: it is renamed to %s\n",
		path, old);

	return 0;
}

static json_t *describe_file(const char *path)
{
	struct stat st = { 0 };

	stat(path, &st);

	return json_pack("{s:s, s:I, s:I, s:I}", "path", path, "size",
			 (json_int_t)st.st_size, "time",
			 (json_int_t)st.st_mtim.tv_sec, "ns",
			 (json_int_t)st.st_mtim.tv_nsec);
}

/* Describes what results depend on. They are used again only if all of it is the same. */
static json_t *describe(const struct explore *explore)
{
	char why[128], qemu[PATH_MAX], preload[PATH_MAX];
	const struct machine *machine =
		machine_of_kernel(explore->kernel, why, sizeof(why));

	machine_find_qemu(machine, qemu);
	environment_find_file(FORKSERVER_PRELOAD, preload);

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:s}",
			 "kernel", describe_file(explore->kernel),
			 "vmlinux", describe_file(explore->vmlinux),
			 "program", describe_file("/proc/self/exe"),
			 "preload", describe_file(preload),
			 "initrd", describe_file(machine_initrd(machine)),
			 "qemu", describe_file(qemu),
			 "cmdline", environment_get("CMDLINE") ?: "");
}

static int append(const struct explore *explore, json_t *json, const char *mode)
{
	char path[PATH_MAX];
	int ret = 0;
	FILE *file;

	results_path(explore, path);
	file = fopen(path, mode);
	if (!file)
		return -errno;
	if (json_dumpf(json, file, JSON_COMPACT) || fputc('\n', file) == EOF)
		ret = -EIO;
	if (fclose(file))
		ret = -errno;

	return ret;
}

static void read_results(FILE *file, json_t *results)
{
	const char *id;
	char *line = NULL;
	size_t size = 0;
	json_t *result;

	while (getline(&line, &size, file) > 0) {
		/* the last line of an interrupted run may be incomplete */
		result = json_loads(line, 0, NULL);
		id = json_string_value(json_object_get(result, "id"));
		if (id)
			json_object_set(results, id, result);
		json_decref(result);
	}
	free(line);
}

/**
 * results_open() - read the results of earlier runs
 * @explore: the run
 * @results: receives an object that has the results by name of the interleaving
 *
 * Return: 0 or a negative errno.
 */
int results_open(const struct explore *explore, json_t **results)
{
	json_t *mine = describe(explore), *theirs = NULL;
	char path[PATH_MAX], *line = NULL;
	size_t size = 0;
	int ret = 0;
	FILE *file;

	*results = json_object();
	results_path(explore, path);
	file = fopen(path, "re");
	if (file && getline(&line, &size, file) > 0)
		theirs = json_loads(line, 0, NULL);
	if (theirs && json_equal(mine, theirs))
		read_results(file, *results);
	else
		ret = keep_old_results(explore) ?: append(explore, mine, "we");
	if (file)
		fclose(file);
	free(line);
	json_decref(mine);
	json_decref(theirs);

	return ret;
}

/**
 * results_of_plan() - select the results of the planned interleavings
 * @explore: the run
 * @results: all results, also of interleavings that only an earlier run has planned
 *
 * Return: an object that has the results by name of the interleaving.
 */
json_t *results_of_plan(const struct explore *explore, json_t *results)
{
	json_t *planned = json_object(), *result;
	char id[ID_SIZE];

	for (size_t i = 0; i < explore->n_plan; i++) {
		interleaving_format(&explore->plan[i], id);
		result = json_object_get(results, id);
		if (result)
			json_object_set(planned, id, result);
	}

	return planned;
}

/**
 * result_is_conclusive() - does a result show whether the driver is correct
 * @result: the result
 *
 * Return: true if the verdict is "clean" or "violation".
 */
bool result_is_conclusive(json_t *result)
{
	const char *verdict;

	verdict = json_string_value(json_object_get(result, "verdict"));

	return verdict && (!strcmp(verdict, "clean") ||
			   !strcmp(verdict, "violation"));
}

/**
 * result_is_final() - does a result make another run of the interleaving unnecessary
 * @result: the result, or NULL
 *
 * Return: true if there is a verdict other than "error".
 */
bool result_is_final(json_t *result)
{
	const char *verdict;

	verdict = json_string_value(json_object_get(result, "verdict"));

	return verdict && strcmp(verdict, "error");
}

/**
 * results_add() - add a result to the results and to their file
 * @explore: the run
 * @results: from results_open()
 * @result: the result, with the name of the interleaving as "id"
 *
 * Return: 0 or a negative errno.
 */
int results_add(const struct explore *explore, json_t *results, json_t *result)
{
	json_object_set(results,
			json_string_value(json_object_get(result, "id")),
			result);

	return append(explore, result, "ae");
}
