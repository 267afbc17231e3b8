// SPDX-License-Identifier: GPL-2.0-only
/* The verdicts: a table for each run, with a row for each case and a column for each kernel. */
#include <string.h>

#include "report.h"

/* A longer table is folded, and has only the rows that are not ok everywhere. */
#define ROWS_MAX	60

static const char *class_of(const char *verdict)
{
	if (!strcmp(verdict, "ok"))
		return "ok";
	if (!strncmp(verdict, "SKIP", strlen("SKIP")))
		return "skip";

	return "bad";
}

static void put_cell(struct report *report, const struct results *results,
		     const char *kernel, const char *test_case)
{
	json_t *result = results_case(results, kernel, test_case);
	const char *verdict;
	char file[768];
	double ms;

	if (!result) {
		fputs("<td class=\"none\">-</td>", report->page);
		return;
	}
	verdict = string_of(result, "verdict");
	ms = json_real_value(json_object_get(result, "latency_ms"));
	fprintf(report->page, "<td class=\"%s\">", class_of(verdict));
	snprintf(file, sizeof(file), "%s/console-%s.%s.log", results->name,
		 kernel, test_case);
	if (has_result(report, file))
		fprintf(report->page, "<a href=\"../%s\">", file);
	put_text(report->page, verdict);
	if (has_result(report, file))
		fputs("</a>", report->page);
	if (!strcmp(verdict, "ok") && ms > 0)
		fprintf(report->page, " <small>%.1f ms</small>", ms);
	if (!json_is_true(json_object_get(result, "as_expected")))
		fputs(" <strong>unexpected</strong>", report->page);
	snprintf(file, sizeof(file), "%s/%s.%s.trace", results->name, kernel,
		 test_case);
	if (has_result(report, file))
		fprintf(report->page, " <a class=\"f\" href=\"../%s\">trace</a>", file);
	snprintf(file, sizeof(file), "%s/%s.%s.bus", results->name, kernel,
		 test_case);
	if (has_result(report, file))
		fprintf(report->page, " <a class=\"f\" href=\"../%s\">bus</a>", file);
	fputs("</td>", report->page);
}

static bool row_is_boring(const struct results *results, const char *test_case)
{
	for (size_t k = 0; k < results->n_kernels; k++) {
		json_t *result = results_case(results, results->kernels[k], test_case);

		if (result && strcmp(string_of(result, "verdict"), "ok"))
			return false;
	}

	return true;
}

static void put_row(struct report *report, const struct results *results,
		    json_t *result)
{
	const char *test_case = string_of(result, "case");
	const char *program = string_of(result, "program");

	fputs("<tr><th scope=\"row\">", report->page);
	if (*program)
		fprintf(report->page, "<details><summary><code>%s</code></summary>again: <code>KERNEL=IMAGE out/selftest/%s -r %s</code></details></th>",
			test_case, program, test_case);
	else
		fprintf(report->page, "<code>%s</code></th>", test_case);
	for (size_t k = 0; k < results->n_kernels; k++)
		put_cell(report, results, results->kernels[k], test_case);
	fputs("</tr>\n", report->page);
}

static bool is_first(const struct results *results, size_t i)
{
	const char *name = string_of(json_array_get(results->cases, i), "case");

	for (size_t j = 0; j < i; j++) {
		if (!strcmp(string_of(json_array_get(results->cases, j), "case"), name))
			return false;
	}

	return true;
}

static void put_summary(struct report *report, const struct results *results)
{
	size_t all, skipped;

	for (size_t k = 0; k < results->n_kernels; k++) {
		size_t passed = results_passed(results, results->kernels[k],
					       &all, &skipped);

		fprintf(report->page, "%s<b>%s</b> %zu of %zu", k ? ", " : "",
			results->kernels[k], passed, all);
		if (skipped)
			fprintf(report->page, " (%zu skipped)", skipped);
	}
}

static void put_table(struct report *report, const struct results *results)
{
	size_t i, rows = 0, boring = 0;
	json_t *result;

	json_array_foreach(results->cases, i, result)
		rows += is_first(results, i);
	fputs("<div class=\"scroll\" tabindex=\"0\"><table class=\"verdicts\"><thead><tr><th scope=\"col\">case</th>",
	      report->page);
	for (size_t k = 0; k < results->n_kernels; k++)
		fprintf(report->page, "<th scope=\"col\">%s</th>", results->kernels[k]);
	fputs("</tr></thead><tbody>\n", report->page);
	json_array_foreach(results->cases, i, result) {
		const char *test_case = string_of(result, "case");

		if (!is_first(results, i))
			continue;
		if (rows > ROWS_MAX && row_is_boring(results, test_case))
			boring++;
		else
			put_row(report, results, result);
	}
	fputs("</tbody></table></div>\n", report->page);
	if (boring)
		fprintf(report->page, "<p>%zu more cases are ok on every kernel.</p>\n",
			boring);
}

static void put_again(struct report *report, const struct results *results)
{
	const char *command = string_of(results->run, "command");

	if (!*command)
		return;
	fputs("<p>All of it again: <code>", report->page);
	put_text(report->page, command);
	fputs("</code>. One case: open it in the table. The images: ",
	      report->page);
	for (size_t k = 0; k < results->n_kernels; k++) {
		json_t *kernel = json_array_get(json_object_get(results->run, "kernels"), k);

		fprintf(report->page, "%s%s <code>", k ? ", " : "", string_of(kernel, "kernel"));
		put_text(report->page, string_of(kernel, "image"));
		fputs("</code>", report->page);
	}
	fputs(".</p>\n", report->page);
}

/**
 * verdicts_put() - write the verdicts of all runs
 * @report: the page
 */
void verdicts_put(struct report *report)
{
	fputs("<section id=\"verdicts\"><h2>Verdicts</h2>\n"
	      "<p>A row is a case, a column is a kernel. <b>stock</b> is today’s kernel, <b>series</b> the same with the patches, <b>regressed</b> has the order of writes that was reported in 2018, <b>fixed</b> the same with the fix proposed then. A verdict leads to the console of its guest, <i>trace</i> to the driver’s trace events, <i>bus</i> to what QEMU saw at the slot.</p>\n"
	      "<ul class=\"legend\"><li><b>ok</b> with the guest time from the request to the uevent</li><li><b>LOST</b>: the guest did not detect an event</li><li><b>ASLEEP</b>: the port is suspended and nothing can wake it</li><li><b>PENDING</b>: an event is in Slot Status, and its interrupt is lost</li><li><b>TIMEOUT</b>: the driver gave up on a command</li></ul>\n",
	      report->page);
	if (!results_find(report, "reproduce"))
		put_missing(report, "Kernels compared", "make reproduce");
	for (size_t i = 0; i < report->n_runs; i++) {
		const struct results *results = &report->runs[i];

		fprintf(report->page, "<details%s><summary><code>%s</code>: ",
			i ? "" : " open", results->name);
		put_summary(report, results);
		fputs("</summary>\n", report->page);
		put_table(report, results);
		put_again(report, results);
		fputs("</details>\n", report->page);
	}
	if (!results_find(report, "matrix/arm64"))
		put_missing(report, "All cases on all machines", "make matrix");
	fputs("</section>\n", report->page);
}
