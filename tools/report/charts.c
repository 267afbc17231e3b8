// SPDX-License-Identifier: GPL-2.0-only
/* Charts of latencies and of the cost of more slots, made by gnuplot, and the series' cost. */
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* Points in the chart of latencies, for each row. */
#define POINTS_MAX	2000

/**
 * struct chart - a chart being made
 * @name: its name in the page
 * @script: commands and data for gnuplot
 * @text: what @script has so far
 * @size: bytes of @text
 */
struct chart {
	const char *name;
	FILE *script;
	char *text;
	size_t size;
};

static bool chart_open(struct chart *chart, const char *name, int height)
{
	chart->name = name;
	chart->script = open_memstream(&chart->text, &chart->size);
	if (!chart->script)
		return false;
	fprintf(chart->script,
		"set terminal svg size 760,%d dynamic enhanced font 'sans-serif,13'\n"
		"set border 3\nset tics nomirror out\nset grid x lc rgb '#808080' dt 3\nset key off\n",
		height);

	return true;
}

/* Each drawing of gnuplot has the same ids, but a page may have each id only once. */
static void put_line(FILE *page, const char *line, const char *name)
{
	static const char *const before[] = { "id='", "id=\"", "href='#", "url(#" };

	while (*line) {
		for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
			size_t len = strlen(before[i]);

			if (strncmp(line, before[i], len))
				continue;
			fprintf(page, "%s%s-", before[i], name);
			line += len;
		}
		fputc(*line++, page);
	}
}

/* Only the drawing itself goes into the page, without the header of a file. */
static bool copy_svg(FILE *svg, FILE *page, const char *name)
{
	char *line = NULL, *at;
	bool inside = false;
	size_t size = 0;

	while (getline(&line, &size, svg) > 0) {
		at = line;
		if (!inside) {
			at = strstr(line, "<svg");
			inside = at;
		}
		if (inside)
			put_line(page, at, name);
	}
	free(line);

	return inside;
}

static bool chart_close(struct chart *chart, FILE *page)
{
	char path[] = "/tmp/report.XXXXXX", command[128];
	bool drawn = false;
	FILE *svg;
	int fd;

	fclose(chart->script);
	fd = mkstemp(path);
	if (fd >= 0) {
		FILE *file = fdopen(fd, "w");

		fputs(chart->text, file);
		fclose(file);
		snprintf(command, sizeof(command), "gnuplot %s", path);
		fputs("<div class=\"scroll chart\" tabindex=\"0\">", page);
		svg = popen(command, "re");
		drawn = svg && copy_svg(svg, page, chart->name);
		if (svg)
			pclose(svg);
		fputs("</div>\n", page);
		remove(path);
	}
	free(chart->text);

	return drawn;
}

static const char *const steps[] = { "hot-add", "hot-remove" };
static const char *const kernels[] = { "regressed", "stock", "fixed", "series" };

#define N_STEPS		2
#define N_KERNELS	4

static double step_ms(json_t *step)
{
	return (integer_of(step, "to_ns") - integer_of(step, "from_ns")) / NSEC_PER_MSEC;
}

static size_t put_points(struct report *report, FILE *script, const char *kernel,
			 const char *kind, double row)
{
	size_t i, j, n = 0;
	json_t *result, *step;

	for (size_t r = 0; r < report->n_runs; r++) {
		json_array_foreach(report->runs[r].cases, i, result) {
			if (strcmp(string_of(result, "kernel"), kernel))
				continue;
			json_array_foreach(json_object_get(result, "steps"), j, step) {
				if (strcmp(string_of(step, "step"), kind) ||
				    step_ms(step) <= 0 || n == POINTS_MAX)
					continue;
				/* points of equal times are put beside one another */
				fprintf(script, "%.3f %.3f\n", step_ms(step),
					row + (n % 9 - 4) * 0.06);
				n++;
			}
		}
	}

	return n;
}

