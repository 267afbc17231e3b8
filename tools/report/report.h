/* SPDX-License-Identifier: GPL-2.0-only */
/* The result page: its parts, and what they share. */
#ifndef REPORT_H
#define REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define NSEC_PER_MSEC	1000000.0
#define RUNS_MAX	32
#define KERNELS_MAX	24

/**
 * struct results - the results of one run of pciehp_run
 * @name: folder in out/, for example "matrix/arm64"
 * @cases: array of the results
 * @run: run.json, or NULL if the run did not write one
 * @kernels: names of the kernels, in the order of the run
 * @n_kernels: number of @kernels
 */
struct results {
	char name[256];
	json_t *cases;
	json_t *run;
	const char *kernels[KERNELS_MAX];
	size_t n_kernels;
};

/**
 * struct report - the page
 * @out: folder with the results
 * @page: the page
 * @runs: all runs
 * @n_runs: number of @runs
 */
struct report {
	const char *out;
	FILE *page;
	struct results runs[RUNS_MAX];
	size_t n_runs;
};

/* text.c */
void put_text(FILE *page, const char *text);
void put_missing(struct report *report, const char *what, const char *command);
const char *string_of(json_t *object, const char *key);
json_int_t integer_of(json_t *object, const char *key);
json_t *read_json(const struct report *report, const char *name);
FILE *open_result(const struct report *report, const char *name);
bool has_result(const struct report *report, const char *name);
const char *percent(size_t part, size_t whole, char text[16]);

/* results.c */
void results_read(struct report *report);
void results_free(struct report *report);
const struct results *results_find(const struct report *report, const char *name);
json_t *results_case(const struct results *results, const char *kernel,
		     const char *test_case);
size_t results_passed(const struct results *results, const char *kernel,
		      size_t *all, size_t *skipped);

/* The parts of the page, in this order. */
void overview_put(struct report *report);
void verdicts_put(struct report *report);
void timelines_put(struct report *report);
void charts_put(struct report *report);
void explored_put(struct report *report);
void coverage_put(struct report *report);
void sources_put(struct report *report);

bool timeline_put(struct report *report, const struct results *results,
		  const char *test_case, const char *const *kernels);
bool cost_find(const struct report *report, const char *row, char value[32]);
size_t explored_count(const struct report *report, size_t *points, size_t *violations);

#endif /* REPORT_H */
