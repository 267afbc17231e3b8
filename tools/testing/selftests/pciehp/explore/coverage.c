// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which points a scenario reaches, and how often: by QEMU's log of what it
 * executes, as a machine that stopped at each would not run as it does.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "points.h"
#include "coverage.h"
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
	/* this monitor answers only to complain */
	if (text && *text)
		ret = -EOPNOTSUPP;
	json_decref(answer);

	return ret;
}

/* A line for each instruction, as each is a translation block of its own. */
static int begin_log(struct guest *guest)
{
	int ret;

	/* the name before QEMU 8.1, and the one since */
	ret = hmp_command(guest, "singlestep on");
	if (ret)
		ret = hmp_command(guest, "one-insn-per-tb on");
	ret = ret ?: hmp_command(guest, "log exec,nochain");
	if (ret)
		result_error(&guest->result,
			     "have QEMU log what it executes: it cannot");

	return ret;
}

struct reached {
	int hits;
	int order;
	int cpus;
};

static void count_line(const char *line, const struct points *points,
		       struct reached *reached, int *order)
{
	const struct point *point;
	unsigned long long pc;
	int step = 1, cpu = 0;

	if (sscanf(line, "Trace %d: %*x [%*x/%llx", &cpu, &pc) != 2) {
		/* it was logged, but not executed yet */
		if (sscanf(line, "Stopped execution of TB chain before %*x [%llx",
			   &pc) != 1)
			return;
		step = -1;
	}
	point = points_at(points, pc);
	if (!point)
		return;
	if (!reached[point - points->all].hits)
		reached[point - points->all].order = (*order)++;
	reached[point - points->all].hits += step;
	if (step > 0)
		reached[point - points->all].cpus |= 1 << cpu;
}

static json_t *read_log(int fd, const struct points *points)
{
	struct reached *reached = calloc(points->n, sizeof(*reached));
	json_t *hits = json_array();
	int order = 0;
	char line[512];
	FILE *file;

	lseek(fd, 0, SEEK_SET);
	file = fdopen(dup(fd), "r");
	while (reached && file && fgets(line, sizeof(line), file))
		count_line(line, points, reached, &order);
	if (file)
		fclose(file);

	for (size_t i = 0; reached && i < points->n; i++) {
		if (reached[i].hits > 0)
			json_array_append_new(hits,
					      json_pack("{s:I, s:i, s:i, s:i}",
							"point", (json_int_t)i,
							"hits", reached[i].hits,
							"order",
							reached[i].order,
							"cpus",
							reached[i].cpus));
	}
	free(reached);

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
 * coverage_run() - boot and save a scenario, and go through it once
 * @scenario: the scenario
 * @points: of the kernel
 * @states: where to leave the state
 *
 * Return: an object: "scenario"; "hits", an array of "point" (its index), "hits",
 * "order" (of first hits) and "cpus" (a bit for each that came by); or why there is none:
 * "skip" when the kernel or QEMU cannot do it, else "error".
 */
json_t *coverage_run(const struct scenario *scenario, const struct points *points,
		  const char *states)
{
	char state[PATH_MAX], log[64];
	char *filter = format_filter(points);
	const char *const options[] = { "-D", log, "-dfilter", filter, NULL };
	json_t *reach = json_pack("{s:s}", "scenario", scenario->name);
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
		json_object_set_new(reach, ret == -EOPNOTSUPP ? "skip" : "error",
				    json_sprintf("begin the scenario: %s", why));
		goto out;
	}

	ret = scenario_load(&guest, scenario, state, options,
			    &start);
	if (!ret && scenario->trigger)
		ret = scenario->trigger(&guest, scenario);
	ret = ret ?: begin_log(&guest) ?:
	      scenario_begin(&guest, scenario, start.request,
			     &batch) ?:
	      guest_finish(&guest);
	if (ret)
		json_object_set_new(reach, "error",
				    json_sprintf("go through the scenario: %s",
						 result_first_problem(&guest.result) ?:
						 strerror(-ret)));
	json_decref(start.problems);
	batch_free(&batch);
	guest_cleanup(&guest);
	result_cleanup(&guest.result);
	if (!ret)
		json_object_set_new(reach, "hits", read_log(fd, points));
out:
	close(fd);
	free(filter);

	return reach;
}
