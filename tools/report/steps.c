// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads NAME.bus, QEMU's log of the bus, and the kernel messages in NAME.timeline. The
 * bench writes both for every kernel, also for one whose driver has no trace events.
 */
#include <limits.h>
#include <linux/pci_regs.h>
#include <stdlib.h>
#include <string.h>

#include "steps.h"

#define NSEC_PER_USEC	1000

/* Uevents within this time are drawn as one. */
#define TOGETHER_NS	(2 * (int64_t)NSEC_PER_MSEC)

/* What the kernel clears before it enables interrupts is no event. */
#define EVENTS		(PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_PFD | PCI_EXP_SLTSTA_PDC | \
			 PCI_EXP_SLTSTA_CC | PCI_EXP_SLTSTA_DLLSC)

static struct step *add_step(struct steps *steps, int64_t ns)
{
	struct step *step;

	if (steps->n == STEPS_MAX)
		return NULL;
	step = &steps->all[steps->n++];
	*step = (struct step){ .ns = ns };

	return step;
}

static struct step *last_step(struct steps *steps)
{
	return steps->n ? &steps->all[steps->n - 1] : NULL;
}

static const char *indicator(unsigned int value, unsigned int mask,
			     unsigned int on, unsigned int blink)
{
	value &= mask;

	return value == on ? "on" : value == blink ? "blinks" : "off";
}

/* The most important of what a command changes, as a command may change several bits. */
static void explain_command(struct step *step, unsigned int old, bool is_first)
{
	unsigned int changed = is_first ? PCI_EXP_SLTCTL_HPIE : step->value ^ old;

	if (changed & PCI_EXP_SLTCTL_HPIE)
		snprintf(step->meaning, sizeof(step->meaning), "irq %s",
			 step->value & PCI_EXP_SLTCTL_HPIE ? "on" : "off");
	else if (changed & PCI_EXP_SLTCTL_PCC)
		snprintf(step->meaning, sizeof(step->meaning), "power %s",
			 step->value & PCI_EXP_SLTCTL_PCC ? "off" : "on");
	else if (changed & PCI_EXP_SLTCTL_PIC)
		snprintf(step->meaning, sizeof(step->meaning), "LED %s",
			 indicator(step->value, PCI_EXP_SLTCTL_PIC,
				   PCI_EXP_SLTCTL_PWR_IND_ON,
				   PCI_EXP_SLTCTL_PWR_IND_BLINK));
	else if (changed & PCI_EXP_SLTCTL_AIC)
		snprintf(step->meaning, sizeof(step->meaning), "attn %s",
			 indicator(step->value, PCI_EXP_SLTCTL_AIC,
				   PCI_EXP_SLTCTL_ATTN_IND_ON,
				   PCI_EXP_SLTCTL_ATTN_IND_BLINK));
	else
		snprintf(step->meaning, sizeof(step->meaning), "same");
}

static void add_command(struct steps *steps, int64_t ns, unsigned int value)
{
	const struct step *before = NULL;
	struct step *step;

	for (size_t i = 0; i < steps->n; i++) {
		if (steps->all[i].command)
			before = &steps->all[i];
	}
	step = add_step(steps, ns);
	if (!step)
		return;
	step->command = true;
	step->value = value;
	explain_command(step, before ? before->value : 0, !before);
}

/* An interrupt belongs to the command or the request at the same time, if there is one. */
static void add_interrupt(struct steps *steps, int64_t ns)
{
	struct step *step = last_step(steps);

	if (!step || step->ns != ns || step->interrupt)
		step = add_step(steps, ns);
	if (step)
		step->interrupt = true;
}

/* The driver acknowledges the events of the last interrupt, or of what it has polled. */
static void add_acknowledgement(struct steps *steps, int64_t ns, unsigned int value)
{
	struct step *step = last_step(steps);

	if (!steps->n || !(value & EVENTS))
		return;
	if (!step->interrupt && !step->command)
		step = add_step(steps, ns);
	if (!step)
		return;
	step->acknowledged = true;
	step->events |= value & EVENTS;
}

static void add_request(struct steps *steps, int64_t ns, const char *text)
{
	struct step *step = add_step(steps, ns);

	if (step)
		snprintf(step->request, sizeof(step->request), "%s",
			 strstr(text, "device_add") ? "card plugged" :
			 strstr(text, "device_del") ? "button pressed" :
			 "error injected");
}

static void add_bus_line(struct steps *steps, const char *line)
{
	char bdf[32], text[64];
	unsigned int value;
	struct step *step;
	long long ns;

	if (sscanf(line, "%lld %31s %63[^\n]", &ns, bdf, text) != 3)
		return;
	if (sscanf(text, "write Slot Control %x", &value) == 1) {
		add_command(steps, ns, value);
	} else if (sscanf(text, "write Slot Status %x", &value) == 1) {
		add_acknowledgement(steps, ns, value);
	} else if (!strncmp(text, "interrupt", strlen("interrupt"))) {
		add_interrupt(steps, ns);
	} else if (!strncmp(text, "request", strlen("request"))) {
		add_request(steps, ns, text);
	} else if (!strncmp(text, "bus reset", strlen("bus reset"))) {
		step = add_step(steps, ns);
		if (step)
			snprintf(step->reset, sizeof(step->reset), "reset %s",
				 strstr(text, "begins") ? "begins" : "ends");
	}
}

