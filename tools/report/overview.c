// SPDX-License-Identifier: GPL-2.0-only
/* The first screen: what was wrong, that it is fixed, how well it is tested, what it costs. */
#include <string.h>

#include "report.h"

/* The run and the case that the picture shows. */
#define RUN	"reproduce"
#define CASE	"hotplug.virtio_net_pci.hot_add"

static void put_tile(struct report *report, const char *class, const char *title,
		     const char *figure, const char *text, const char *link)
{
	fprintf(report->page, "<li class=\"%s\"><a href=\"#%s\"><h2>%s</h2><b>%s</b><p>%s</p></a></li>\n",
		class, link, title, figure, text);
}

/* How many cases @kernel passes. */
static void put_passed(struct report *report, const struct results *results,
		       const char *kernel, const char *title, const char *text)
{
	char figure[64];
	size_t all, passed;

	passed = results_passed(results, kernel, &all, NULL);
	if (!all)
		return;
	snprintf(figure, sizeof(figure), "%zu of %zu", passed, all);
	put_tile(report, passed == all ? "good" : "bad", title, figure, text, "verdicts");
}

/* Cases that were run with the series, of all runs. */
static size_t count_cases(struct report *report)
{
	json_t *names = json_object(), *result;
	size_t i, n;

	for (size_t r = 0; r < report->n_runs; r++) {
		json_array_foreach(report->runs[r].cases, i, result)
			json_object_set_new(names, string_of(result, "case"), json_true());
	}
	n = json_object_size(names);
	json_decref(names);

	return n;
}

static void put_tested(struct report *report)
{
	size_t verdicts = 0, points, violations, swept;
	char figure[64], text[512];

	for (size_t r = 0; r < report->n_runs; r++)
		verdicts += json_array_size(report->runs[r].cases);
	swept = explored_count(report, &points, &violations);
	snprintf(figure, sizeof(figure), "%zu cases", count_cases(report));
	if (points)
		snprintf(text, sizeof(text),
			 "in %zu runs of virtual machines. The explorer has stopped the driver at %zu of its %zu points: %zu lose an event.",
			 verdicts, swept, points, violations);
	else
		snprintf(text, sizeof(text), "in %zu runs of virtual machines.", verdicts);
	put_tile(report, "plain", "Tested by", figure, text,
		 points ? "explored" : "verdicts");
}

static void put_cost(struct report *report)
{
	char instructions[32], bytes[32], text[256];

	if (!cost_find(report, "instructions, vector", instructions) ||
	    !cost_find(report, "bytes of text, pciehp", bytes)) {
		put_tile(report, "plain", "It costs", "?",
			 "not measured yet: <code>make cost</code>", "charts");
		return;
	}
	snprintf(text, sizeof(text),
		 "more instructions for an interrupt, and %s bytes more code in pciehp.",
		 bytes);
	put_tile(report, "plain", "It costs", instructions, text, "charts");
}

static void put_picture(struct report *report, const struct results *results)
{
	static const char *const kernels[] = { "regressed", "series", NULL };
	json_t *series = results_case(results, "series", CASE);
	double ms = json_real_value(json_object_get(series, "latency_ms"));

	fputs("<figure id=\"picture\">\n", report->page);
	if (!timeline_put(report, results, CASE, kernels))
		put_missing(report, "The picture of the bug", "make reproduce");
	fputs("<figcaption><b>A card is plugged into a running machine.</b> Above, the driver as it was reported broken: the port signals that the very first command is complete, the driver ignores that interrupt, the port therefore sends no other, and the card is never seen. Below, with the patches: each interrupt is acknowledged",
	      report->page);
	if (ms > 0)
		fprintf(report->page, ", and the card is in use after %.1f s", ms / 1000);
	fputs(". Time is the guest’s, in columns: see <a href=\"#legend\">how to read it</a>.</figcaption></figure>\n",
	      report->page);
}

/**
 * overview_put() - write the first screen
 * @report: the page
 */
void overview_put(struct report *report)
{
	const struct results *results = results_find(report, RUN);

	fputs("<header id=\"overview\"><h1>PCIe hotplug that loses no event</h1>\n"
	      "<p class=\"lead\">A computer can get a new card while it runs. Linux’s driver for that, <b>pciehp</b>, can miss the interrupt that announces the card, and then the slot is dead until reboot. Here are patches for it, and the tests that boot real kernels in virtual machines and show both.</p>\n",
	      report->page);
	if (!results) {
		put_missing(report, "Kernels compared", "make reproduce");
	} else {
		fputs("<ul class=\"tiles\">\n", report->page);
		put_passed(report, results, "stock", "Today’s kernel",
			   "cases pass. A card is not seen after the port was suspended (7.3 on arm64), reset, or recovered from an error.");
		put_passed(report, results, "series", "With the patches",
			   "of the same cases pass.");
		put_tested(report);
		put_cost(report);
		fputs("</ul>\n", report->page);
		put_picture(report, results);
	}
	fputs("</header>\n", report->page);
}
