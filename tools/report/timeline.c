// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws what happened in a case: a row of lanes for each kernel, on one axis of guest time.
 * What happens within a few microseconds and what happens seconds later must both be seen,
 * so the axis has a column for each burst of steps, with its time as the title. In a
 * column, steps are in order, and not to scale.
 */
#include <stdlib.h>
#include <string.h>

#include "steps.h"

#define ROWS_MAX	4
#define COLUMNS_MAX	28

/* Steps that are farther apart are in different bursts. */
#define BURST_NS	(2 * (int64_t)NSEC_PER_MSEC)

/*
 * Kernels boot at different speeds, so all that was before the case shares a burst. Later,
 * what takes one kernel a little longer than another is no burst of its own.
 */
static int64_t gap_of(int64_t ns)
{
	if (ns < 0)
		return INT64_MAX;

	return ns / 100 > BURST_NS ? ns / 100 : BURST_NS;
}

/* Measures in pixels of the drawing. */
#define GUTTER		96
#define COLUMN		54
#define GAP		16
#define LANE		30
#define TITLE		26
#define AXIS		24
#define RIGHT		8
#define WIDTH_MIN	430
#define LANES		5
#define ROW		(TITLE + LANES * LANE + 14)

enum lane {
	LANE_REQUEST,
	LANE_COMMAND,
	LANE_INTERRUPT,
	LANE_STATUS,
	LANE_KERNEL,
};

static const char *const lane_names[LANES] = {
	"bench", "Slot Control", "interrupt", "acknowledged", "kernel",
};

/**
 * struct row - a kernel
 * @kernel: its name
 * @result: its result
 * @steps: what happened
 * @begin: when the case began, in terms of @steps
 */
struct row {
	const char *kernel;
	json_t *result;
	struct steps steps;
	int64_t begin;
};

/**
 * struct burst - a burst of steps, of all rows
 * @ns: time of the first step after the beginning of the case
 * @end_ns: time of the last step
 * @columns: number of steps in the row that has most
 * @x: where it begins
 */
struct burst {
	int64_t ns;
	int64_t end_ns;
	int columns;
	int x;
};

struct drawing {
	struct row rows[ROWS_MAX];
	int n_rows;
	struct burst bursts[COLUMNS_MAX];
	int n_bursts;
	int columns;
	int width;
	bool cut;
};

static int64_t since_begin(const struct row *row, size_t step)
{
	return row->steps.all[step].ns - row->begin;
}

static int compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int count_in(const struct row *row, const struct burst *burst)
{
	int n = 0;

	for (size_t i = 0; i < row->steps.n; i++) {
		int64_t ns = since_begin(row, i);

		n += ns >= burst->ns && ns <= burst->end_ns;
	}

	return n;
}

static void lay_out(struct drawing *drawing)
{
	int64_t *times = calloc(ROWS_MAX * STEPS_MAX, sizeof(*times));
	struct burst *burst = NULL;
	size_t n = 0;

	for (int r = 0; times && r < drawing->n_rows; r++) {
		for (size_t i = 0; i < drawing->rows[r].steps.n; i++)
			times[n++] = since_begin(&drawing->rows[r], i);
	}
	if (times)
		qsort(times, n, sizeof(*times), compare);
	for (size_t i = 0; i < n; i++) {
		bool is_boot = times[i] < 0;
		bool was_boot = burst && burst->ns < 0;

		if (burst && is_boot == was_boot &&
		    times[i] - burst->end_ns < gap_of(times[i])) {
			burst->end_ns = times[i];
			continue;
		}
		if (drawing->n_bursts == COLUMNS_MAX) {
			drawing->cut = true;
			break;
		}
		burst = &drawing->bursts[drawing->n_bursts++];
		*burst = (struct burst){ .ns = times[i], .end_ns = times[i] };
	}
	free(times);

	drawing->width = GUTTER;
	for (int b = 0; b < drawing->n_bursts; b++) {
		burst = &drawing->bursts[b];
		for (int r = 0; r < drawing->n_rows; r++) {
			int columns = count_in(&drawing->rows[r], burst);

			if (columns > burst->columns)
				burst->columns = columns;
		}
		if (drawing->columns + burst->columns > COLUMNS_MAX && b) {
			drawing->cut = true;
			drawing->n_bursts = b;
			break;
		}
		drawing->columns += burst->columns;
		burst->x = drawing->width;
		drawing->width += burst->columns * COLUMN + GAP;
	}
	drawing->width += RIGHT;
	if (drawing->width < WIDTH_MIN)
		drawing->width = WIDTH_MIN;
}