static void put_latencies(struct report *report)
{
	static const char *const colours[] = { "#0072b2", "#d55e00" };
	struct chart chart;
	size_t n = 0;

	fputs("<figure><h3>How long a hot-add and a hot-remove take</h3>\n", report->page);
	if (!chart_open(&chart, "latency", 320))
		return;
	fputs("$points << EOD\n", chart.script);
	for (int s = 0; s < N_STEPS; s++) {
		for (int k = 0; k < N_KERNELS; k++)
			n += put_points(report, chart.script, kernels[k], steps[s],
					k * 2 + s + 1);
		fputs("\n\n", chart.script);
	}
	fputs("EOD\nset logscale x\nset xrange [5:20000]\nset yrange [0.3:8.7]\n"
	      "set xtics ('10 ms' 10, '30 ms' 30, '0.1 s' 100, '0.3 s' 300, '1 s' 1000, '3 s' 3000, '10 s' 10000)\nset ytics (",
	      chart.script);
	for (int k = 0; k < N_KERNELS; k++) {
		for (int s = 0; s < N_STEPS; s++)
			fprintf(chart.script, "%s'%s  %s' %d", k + s ? ", " : "",
				kernels[k], steps[s], k * 2 + s + 1);
	}
	fprintf(chart.script, ")\nset lmargin 22\nset xlabel 'guest time from the request to the uevent'\nplot ");
	for (int s = 0; s < N_STEPS; s++)
		fprintf(chart.script, "%s$points index %d with points pt 7 ps 0.45 lc rgb '%s'",
			s ? ", " : "", s, colours[s]);
	fputc('\n', chart.script);
	if (!n) {
		fclose(chart.script);
		free(chart.text);
		put_missing(report, "Latencies", "make reproduce");
	} else {
		if (!chart_close(&chart, report->page))
			put_missing(report, "The chart", "gnuplot is missing: make setup");
		fprintf(report->page, "<figcaption>%zu operations that the guest detected, of all runs; a lost event has no time. A port that reports link changes is quick to add; another waits 1 s. A hot-remove includes the 5 s that follow a press of the button. Polling looks once a second, at first after 10 s.</figcaption>\n",
			n);
	}
	fputs("</figure>\n", report->page);
}

static void put_scale(struct report *report)
{
	FILE *file = open_result(report, "scale/scale.tsv");
	double slots, host, per_slot, one, all, mib;
	struct chart chart;
	size_t n = 0;

	fputs("<figure><h3>What more slots cost</h3>\n", report->page);
	if (!file) {
		put_missing(report, "1 to 128 slots", "make scale");
	} else if (chart_open(&chart, "scale", 300)) {
		fputs("$points << EOD\n", chart.script);
		while (fscanf(file, "%lf %lf %lf %lf %lf %lf", &slots, &host,
			      &per_slot, &one, &all, &mib) == 6) {
			fprintf(chart.script, "%g %g %g %g\n", slots, host, one, all);
			n++;
		}
		fputs("EOD\nset logscale xy 2\nset logscale y 10\nset xlabel 'slots'\nset ylabel 'ms'\n"
		      "set key outside right top\nset grid y lc rgb '#808080' dt 3\n"
		      "plot $points using 1:3 with linespoints pt 7 ps 0.6 lw 2 lc rgb '#0072b2' title 'one hot-add, guest', "
		      "'' using 1:4 with linespoints pt 5 ps 0.6 lw 2 lc rgb '#d55e00' title 'all added, guest', "
		      "'' using 1:2 with linespoints pt 9 ps 0.7 lw 2 lc rgb '#009e73' title 'whole case, host'\n",
		      chart.script);
		if (!chart_close(&chart, report->page))
			put_missing(report, "The chart", "gnuplot is missing: make setup");
	}
	if (file)
		fclose(file);
	fputs("</figure>\n", report->page);
}