/*
 * The clock of kernel messages and the machine's clock have a constant offset. The agent
 * prints the machine's clock in a message.
 */
static bool find_offset(const char *line, int64_t *offset)
{
	const char *ready = strstr(line, "pciehp_agent: ready");
	long long us, machine;

	if (!ready || sscanf(line, "%*d,%*d,%lld", &us) != 1 ||
	    sscanf(ready, "pciehp_agent: ready, %*d modules loaded, %*d ns since boot, %lld ns",
		   &machine) != 1 || !machine)
		return false;
	*offset = machine - us * NSEC_PER_USEC;

	return true;
}

static void add_uevent(struct steps *steps, int64_t ns, const char *action)
{
	struct step *step = last_step(steps);
	size_t len;

	if (step && *step->kernel && !step->is_bad && ns - step->ns < TOGETHER_NS) {
		len = strlen(step->kernel);
		snprintf(step->kernel + len, sizeof(step->kernel) - len, " %s", action);
		return;
	}
	step = add_step(steps, ns);
	if (step)
		snprintf(step->kernel, sizeof(step->kernel), "%s", action);
}

static void add_message(struct steps *steps, const char *line, int64_t offset)
{
	char action[16], bdf[32];
	struct step *step;
	const char *text;
	long long us;

	if (sscanf(line, "%*d,%*d,%lld", &us) != 1)
		return;
	text = strstr(line, "pciehp_agent: ");
	if (text && sscanf(text, "pciehp_agent: %15s %31s", action, bdf) == 2 &&
	    strchr(bdf, ':') && strcmp(action, "change")) {
		add_uevent(steps, us * NSEC_PER_USEC + offset, action);
	} else if (strstr(line, "Timeout on hotplug command")) {
		step = add_step(steps, us * NSEC_PER_USEC + offset);
		if (step) {
			snprintf(step->kernel, sizeof(step->kernel), "timeout");
			step->is_bad = true;
		}
	}
}

static int compare(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	return x->ns < y->ns ? -1 : x->ns > y->ns;
}

static FILE *open_file(const struct report *report, const char *run,
		       const char *kernel, const char *test_case, const char *suffix)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "%s/%s.%s.%s", run, kernel, test_case, suffix);

	return open_result(report, name);
}

/**
 * steps_read() - read what happened in a case on a kernel
 * @report: the page
 * @run: name of the run
 * @kernel: name of the kernel
 * @test_case: name of the case
 * @steps: receives the steps
 *
 * Return: true if they were recorded.
 */
bool steps_read(const struct report *report, const char *run, const char *kernel,
		const char *test_case, struct steps *steps)
{
	FILE *bus, *messages;
	char *line = NULL;
	size_t size = 0;
	int64_t offset = 0;
	bool found = false;

	steps->n = 0;
	bus = open_file(report, run, kernel, test_case, "bus");
	if (!bus)
		return false;
	while (getline(&line, &size, bus) > 0)
		add_bus_line(steps, line);
	fclose(bus);

	messages = open_file(report, run, kernel, test_case, "timeline");
	while (messages && getline(&line, &size, messages) > 0)
		found = found || find_offset(line, &offset);
	if (messages)
		rewind(messages);
	while (found && getline(&line, &size, messages) > 0)
		add_message(steps, line, offset);
	if (messages)
		fclose(messages);
	free(line);
	qsort(steps->all, steps->n, sizeof(*steps->all), compare);

	return steps->n;
}

/**
 * steps_begin() - when the case began to act on the machine
 * @steps: the steps
 *
 * Return: guest time in ns of the first request, reset, or else step.
 */
int64_t steps_begin(const struct steps *steps)
{
	for (size_t i = 0; i < steps->n; i++) {
		if (*steps->all[i].request || *steps->all[i].reset)
			return steps->all[i].ns;
	}

	return steps->n ? steps->all[0].ns : 0;
}

/**
 * steps_format_events() - format bits of Slot Status
 * @events: the bits
 * @text: receives their short names
 */
void steps_format_events(unsigned int events, char text[32])
{
	static const struct {
		unsigned int bit;
		const char *name;
	} names[] = {
		{ PCI_EXP_SLTSTA_CC, "CC" },
		{ PCI_EXP_SLTSTA_ABP, "ABP" },
		{ PCI_EXP_SLTSTA_PDC, "PDC" },
		{ PCI_EXP_SLTSTA_DLLSC, "DLLSC" },
		{ PCI_EXP_SLTSTA_PFD, "PFD" },
	};

	*text = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!(events & names[i].bit))
			continue;
		if (*text)
			strcat(text, " ");
		strcat(text, names[i].name);
	}
}
