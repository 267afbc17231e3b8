// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/host_clock.h"
#include "util/result.h"

#define NSEC_PER_MSEC	1000000.0

/**
 * result_init() - initialise an empty result
 * @result: the result
 * @name: name of the case
 */
void result_init(struct result *result, const char *name)
{
	*result = (struct result){
		.steps = json_array(),
		.problems = json_array(),
		.timeouts = json_array(),
		.start_ms = host_now_ms(),
	};
	snprintf(result->name, sizeof(result->name), "%s", name);
	result->timeline_file = open_memstream(&result->timeline,
					       &result->timeline_size);
}

/**
 * result_cleanup() - free the memory of a result
 * @result: the result
 */
void result_cleanup(struct result *result)
{
	json_decref(result->steps);
	json_decref(result->problems);
	json_decref(result->timeouts);
	result->steps = NULL;
	result->problems = NULL;
	result->timeouts = NULL;
	if (result->timeline_file)
		fclose(result->timeline_file);
	result->timeline_file = NULL;
	free(result->timeline);
	result->timeline = NULL;
}

/**
 * result_step() - record an operation that the guest has detected
 * @result: the result
 * @step: the operation, for example "hot-add"
 * @from_ns: guest time of the operation
 * @to_ns: guest time at which the guest detected it
 */
void result_step(struct result *result, const char *step, int64_t from_ns,
		 int64_t to_ns)
{
	json_array_append_new(result->steps,
			      json_pack("{s:s, s:I, s:I}", "step", step,
					"from_ns", (json_int_t)from_ns,
					"to_ns", (json_int_t)to_ns));
}

/**
 * result_request() - record a request in the time line
 * @result: the result
 * @request: the request to the guest
 */
void result_request(struct result *result, const char *request)
{
	fprintf(result->timeline_file, "%s: ", request);
}

/**
 * result_answer() - record the answer to the last request in the time line
 * @result: the result
 * @error: 0 or a negative errno
 * @time_ns: guest time of the answer
 * @now_ns: guest time at which the machine has stopped
 */
void result_answer(struct result *result, int error, int64_t time_ns,
		   int64_t now_ns)
{
	fprintf(result->timeline_file, "%s at %lld ns, stopped at %lld ns\n",
		error ? strerror(-error) : "ok", (long long)time_ns,
		(long long)now_ns);
}

/**
 * result_skip() - record that the case cannot be run here
 * @result: the result
 * @fmt: the reason, as for printf()
 *
 * Return: the reason as text, valid as long as the result.
 */
const char *result_skip(struct result *result, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(result->skip, sizeof(result->skip), fmt, ap);
	va_end(ap);

	return result->skip;
}

static void add_problem(struct result *result, const char *fmt, va_list ap)
{
	char text[512];

	vsnprintf(text, sizeof(text), fmt, ap);
	json_array_append_new(result->problems, json_string(text));
	fprintf(stderr, "# %s: %s\n", result->name, text);
}

/**
 * result_lost() - record that the guest did not detect an event
 * @result: the result
 * @fmt: the event, as for printf()
 */
void result_lost(struct result *result, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_problem(result, fmt, ap);
	va_end(ap);
	result->lost = true;
}

/**
 * result_problem() - record another failure
 * @result: the result
 * @fmt: what is wrong, as for printf()
 */
void result_problem(struct result *result, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_problem(result, fmt, ap);
	va_end(ap);
}

/**
 * result_first_problem() - the first recorded problem
 * @result: the result
 *
 * Later problems may be consequences of it.
 *
 * Return: its text, valid as long as the result; or NULL if there is no problem.
 */
const char *result_first_problem(const struct result *result)
{
	return json_string_value(json_array_get(result->problems, 0));
}

/**
 * result_error() - record that the case could not be completed
 * @result: the result
 * @fmt: the reason, as for printf()
 */
void result_error(struct result *result, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_problem(result, fmt, ap);
	va_end(ap);
	result->error = true;
}

/**
 * result_merge() - add the problems of another result
 * @result: the result
 * @from: the other result, whose problems have been printed to stderr
 * @whose: prefix for their text, which names what the other result is about
 */
void result_merge(struct result *result, const struct result *from,
		  const char *whose)
{
	json_t *problem;
	char text[600];
	size_t i;

	json_array_foreach(from->problems, i, problem) {
		snprintf(text, sizeof(text), "%s: %s", whose,
			 json_string_value(problem));
		json_array_append_new(result->problems, json_string(text));
	}
	result->error |= from->error;
}

/**
 * result_ok() - has the case passed
 * @result: the result
 *
 * Return: true if the case was completed or skipped, and there is no problem.
 */