static void put_time(FILE *page, int64_t ns)
{
	double ms = ns / NSEC_PER_MSEC;

	if (!ns)
		fputs("0", page);
	else if (ms < 1)
		fprintf(page, "+%.0f µs", ms * 1000);
	else if (ms < 1000)
		fprintf(page, "+%.0f ms", ms);
	else
		fprintf(page, "+%.2f s", ms / 1000);
}

static void put_axis(FILE *page, const struct drawing *drawing)
{
	for (int b = 0; b < drawing->n_bursts; b++) {
		const struct burst *burst = &drawing->bursts[b];

		fputs("<path class=\"g\" d=\"", page);
		for (int r = 0; r < drawing->n_rows; r++)
			fprintf(page, "M%d %dv%d", burst->x - 6,
				AXIS + r * ROW + TITLE, ROW - TITLE - 16);
		fprintf(page, "\"/><text class=\"t\" x=\"%d\" y=\"15\">", burst->x - 6);
		if (burst->ns < 0)
			fputs("boot", page);
		else
			put_time(page, burst->ns);
		fputs("</text>\n", page);
	}
}

static void put_label(FILE *page, const char *class, int x, int y, const char *text)
{
	fprintf(page, "<text class=\"%s\" x=\"%d\" y=\"%d\">", class, x, y);
	put_text(page, text);
	fputs("</text>", page);
}

/* A label of two words has two lines. */
static void put_words(FILE *page, const char *class, int x, int y, const char *text)
{
	const char *space = strchr(text, ' ');
	char first[32];

	if (!space) {
		put_label(page, class, x, y, text);
		return;
	}
	snprintf(first, sizeof(first), "%.*s", (int)(space - text), text);
	put_label(page, class, x, y, first);
	put_label(page, class, x, y + 10, space + 1);
}

static void put_step(FILE *page, const struct step *step, int x, int top)
{
	const int lane = top + LANE * LANE_REQUEST;
	char text[32];

	if (*step->request || *step->reset) {
		fprintf(page, "<path class=\"q\" d=\"M%d %dl6 0l-3 6z\"/>", x, lane + 2);
		put_words(page, "l", x + 9, lane + 9, *step->request ? step->request : step->reset);
	}
	if (step->command) {
		fprintf(page, "<rect class=\"c\" x=\"%d\" y=\"%d\" width=\"6\" height=\"8\"/>",
			x, top + LANE * LANE_COMMAND + 2);
		snprintf(text, sizeof(text), "%04x", step->value);
		put_label(page, "m", x + 9, top + LANE * LANE_COMMAND + 9, text);
		put_label(page, "l", x, top + LANE * LANE_COMMAND + 21, step->meaning);
	}
	if (step->interrupt && step->acknowledged)
		fprintf(page, "<circle class=\"i\" cx=\"%d\" cy=\"%d\" r=\"4\"/>", x + 4,
			top + LANE * LANE_INTERRUPT + 7);
	if (step->interrupt && !step->acknowledged) {
		fprintf(page, "<path class=\"x\" d=\"M%d %dl8 8m0 -8l-8 8\"/>", x,
			top + LANE * LANE_INTERRUPT + 3);
		put_label(page, "b", x + 11, top + LANE * LANE_INTERRUPT + 11, "ignored");
	}
	if (step->acknowledged) {
		steps_format_events(step->events, text);
		put_words(page, "l", x, top + LANE * LANE_STATUS + 9, text);
	}
	if (*step->kernel)
		put_words(page, step->is_bad ? "b" : "k", x,
			  top + LANE * LANE_KERNEL + 9, step->kernel);
	fputc('\n', page);
}

static const struct {
	const char *kernel;
	const char *title;
} titles[] = {
	{ "regressed", "regressed: the driver as it was reported" },
	{ "stock", "stock: today’s kernel" },
	{ "series", "series: with the patches" },
	{ "fixed", "fixed: with the fix that was proposed" },
};

static const char *title_of(const char *kernel)
{
	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++) {
		if (!strcmp(titles[i].kernel, kernel))
			return titles[i].title;
	}

	return kernel;
}

/* With polling, a port sends no interrupts. */
static bool has_interrupts(const struct row *row)
{
	for (size_t i = 0; i < row->steps.n; i++) {
		if (row->steps.all[i].interrupt)
			return true;
	}

	return false;
}

