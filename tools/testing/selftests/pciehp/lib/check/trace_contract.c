// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks the contract between pciehp_isr() and the functions that write Slot Control, as
 * far as the driver's trace events show it. The handler ignores an interrupt if the
 * intended value of Slot Control has Hot-Plug Interrupt Enable cleared. Therefore
 *
 * - the intended value must be stored before the hardware can act on the command, and
 * - after a command that enables the interrupt, and until a command that disables it, no
 *   interrupt may be ignored.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <linux/pci_regs.h>

#include "check/trace_contract.h"
#include "qemu/pci_tree.h"
#include "qemu/topology.h"

struct event {
	char name[32];
	char port[BDF_SIZE];
	const char *args;
};

/* For each port, whether its last command has enabled the interrupt. */
struct ports {
	struct {
		char bdf[BDF_SIZE];
		bool enabled;
	} port[SLOTS_MAX];
	int n;
};

/* "TASK-PID [CPU] FLAGS TIME: pciehp_NAME: PORT NAME=VALUE ..." */
static bool parse(const char *line, struct event *event)
{
	const char *name = strstr(line, ": pciehp_");
	int end = 0;

	if (!name || sscanf(name + strlen(": pciehp_"), "%31[^:]: %15s%n",
			    event->name, event->port, &end) != 2)
		return false;
	event->args = name + strlen(": pciehp_") + end;

	return true;
}

static bool read_value(const struct event *event, const char *name,
		       unsigned int *value)
{
	char pattern[32];
	const char *at;

	snprintf(pattern, sizeof(pattern), " %s=", name);
	at = strstr(event->args, pattern);

	return at && sscanf(at + strlen(pattern), "%x", value) == 1;
}

static bool *interrupt_of(struct ports *ports, const char *bdf)
{
	int i;

	for (i = 0; i < ports->n; i++) {
		if (!strcmp(ports->port[i].bdf, bdf))
			return &ports->port[i].enabled;
	}
	if (i < SLOTS_MAX)
		ports->n++;
	else
		i = 0;
	snprintf(ports->port[i].bdf, sizeof(ports->port[i].bdf), "%s", bdf);
	ports->port[i].enabled = false;

	return &ports->port[i].enabled;
}

static const char *check_command(struct ports *ports, const struct event *event)
{
	unsigned int new, intended;

	if (!read_value(event, "new", &new) ||
	    !read_value(event, "intended", &intended))
		return "an event without its values";

	*interrupt_of(ports, event->port) = new & PCI_EXP_SLTCTL_HPIE;
	if (new & PCI_EXP_SLTCTL_HPIE && !(intended & PCI_EXP_SLTCTL_HPIE))
		return "a command enables the interrupt before it is intended";

	return NULL;
}

static const char *check_interrupt(struct ports *ports,
				   const struct event *event)
{
	unsigned int intended;

	if (!read_value(event, "intended", &intended))
		return "an event without its values";
	if (!strstr(event->args, " ignored"))
		return NULL;
	if (intended & PCI_EXP_SLTCTL_HPIE)
		return "an interrupt is thrown away, though it is intended";
	if (*interrupt_of(ports, event->port))
		return "an interrupt is thrown away, though a command has enabled it";

	return NULL;
}

static const char *check_event(struct ports *ports, const struct event *event)
{
	if (!strcmp(event->name, "command"))
		return check_command(ports, event);
	if (!strcmp(event->name, "interrupt"))
		return check_interrupt(ports, event);
	if (!strcmp(event->name, "command_done") &&
	    strstr(event->args, "timed out"))
		return "a command does not complete";

	return NULL;
}

/**
 * contract_check() - check the contract in the driver's trace events
 * @trace: the events, as text of trace_pipe
 * @report: called for each violation
 * @context: argument of @report
 *
 * Return: the number of events that were checked.
 */
int contract_check(const char *trace, contract_report *report, void *context)
{
	struct ports ports = { .n = 0 };
	const char *line, *end, *why;
	struct event event;
	char text[512];
	int n = 0;

	for (line = trace; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		snprintf(text, sizeof(text), "%.*s", (int)(end - line), line);
		/* a lost command may have disabled the interrupt of any port */
		if (strstr(text, "LOST") && strstr(text, "EVENTS]"))
			ports.n = 0;
		if (!parse(text, &event))
			continue;
		n++;
		why = check_event(&ports, &event);
		if (why)
			report(context, why, text + strspn(text, " "));
	}

	return n;
}