bool result_ok(const struct result *result)
{
	return (result->complete || result->skip[0]) && !json_array_size(result->problems);
}

/* The text in the runner's table: the worst finding first, then the others. */
static void format_verdict(const struct result *result, char *text, size_t size)
{
	size_t timeouts = json_array_size(result->timeouts);
	char *end = text + size;
	bool loses_events;

	if (result->error || (!result->complete && !result->skip[0])) {
		snprintf(text, size, "ERROR");
		return;
	}
	/* problems that were found before the skip still count */
	if (result->skip[0] && !json_array_size(result->problems)) {
		snprintf(text, size, "SKIP %s", result->skip);
		return;
	}

	*text = '\0';
	loses_events = result->lost || result->pending || result->asleep;
	if (result->lost)
		text += snprintf(text, end - text, "LOST");
	else if (result->asleep)
		text += snprintf(text, end - text, "ASLEEP");
	else if (result->pending)
		text += snprintf(text, end - text, "PENDING %#06x",
				 result->pending);
	if (timeouts)
		text += snprintf(text, end - text, "%sTIMEOUT x %zu",
				 loses_events ? ", " : "", timeouts);
	if (!loses_events && !timeouts)
		snprintf(text, end - text, "%s",
			 result_ok(result) ? "ok" : "FAIL");
}

/* The longest of all steps of the same kind as the last one, in milliseconds. */
static double latency_ms(const struct result *result)
{
	size_t n = json_array_size(result->steps), i;
	json_int_t longest = 0, from, to;
	const char *kind, *last;
	json_t *step;

	if (!n)
		return 0;
	step = json_array_get(result->steps, n - 1);
	last = json_string_value(json_object_get(step, "step"));

	json_array_foreach(result->steps, i, step) {
		if (json_unpack(step, "{s:s, s:I, s:I}", "step", &kind,
				"from_ns", &from, "to_ns", &to))
			continue;
		if (!strcmp(kind, last) && to - from > longest)
			longest = to - from;
	}

	return longest / NSEC_PER_MSEC;
}

/**
 * result_write() - write DIR/NAME.json
 * @result: the result
 * @dir: folder to write to
 * @peak_kib: peak resident memory of the machine in KiB
 *
 * Return: 0 or a negative errno.
 */
int result_write(const struct result *result, const char *dir, long peak_kib)
{
	char path[4096], verdict[320];
	json_t *json;
	int ret = 0;

	format_verdict(result, verdict, sizeof(verdict));
	json = json_pack("{s:s, s:s, s:b, s:f, s:O, s:O, s:O, s:I, s:I}",
			 "case", result->name,
			 "verdict", verdict,
			 "booted", result->booted,
			 "latency_ms", latency_ms(result),
			 "steps", result->steps,
			 "timeouts", result->timeouts,
			 "problems", result->problems,
			 "host_ms",
			 (json_int_t)(host_now_ms() - result->start_ms),
			 "peak_kib", (json_int_t)peak_kib);
	if (!json)
		return -ENOMEM;

	snprintf(path, sizeof(path), "%s/%s.json", dir, result->name);
	if (json_dump_file(json, path, JSON_INDENT(1)))
		ret = errno ? -errno : -EIO;
	json_decref(json);

	return ret;
}

static int write_file(const struct result *result, const char *dir,
		      const char *suffix, const char *begin, const char *end)
{
	char path[4096];
	int ret = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.%s", dir, result->name, suffix);
	file = fopen(path, "we");
	if (!file)
		return -errno;
	if (fputs(begin, file) < 0 || fputs(end, file) < 0)
		ret = -errno;
	if (fclose(file))
		ret = -errno;

	return ret;
}

/**
 * result_write_timeline() - write DIR/NAME.timeline: the requests to the guest and
 * its kernel log, with guest times
 * @result: the result
 * @dir: folder to write to
 * @log: the kernel log, or NULL
 *
 * In virtual time, two runs of a case write identical files.
 *
 * Return: 0 or a negative errno.
 */
int result_write_timeline(struct result *result, const char *dir,
			  const char *log)
{
	fflush(result->timeline_file);

	return write_file(result, dir, "timeline", result->timeline, log ?: "");
}

/**
 * result_write_trace() - write DIR/NAME.trace
 * @result: the result
 * @dir: folder to write to
 * @trace: the driver's trace events, or NULL if there are none
 *
 * Return: 0 or a negative errno.
 */
int result_write_trace(const struct result *result, const char *dir,
		       const char *trace)
{
	return trace ? write_file(result, dir, "trace", trace, "") : 0;
}
