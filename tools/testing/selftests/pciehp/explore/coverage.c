// SPDX-License-Identifier: GPL-2.0-only
/*
 * The points that a scenario hits, and how often. They are taken from QEMU's log of
 * executed instructions: stopping the machine at each point would change its timing.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "coverage.h"
#include "points.h"
#include "scenario.h"
#include "scenario_state.h"

#include "guest/batch.h"
#include "guest/guest.h"
#include "guest/request.h"
#include "qemu/qmp.h"

static int hmp_command(struct guest *guest, const char *command)
{
	const char *text;
	json_t *answer;
	int ret;

	ret = qmp_command(&guest->vm.qmp, "human-monitor-command",
			  json_pack("{s:s}", "command-line", command), &answer);
	if (ret) {
		result_error(&guest->result, "%s", guest->vm.qmp.error);
		return ret;
	}
	text = json_string_value(answer);
	/* any output of these commands is an error message */
	if (text && *text)
		ret = -EOPNOTSUPP;
	json_decref(answer);

	return ret;
}

/* Each instruction becomes a translation block of its own, and so a line of the log. */
static int start_log(struct guest *guest)
{
	int ret;

	/* QEMU 8.1 renamed the command */
	ret = hmp_command(guest, "singlestep on");
	if (ret)
		ret = hmp_command(guest, "one-insn-per-tb on");
	ret = ret ?: hmp_command(guest, "log exec,nochain");
	if (ret)
		result_error(&guest->result,
			     "have QEMU log what it executes: it cannot");

	return ret;
}

/**
 * struct point_hits - hits of one point in a scenario
 * @hits: number of hits
 * @order: number of points that were first hit before this one
 * @cpus: a bit for each CPU that hit the point
 */
struct point_hits {
	int hits;
	int order;
	int cpus;
};

static void count_line(const char *line, const struct points *points,
		       struct point_hits *counts, int *order)
{
	struct point_hits *count;
	const struct point *point;
	unsigned long long pc;
	int step = 1, cpu = 0;

	if (sscanf(line, "Trace %d: %*x [%*x/%llx", &cpu, &pc) != 2) {
		/* the block was logged before, but not executed */
		if (sscanf(line, "Stopped execution of TB chain before %*x [%llx",
			   &pc) != 1)
			return;
		step = -1;
	}
	point = points_at(points, pc);
	if (!point)
		return;
	count = &counts[point - points->all];
	if (!count->hits)
		count->order = (*order)++;
	count->hits += step;
	if (step > 0)
		count->cpus |= 1 << cpu;
}

static json_t *read_log(int fd, const struct points *points)
{
	struct point_hits *counts = calloc(points->n, sizeof(*counts));
	json_t *hits = json_array();
	int order = 0;
	char line[512];
	FILE *file;

	lseek(fd, 0, SEEK_SET);
	file = fdopen(dup(fd), "r");
	while (counts && file && fgets(line, sizeof(line), file))
		count_line(line, points, counts, &order);
	if (file)
		fclose(file);

	for (size_t i = 0; counts && i < points->n; i++) {
		if (counts[i].hits <= 0)
			continue;
		json_array_append_new(hits,
				      json_pack("{s:I, s:i, s:i, s:i}",
						"point", (json_int_t)i,
						"hits", counts[i].hits,
						"order", counts[i].order,
						"cpus", counts[i].cpus));
	}
	free(counts);

	return hits;
}

static char *format_filter(const struct points *points)
{
	size_t size, len = 0, room = points->n_ranges * 48 + 1;
	char *text = malloc(room);

	for (size_t i = 0; text && i < points->n_ranges; i++) {
		size = room - len;
		len += snprintf(text + len, size, "%s%#llx+%#llx",
				i ? "," : "",
				(unsigned long long)points->ranges[i].addr,
				(unsigned long long)points->ranges[i].len);
	}

	return text;
}

/**
 * coverage_run() - save the start of a scenario, and run the scenario once
 * @scenario: the scenario
 * @points: injection points of the kernel
 * @states: directory in which to save the state
 *
 * Return: an object with "scenario", and with one of these: "hits", an array of objects
 * with "point" (index of the point) and the fields of struct point_hits; "skip", the
 * reason why the kernel or QEMU cannot run the scenario; or "error".
 */
json_t *coverage_run(const struct scenario *scenario,
		     const struct points *points, const char *states)
{
	char state[PATH_MAX], log[64];
	char *filter = format_filter(points);
	const char *const options[] = { "-D", log, "-dfilter", filter, NULL };
	json_t *coverage = json_pack("{s:s}", "scenario", scenario->name);
	struct batch batch = { .n = 0 };
	struct scenario_start start;
	struct guest guest;
	char why[256];
	int fd, ret;

	fd = memfd_create("log", MFD_CLOEXEC);
	snprintf(log, sizeof(log), "/proc/%d/fd/%d", getpid(), fd);
	snprintf(state, sizeof(state), "%s/%s", states, scenario->name);
	ret = scenario_save(scenario, points, state, why, sizeof(why));
	if (ret) {
		json_object_set_new(coverage,
				    ret == -EOPNOTSUPP ? "skip" : "error",
				    json_sprintf("start the scenario: %s", why));
		goto out;
	}

	ret = scenario_load(&guest, scenario, state, options, &start);
	if (!ret && scenario->trigger)
		ret = scenario->trigger(&guest, scenario);
	ret = ret ?: start_log(&guest) ?:
	      scenario_begin(&guest, scenario, start.request, &batch) ?:
	      guest_finish(&guest);
	if (ret)
		json_object_set_new(coverage, "error",
				    json_sprintf("run the scenario: %s",
						 result_first_problem(&guest.result) ?:
						 strerror(-ret)));
	json_decref(start.problems);
	batch_free(&batch);
	guest_cleanup(&guest);
	result_cleanup(&guest.result);
	if (!ret)
		json_object_set_new(coverage, "hits", read_log(fd, points));
out:
	close(fd);
	free(filter);

	return coverage;
}