/* A card and a button are events, of which the port must tell the driver at once. */
static bool lacks_interrupt(const struct row *row, const struct step *step)
{
	return *step->request && !strstr(step->request, "error") &&
	       !step->interrupt && has_interrupts(row);
}

static void put_row(FILE *page, const struct drawing *drawing, int r)
{
	const struct row *row = &drawing->rows[r];
	const char *verdict = string_of(row->result, "verdict");
	const int y = AXIS + r * ROW, top = y + TITLE;
	bool ok = !strcmp(verdict, "ok");
	char title[256];

	fprintf(page, "<rect class=\"p\" x=\"0\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>",
		y, drawing->width, ROW - 10);
	put_label(page, "n", 10, y + 17, title_of(row->kernel));
	snprintf(title, sizeof(title), "%s%s", ok ? "✓ " : "✗ ", verdict);
	put_label(page, ok ? "v" : "w", drawing->width - 10, y + 17, title);
	for (int l = 0; l < LANES; l++)
		put_label(page, "h", 10, top + l * LANE + 9, lane_names[l]);
	for (int b = 0; b < drawing->n_bursts; b++) {
		const struct burst *burst = &drawing->bursts[b];
		int x = burst->x;

		for (size_t i = 0; i < row->steps.n; i++) {
			int64_t ns = since_begin(row, i);

			if (ns < burst->ns || ns > burst->end_ns)
				continue;
			put_step(page, &row->steps.all[i], x, top);
			if (lacks_interrupt(row, &row->steps.all[i]))
				put_label(page, "b", x, top + LANE * LANE_INTERRUPT + 11,
					  "none");
			x += COLUMN;
		}
	}
}

/* What a reader without the drawing needs to know. */
static void put_description(FILE *page, const struct drawing *drawing,
			    const char *test_case)
{
	fputs("<title>", page);
	put_text(page, test_case);
	for (int r = 0; r < drawing->n_rows; r++) {
		fprintf(page, "%s %s: ", r ? ";" : ":", drawing->rows[r].kernel);
		put_text(page, string_of(drawing->rows[r].result, "verdict"));
	}
	fputs("</title>", page);
}

static void put_problems(FILE *page, const struct drawing *drawing)
{
	for (int r = 0; r < drawing->n_rows; r++) {
		json_t *problems = json_object_get(drawing->rows[r].result, "problems");

		if (!json_array_size(problems))
			continue;
		fprintf(page, "<p class=\"why\"><b>%s</b>: ", drawing->rows[r].kernel);
		put_text(page, json_string_value(json_array_get(problems, 0)));
		fputs("</p>\n", page);
	}
	if (drawing->cut)
		fputs("<p class=\"why\">Only the first steps are drawn.</p>\n", page);
}

/**
 * timeline_put() - draw a case
 * @report: the page
 * @results: the run
 * @test_case: name of the case
 * @kernels: names of kernels, in the order of their rows, NULL after the last
 *
 * Return: true if something was drawn; false if nothing was recorded.
 */
bool timeline_put(struct report *report, const struct results *results,
		  const char *test_case, const char *const *kernels)
{
	struct drawing *drawing = calloc(1, sizeof(*drawing));
	bool drawn = false;
	int height;

	if (!drawing)
		return false;
	for (; *kernels && drawing->n_rows < ROWS_MAX; kernels++) {
		struct row *row = &drawing->rows[drawing->n_rows];

		row->kernel = *kernels;
		row->result = results_case(results, *kernels, test_case);
		if (!row->result || !steps_read(report, results->name, *kernels,
						test_case, &row->steps))
			continue;
		row->begin = steps_begin(&row->steps);
		drawing->n_rows++;
	}
	if (drawing->n_rows) {
		lay_out(drawing);
		height = AXIS + drawing->n_rows * ROW;
		fprintf(report->page, "<div class=\"scroll\" tabindex=\"0\"><svg class=\"timeline\" role=\"img\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">",
			drawing->width, height, drawing->width, height);
		put_description(report->page, drawing, test_case);
		for (int r = 0; r < drawing->n_rows; r++)
			put_row(report->page, drawing, r);
		put_axis(report->page, drawing);
		fputs("</svg></div>\n", report->page);
		put_problems(report->page, drawing);
		drawn = true;
	}
	free(drawing);

	return drawn;
}
