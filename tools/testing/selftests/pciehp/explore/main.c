// SPDX-License-Identifier: GPL-2.0-only
/* Stop the hotplug driver at each of its points, and run an operation there. */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explore.h"
#include "interleaving.h"
#include "operations.h"
#include "plan.h"
#include "points.h"
#include "report.h"
#include "results.h"
#include "run.h"
#include "scenario.h"
#include "scenario_state.h"
#include "scenarios.h"
#include "signature.h"
#include "sweep.h"

#include "qemu/forkserver.h"
#include "qemu/machine_needs.h"
#include "qemu/state.h"
#include "util/environment.h"
#include "util/interruption.h"

#define EXIT_VIOLATION	1
/* something could not be explored, or there was nothing to explore */
#define EXIT_BROKEN	2
/* KSFT_SKIP */
#define EXIT_SKIP	4
#define EXIT_INTERRUPTED	(128 + 2)

static const char usage[] =
"usage: pciehp_explore [OPTION]... [REPLAY]...\n"
"\n"
"Explore the kernel KERNEL, or replay the interleavings with these names.\n"
"\n"
"  -v VMLINUX   the kernel with debug information (vmlinux beside KERNEL)\n"
"  -o DIR       directory of results; interleavings with a result are not run again (.)\n"
"  -j N         run N interleavings at once (three for two CPUs)\n"
"  -t SECONDS   start no interleaving after that time\n"
"  -l N         plan at most N interleavings\n"
"  -S K/N       run only part K of N of the interleavings (1/1)\n"
"  -s PATTERN   scenarios to run (a quick cut)\n"
"  -x PATTERN   operations to run (a quick cut)\n"
"  -f PATTERN   functions to stop in (*)\n"
"  -g PATTERN   groups of functions: pciehp, portdrv, scan, reset (pciehp)\n"
"  -i           stop at every instruction, not only at entries and calls\n"
"  -a           run all scenarios and operations\n"
"  -u           run an event in further scenarios only until a verdict is conclusive\n"
"  -2           run two operations at two points, or one that stops at a point itself\n"
"  -n N         stop at the first N hits of a point (1)\n"
"  -e FILE      expected violations\n"
"  -1           end with the first violation that is not expected\n"
"  -c N         replay N times (1)\n"
"  -A COMMAND   command to print that replays an interleaving, without the name\n"
"  -p           list the points\n";

static int load_points(struct explore *explore)
{
	static char beside[PATH_MAX];
	char kernel[PATH_MAX], why[256];
	int ret;

	if (!explore->vmlinux) {
		snprintf(kernel, sizeof(kernel), "%s", explore->kernel);
		snprintf(beside, sizeof(beside), "%s/vmlinux", dirname(kernel));
		explore->vmlinux = beside;
	}
	ret = points_load(&explore->points, explore->vmlinux, why, sizeof(why));
	if (ret)
		fprintf(stderr,
			"cannot find the points of %s: %s; -v names a vmlinux with CONFIG_DEBUG_INFO\n",
			explore->vmlinux, why);

	return ret;
}

static void list_points(const struct explore *explore)
{
	static const char *const kinds[] = {
		[POINT_ENTRY] = "entry", [POINT_CALL] = "call",
		[POINT_RETURNED] = "returned", [POINT_OTHER] = "other",
	};

	for (size_t i = 0; i < explore->points.n; i++) {
		const struct point *point = &explore->points.all[i];

		if (plan_has_point(explore, point))
			printf("%s+%#x %s %s %s:%d %s\n", point->function,
			       point->offset, sources[point->group].group,
			       kinds[point->kind], point->file ?: "?",
			       point->line, point->text);
	}
}

static void print_result(json_t *result)
{
	json_t *problem;
	size_t i;

	printf("%s: %s, %lld ms\n",
	       json_string_value(json_object_get(result, "id")),
	       json_string_value(json_object_get(result, "verdict")),
	       json_integer_value(json_object_get(result, "host_ms")));
	json_array_foreach(json_object_get(result, "problems"), i, problem)
		printf("  %s\n", json_string_value(problem));
}

static int save_state(const struct explore *explore,
		      const struct scenario *scenario)
{
	char state[PATH_MAX], why[256];
	int ret;

	if (snprintf(state, sizeof(state), "%s/%s", explore->states,
		     scenario->name) >= (int)sizeof(state))
		return -ENAMETOOLONG;
	if (!access(state, R_OK))
		return 0;
	ret = scenario_save(scenario, &explore->points, state, why, sizeof(why));
	if (ret)
		fprintf(stderr, "cannot start the scenario %s: %s\n",
			scenario->name, why);

	return ret;
}

