// SPDX-License-Identifier: GPL-2.0-only
/* What was measured, on what, when, with which command. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "report.h"

/* The version that a kernel prints in the console of its first case. */
static void find_version(const struct report *report, const struct results *results,
			 const char *kernel, char version[64])
{
	char name[PATH_MAX], *line = NULL;
	size_t i, size = 0;
	json_t *result;
	FILE *file;

	*version = '\0';
	json_array_foreach(results->cases, i, result) {
		if (strcmp(string_of(result, "kernel"), kernel))
			continue;
		snprintf(name, sizeof(name), "%s/console-%s.%s.log", results->name,
			 kernel, string_of(result, "case"));
		file = open_result(report, name);
		while (file && !*version && getline(&line, &size, file) > 0) {
			const char *at = strstr(line, "Linux version ");

			if (at)
				sscanf(at, "Linux version %63s", version);
		}
		if (file)
			fclose(file);
		if (*version)
			break;
	}
	free(line);
}

static void put_kernels(struct report *report, const struct results *results)
{
	char version[64];

	for (size_t k = 0; k < results->n_kernels; k++) {
		find_version(report, results, results->kernels[k], version);
		fprintf(report->page, "%s%s %s", k ? ", " : "",
			results->kernels[k], version);
	}
}

static void put_run(struct report *report, const struct results *results)
{
	json_t *run = results->run;
	json_t *kernel = json_array_get(json_object_get(run, "kernels"), 0);

	fprintf(report->page, "<tr><th scope=\"row\"><code>%s</code></th><td>", results->name);
	if (run) {
		put_text(report->page, string_of(run, "start"));
		fputs("</td><td><code>", report->page);
		put_text(report->page, string_of(run, "command"));
		fputs("</code></td><td><code>", report->page);
		put_text(report->page, string_of(run, "commit"));
		fputs("</code></td><td>", report->page);
		put_kernels(report, results);
		fputs("</td><td>", report->page);
		put_text(report->page, string_of(kernel, "qemu"));
		fputs("; machine ", report->page);
		put_text(report->page, string_of(kernel, "machine"));
		fputs("</td><td>", report->page);
		fprintf(report->page, "%lld × ", integer_of(run, "host_cpus"));
		put_text(report->page, string_of(run, "host_cpu"));
		fputs(", Linux ", report->page);
		put_text(report->page, string_of(run, "host_kernel"));
	} else {
		fputs("not recorded</td><td></td><td></td><td>", report->page);
		put_kernels(report, results);
		fputs("</td><td></td><td>", report->page);
	}
	fputs("</td></tr>\n", report->page);
}

/* Results that are no run of pciehp_run. Their time is that of their file. */
static void put_file(struct report *report, const char *name, const char *command)
{
	char path[PATH_MAX], when[32];
	struct stat st;
	struct tm tm;

	snprintf(path, sizeof(path), "%s/%s", report->out, name);
	if (stat(path, &st))
		return;
	gmtime_r(&st.st_mtim.tv_sec, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	fprintf(report->page, "<tr><th scope=\"row\"><code>%s</code></th><td>%s</td><td><code>%s</code></td><td></td><td></td><td></td><td></td></tr>\n",
		name, when, command);
}

/**
 * sources_put() - write where the results come from
 * @report: the page
 */
void sources_put(struct report *report)
{
	fputs("<section id=\"sources\"><h2>What was measured, on what, when</h2>\n"
	      "<div class=\"scroll\" tabindex=\"0\"><table class=\"sources\"><thead><tr><th>results in out/</th><th>when</th><th>command</th><th>commit</th><th>kernels</th><th>QEMU</th><th>host</th></tr></thead><tbody>\n",
	      report->page);
	for (size_t i = 0; i < report->n_runs; i++)
		put_run(report, &report->runs[i]);
	put_file(report, "explore", "make explore");
	put_file(report, "cost/table", "make cost");
	put_file(report, "scale/scale.tsv", "make scale");
	put_file(report, "bench/bench.json", "make bench");
	put_file(report, "coverage/coverage.json", "make coverage");
	put_file(report, "mutants/mutants.json", "make mutants");
	fputs("</tbody></table></div>\n"
	      "<p>Each run also has its results as TAP (<code>results.tap</code>), JUnit XML (<code>results.xml</code>), JSON (<code>results.json</code>) and as a report for KernelCI’s database (<code>kcidb.json</code>).</p></section>\n",
	      report->page);
}