static double number_of(json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

/* A line for each machine: from its shortest time to its longest. In ms. */
static size_t put_spreads(FILE *script, json_t *groups, const char *what,
			  const char *kernel, double row)
{
	size_t i, n = 0;
	json_t *group;

	json_array_foreach(groups, i, group) {
		if (strcmp(string_of(group, "what"), what) ||
		    strcmp(string_of(group, "kernel"), kernel) ||
		    !integer_of(group, "n"))
			continue;
		fprintf(script, "%g %g %g %g\n",
			number_of(group, "median") / NSEC_PER_MSEC,
			row + (n % 9 - 4.0) * 0.08,
			number_of(group, "min") / NSEC_PER_MSEC,
			number_of(group, "max") / NSEC_PER_MSEC);
		n++;
	}

	return n;
}

static void put_host_times(struct report *report, json_t *bench)
{
	json_t *row;
	size_t i;

	fputs("<div class=\"scroll\" tabindex=\"0\"><table id=\"host-times\"><tr><th>a hot-add and a hot-remove, host time<th>rounds<th>median<th>shortest<th>longest<th>peer / this\n",
	      report->page);
	json_array_foreach(json_object_get(bench, "host"), i, row) {
		if (!integer_of(row, "n"))
			continue;
		fputs("<tr><th>", report->page);
		put_text(report->page, string_of(row, "what"));
		fprintf(report->page, "<td>%d<td>%.2f s<td>%.2f s<td>%.2f s<td>%.1f\n",
			(int)integer_of(row, "n"), number_of(row, "median") / 1000,
			number_of(row, "min") / 1000, number_of(row, "max") / 1000,
			number_of(json_object_get(row, "ratio"), "median"));
	}
	fputs("</table></div>\n", report->page);
}

static void put_bench_chart(struct report *report, json_t *bench)
{
	static const char *const whats[] = {
		"boot", "bound", "deleted", "command", "interrupt",
	};
	static const char *const names[] = {
		"boot, a slot", "add to bound", "remove to deleted",
		"command to completion", "interrupt to verdict",
	};
	json_t *all = json_object_get(bench, "kernels"), *kernel;
	size_t n_kernels = json_array_size(all), k, n = 0;
	struct chart chart;

	if (!chart_open(&chart, "bench", 480))
		return;
	fputs("$points << EOD\n", chart.script);
	json_array_foreach(all, k, kernel) {
		for (int w = 0; w < 5; w++)
			n += put_spreads(chart.script, json_object_get(bench, "groups"),
					 whats[w], json_string_value(kernel),
					 w * n_kernels + k + 1);
	}
	fputs("EOD\nset logscale x\nset xtics ('1 us' 0.001, '10 us' 0.01, '0.1 ms' 0.1, '1 ms' 1, '10 ms' 10, '0.1 s' 100, '1 s' 1000, '10 s' 10000)\nset ytics (",
	      chart.script);
	for (int w = 0; w < 5; w++) {
		json_array_foreach(all, k, kernel)
			fprintf(chart.script, "%s'%s  %s' %zu", w + k ? ", " : "",
				names[w], json_string_value(kernel), w * n_kernels + k + 1);
	}
	fprintf(chart.script, ")\nset yrange [0.3:%zu.7]\nset lmargin 36\nset xlabel 'guest time'\n"
		"plot $points using 1:2:3:4 with xerrorbars pt 7 ps 0.4 lw 1.2 lc rgb '#0072b2'\n",
		5 * n_kernels);
	if (!chart_close(&chart, report->page))
		put_missing(report, "The chart", "gnuplot is missing: make setup");
	fprintf(report->page, "<figcaption>%zu lines: each is a model of port with one kind of interrupt, one clock and one number of slots, from its shortest time to its longest, with a point at its median. The times of each are in bench.json.</figcaption>\n",
		n);
}

static void put_bench(struct report *report)
{
	json_t *bench = read_json(report, "bench/bench.json");

	fputs("<figure><h3>Latencies by kernel, port and interrupt</h3>\n", report->page);
	if (!bench) {
		put_missing(report, "The benchmark", "make bench");
	} else {
		put_bench_chart(report, bench);
		put_host_times(report, bench);
	}
	json_decref(bench);
	fputs("</figure>\n", report->page);
}

/**
 * cost_find() - find what the series costs
 * @report: the page
 * @row: how the row in the table of make cost begins
 * @value: receives its last column
 *
 * Return: true if it was measured.
 */
bool cost_find(const struct report *report, const char *row, char value[32])
{
	FILE *file = open_result(report, "cost/table");
	bool found = false;
	char line[256];

	while (file && !found && fgets(line, sizeof(line), file)) {
		found = !strncmp(line, row, strlen(row));
		line[strcspn(line, "\n")] = '\0';
	}
	if (file)
		fclose(file);
	if (!found || strlen(line) < 45)
		return false;
	/* the last of three numbers; "%" is a word of its own */
	snprintf(value, 32, "+");
	return sscanf(line + 44, "%*s %*s %30[^\n]", value + 1) == 1;
}

static void put_cost_table(struct report *report)
{
	FILE *file = open_result(report, "cost/table");
	char line[256];

	fputs("<figure><h3>What the patches cost</h3>\n", report->page);
	if (!file) {
		put_missing(report, "Instructions and bytes", "make cost");
	} else {
		fputs("<div class=\"scroll\" tabindex=\"0\"><pre>", report->page);
		while (fgets(line, sizeof(line), file))
			put_text(report->page, line);
		fputs("</pre></div>\n", report->page);
		fclose(file);
	}
	fputs("</figure>\n", report->page);
}

/**
 * charts_put() - write the charts
 * @report: the page
 */
void charts_put(struct report *report)
{
	fputs("<section id=\"charts\"><h2>Time and cost</h2>\n", report->page);
	put_cost_table(report);
	put_latencies(report);
	put_bench(report);
	put_scale(report);
	fputs("</section>\n", report->page);
}