/* Runs one interleaving COUNT times. The first run prints its details. */
static int replay(struct explore *explore, const char *id, int count)
{
	struct interleaving interleaving;
	char why[256], signature[1024], first[1024] = "";
	int same = 0, violations = 0, clean = 0, ret;
	const char *verdict;
	json_t *result;

	ret = interleaving_parse(&interleaving, id, &explore->points, why,
				 sizeof(why));
	if (ret) {
		fprintf(stderr, "cannot run '%s': %s\n", id, why);
		return ret;
	}
	ret = save_state(explore, interleaving.scenario);
	if (ret)
		return ret;
	for (int i = 0; i < count && !interruption_noted(); i++) {
		result = interleaving_run(&interleaving, &explore->points,
					  explore->states, i ? NULL : stdout);
		verdict = json_string_value(json_object_get(result, "verdict"));
		violations += verdict && !strcmp(verdict, "violation");
		clean += verdict && !strcmp(verdict, "clean");
		signature_format(verdict ?: "",
				 json_object_get(result, "problems"), signature,
				 sizeof(signature));
		if (!i)
			snprintf(first, sizeof(first), "%s", signature);
		same += !strcmp(signature, first);
		if (!i)
			print_result(result);
		json_decref(result);
	}
	printf("the same %d of %d times\n", same, count);
	if (interruption_noted())
		return EXIT_INTERRUPTED;
	if (violations)
		return EXIT_VIOLATION;

	return clean == count ? 0 : EXIT_BROKEN;
}

static int explore_all(struct explore *explore)
{
	json_t *results = NULL;
	int ret;

	ret = sweep_coverage(explore) ?: plan_make(explore) ?:
	      results_open(explore, &results) ?: sweep_run(explore, results);
	if (ret && ret != -EINTR) {
		fprintf(stderr, "cannot explore %s: %s\n", explore->kernel,
			strerror(-ret));
		return EXIT_BROKEN;
	}
	if (results && explore->coverage)
		ret = report_print(explore, results);
	json_decref(results);
	if (interruption_noted())
		return EXIT_INTERRUPTED;
	if (ret > 0)
		return EXIT_VIOLATION;

	return ret < 0 ? EXIT_BROKEN : 0;
}

static int make_states(struct explore *explore)
{
	snprintf(explore->states, sizeof(explore->states), "%s/states.XXXXXX",
		 explore->dir);

	return mkdtemp(explore->states) ? 0 : -errno;
}

/* Parses the number of an option, which is 1 or more. */
static int parse_number(char option, const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || *end || n < 1 || n > INT_MAX) {
		fprintf(stderr, "-%c %s: the number must be 1 or more\n", option,
			text);
		exit(EXIT_BROKEN);
	}

	return n;
}

static void parse_part(struct explore *explore, const char *text)
{
	char end;

	if (sscanf(text, "%zu/%zu%c", &explore->part, &explore->parts, &end) == 2 &&
	    explore->part && explore->part <= explore->parts)
		return;
	fprintf(stderr, "-S %s: the part must be K/N, for part K of N\n", text);
	exit(EXIT_BROKEN);
}

static void parse_options(struct explore *explore, int argc, char **argv,
			  int *count, bool *list)
{
	int option;

	while ((option = getopt(argc, argv,
				"v:o:j:t:l:S:s:x:f:g:iau2n:e:1c:A:p")) != -1) {
		switch (option) {
		case 'v':
			explore->vmlinux = optarg;
			break;
		case 'o':
			explore->dir = optarg;
			break;
		case 'j':
			explore->jobs = parse_number(option, optarg);
			break;
		case 't':
			explore->seconds = parse_number(option, optarg);
			break;
		case 'l':
			explore->limit = parse_number(option, optarg);
			break;
		case 'S':
			parse_part(explore, optarg);
			break;
		case 's':
			explore->scenarios = optarg;
			break;
		case 'x':
			explore->operations = optarg;
			break;
		case 'f':
			explore->functions = optarg;
			break;
		case 'g':
			explore->groups = optarg;
			break;
		case 'i':
			explore->every_instruction = true;
			break;
		case 'a':
			explore->full = true;
			break;
		case 'u':
			explore->once = true;
			break;
		case '2':
			explore->pairs = true;
			break;
		case 'n':
			explore->hits = parse_number(option, optarg);
			break;
		case 'e':
			explore->expect = optarg;
			break;
		case '1':
			explore->until_found = true;
			break;
		case 'c':
			*count = parse_number(option, optarg);
			break;
		case 'A':
			explore->replay_command = optarg;
			break;
		case 'p':
			*list = true;
			break;
		default:
			fprintf(stderr, "%s", usage);
			exit(EXIT_BROKEN);
		}
	}
}

int main(int argc, char **argv)
{
	struct explore explore = {
		.dir = ".", .functions = "*", .groups = "pciehp", .hits = 1,
		.part = 1, .parts = 1,
		.jobs = environment_parallel(),
		.replay_command = "pciehp_explore ",
	};
	bool list = false;
	int count = 1, ret, last;

	parse_options(&explore, argc, argv, &count, &list);
	if (machine_missing()) {
		fprintf(stderr, "%s\n", machine_missing());
		return EXIT_SKIP;
	}
	explore.kernel = environment_get("KERNEL");
	if (load_points(&explore))
		return EXIT_BROKEN;
	if (list) {
		list_points(&explore);
		return 0;
	}
	interruption_catch();
	forkserver_use();
	ret = make_states(&explore);
	if (ret) {
		fprintf(stderr, "cannot make a folder in %s: %s\n", explore.dir,
			strerror(-ret));
		return EXIT_BROKEN;
	}

	if (optind == argc)
		ret = explore_all(&explore);
	for (int i = optind; i < argc; i++) {
		last = replay(&explore, argv[i], count);
		ret = last < 0 ? EXIT_BROKEN : ret > last ? ret : last;
	}
	state_remove_all(explore.states);
	points_free(&explore.points);

	return ret;
}
