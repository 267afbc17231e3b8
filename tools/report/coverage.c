// SPDX-License-Identifier: GPL-2.0-only
/* Coverage of the driver's code by tests, and the mutants that the tests notice. */
#include <string.h>

#include "report.h"

static void put_ratio(FILE *page, json_int_t hit, json_int_t all)
{
	char text[16];

	fprintf(page, "<td class=\"number\">%lld of %lld</td><td><meter min=\"0\" max=\"%lld\" value=\"%lld\">%s</meter></td>",
		hit, all, all ?: 1, hit, percent(hit, all, text));
}

static void put_functions(struct report *report, json_t *functions)
{
	json_int_t lines = 0, hit = 0, branches = 0, taken = 0;
	json_t *function, *by;
	char text[2][16];
	size_t i;

	json_array_foreach(functions, i, function) {
		lines += integer_of(function, "lines");
		hit += integer_of(function, "lines_hit");
		branches += integer_of(function, "branches");
		taken += integer_of(function, "branches_hit");
	}
	fprintf(report->page, "<p><b>%s</b> of %lld lines and <b>%s</b> of %lld branches are run.</p>\n",
		percent(hit, lines, text[0]), lines,
		percent(taken, branches, text[1]), branches);
	fputs("<details><summary>Each function</summary><div class=\"scroll\" tabindex=\"0\"><table><thead><tr><th>function</th><th>lines</th><th></th><th>branches</th><th></th><th>KUnit</th><th>kselftest</th><th>explorer</th></tr></thead><tbody>\n",
	      report->page);
	json_array_foreach(functions, i, function) {
		by = json_object_get(function, "by");
		fputs("<tr><th scope=\"row\"><code>", report->page);
		put_text(report->page, string_of(function, "function"));
		fputs("</code></th>", report->page);
		put_ratio(report->page, integer_of(function, "lines_hit"),
			  integer_of(function, "lines"));
		put_ratio(report->page, integer_of(function, "branches_hit"),
			  integer_of(function, "branches"));
		fprintf(report->page, "<td class=\"number\">%lld</td><td class=\"number\">%lld</td><td class=\"number\">%lld</td></tr>\n",
			integer_of(by, "kunit"), integer_of(by, "kselftest"),
			integer_of(by, "explore"));
	}
	fputs("</tbody></table></div></details>\n", report->page);
}

static size_t count_state(json_t *mutants, const char *state)
{
	json_t *mutant;
	size_t i, n = 0;

	json_array_foreach(mutants, i, mutant)
		n += !strcmp(string_of(mutant, "state"), state);

	return n;
}

static void put_mutants(struct report *report, json_t *mutants)
{
	size_t killed = count_state(mutants, "killed");
	size_t survived = count_state(mutants, "survived");
	json_t *mutant;
	char text[16];
	size_t i;

	fprintf(report->page, "<p>Of %zu small changes to the driver, %zu do not compile and %zu change nothing. The tests notice %zu of the other %zu: <b>%s</b>.</p>\n",
		json_array_size(mutants), count_state(mutants, "not_compiled"),
		count_state(mutants, "equivalent"), killed, killed + survived,
		percent(killed, killed + survived, text));
	if (!survived)
		return;
	fputs("<details><summary>Changes that no test notices</summary><ul>\n", report->page);
	json_array_foreach(mutants, i, mutant) {
		if (strcmp(string_of(mutant, "state"), "survived"))
			continue;
		fprintf(report->page, "<li><code>%s:%lld</code> ", string_of(mutant, "file"),
			integer_of(mutant, "line"));
		put_text(report->page, string_of(mutant, "rule"));
		fputs("</li>\n", report->page);
	}
	fputs("</ul></details>\n", report->page);
}

/**
 * coverage_put() - write coverage and mutation score
 * @report: the page
 */
void coverage_put(struct report *report)
{
	json_t *coverage = read_json(report, "coverage/coverage.json");
	json_t *mutants = read_json(report, "mutants/mutants.json");
	json_t *functions = json_object_get(coverage, "functions");

	fputs("<section id=\"coverage\"><h2>What the tests cover</h2>\n", report->page);
	if (json_array_size(functions))
		put_functions(report, functions);
	else
		put_missing(report, "Lines and branches that the tests run", "make coverage");
	if (json_array_size(mutants))
		put_mutants(report, mutants);
	else
		put_missing(report, "Small changes to the driver that the tests notice", "make mutants");
	fputs("</section>\n", report->page);
	json_decref(coverage);
	json_decref(mutants);
}
