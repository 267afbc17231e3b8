// SPDX-License-Identifier: GPL-2.0-only
/*
 * report OUT STYLE
 *
 * Writes the result page to stdout: one HTML file without scripts, from the results in the
 * folder OUT, with the CSS in the file STYLE. Links to consoles and traces are relative to
 * OUT/report.
 */
#include <stdlib.h>

#include "report.h"

static bool put_style(FILE *page, const char *path)
{
	char text[4096];
	FILE *file;
	size_t n;

	file = fopen(path, "re");
	if (!file)
		return false;
	while ((n = fread(text, 1, sizeof(text), file)))
		fwrite(text, 1, n, page);
	fclose(file);

	return true;
}

static void put_navigation(FILE *page)
{
	fputs("<nav><a href=\"#overview\">Overview</a><a href=\"#timelines\">Time lines</a><a href=\"#verdicts\">Verdicts</a><a href=\"#explored\">Explorer</a><a href=\"#charts\">Time and cost</a><a href=\"#coverage\">Coverage</a><a href=\"#sources\">Sources</a></nav>\n",
	      page);
}

static int print_usage(void)
{
	fprintf(stderr, "usage: report OUT STYLE\n");

	return 2;
}

int main(int argc, char **argv)
{
	struct report report = { .page = stdout };

	if (argc != 3)
		return print_usage();
	report.out = argv[1];

	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<title>PCIe hotplug: results</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n",
	      report.page);
	if (!put_style(report.page, argv[2])) {
		perror(argv[2]);
		return 1;
	}
	fputs("</style></head><body>\n", report.page);
	put_navigation(report.page);
	results_read(&report);
	fputs("<main>\n", report.page);
	overview_put(&report);
	timelines_put(&report);
	verdicts_put(&report);
	explored_put(&report);
	charts_put(&report);
	coverage_put(&report);
	sources_put(&report);
	fputs("</main></body></html>\n", report.page);
	results_free(&report);
	if (fflush(report.page) || ferror(report.page)) {
		perror("report: cannot write the page");
		return 1;
	}

	return 0;
}
