// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libpciehp/compiler.h>
#include <libpciehp/contract.h>
#include <libpciehp/invariants.h>
#include <libpciehp/pci_tree.h>
#include <libpciehp/slot.h>

/*
 * Guest time. pciehp waits 1 s after it powered a slot off, and 1 s for a
 * command; the attention button's 5 s are each scenario's own to wait out.
 */
#define SETTLE_MS		1500
#define SETTLE_TIMEOUT_MS	60000

/* I1: the guest has the devices that the machine has. */
static void check_devices(struct guest *guest)
{
	char bdf[BDF_SIZE], ids[32], list[AGENT_ANSWER_SIZE + 1];
	const char *line, *name;
	json_t *devices, *value;

	if (guest_request(guest, "devices")) {
		result_error(&guest->result, "cannot list the guest's devices");
		return;
	}
	snprintf(list, sizeof(list), "%s", guest->agent.text);

	if (pci_tree_list(&guest->vm.qmp, &devices)) {
		result_error(&guest->result, "%s", guest->vm.qmp.error);
		return;
	}

	for (line = list; *line; line = strchrnul(line, '\n') + 1) {
		if (sscanf(line, "%15s %31s", bdf, ids) != 2)
			break;
		value = json_object_get(devices, bdf);
		if (!value || strcmp(json_string_value(value), ids))
			result_problem(&guest->result,
				       "I1: the guest has %s (%s), QEMU has %s",
				       bdf, ids, value ?
				       json_string_value(value) : "none");
		json_object_del(devices, bdf);
	}
	json_object_foreach(devices, name, value)
		result_problem(&guest->result,
			       "I1: QEMU has %s (%s), the guest has none", name,
			       json_string_value(value));
	json_decref(devices);
}

/* I3: nothing that would interrupt, or cause PME, is pending. */
static void check_pending(struct guest *guest, const struct port_regs *regs)
{
	uint16_t pending = port_pending_events(regs);

	/* the command with which it was suspended is waited for as it resumes */
	if (regs->runtime_suspended)
		pending &= ~PCI_EXP_SLTSTA_CC;
	guest->result.pending |= pending;
	if (pending)
		result_problem(&guest->result,
			       "I3: event %#06x pending in Slot Status %#06x of %s with its interrupt lost (Slot Control %#06x)",
			       pending, regs->slot_status, regs->bdf,
			       regs->slot_control);
}

/* I4: HPIE is as it must be. */
static void check_hpie(struct guest *guest, const struct port *port,
		       const struct port_regs *regs)
{
	bool hpie = regs->slot_control & PCI_EXP_SLTCTL_HPIE;
	bool wanted = !port->unbound &&
		      guest->setup.interrupt != INTERRUPT_POLLING;

	if (hpie != wanted)
		result_problem(&guest->result,
			       "I4: Hot-Plug Interrupt Enable of %s is %s (Slot Control %#06x)",
			       regs->bdf, hpie ? "on" : "off",
			       regs->slot_control);
}

/* I3, and I4 or, of a port that is suspended, I7. */
static void check_regs(struct guest *guest, const struct port *port,
		       const struct port_regs *regs)
{
	check_pending(guest, regs);
	if (regs->runtime_suspended && !port->unbound &&
	    !(regs->slot_control & PCI_EXP_SLTCTL_HPIE))
		port_check_can_signal(guest, regs);
	else
		check_hpie(guest, port, regs);
}

static void check_ports(struct guest *guest)
{
	char request[AGENT_REQUEST_SIZE], *end = request;
	struct port_regs regs;
	const char *line;
	int n = 0, ret;

	for (int i = 0; i < guest->n_ports; i++)
		end += snprintf(end, request + sizeof(request) - end, "%s%s",
				i ? "," : "slot-registers ",
				guest->ports[i].bdf);
	if (!guest->n_ports)
		return;
	ret = guest_request(guest, "%s", request);
	/* I1 tells of a port that the guest does not have */
	if (ret == -ENOENT)
		return;
	if (ret) {
		result_error(&guest->result, "cannot read the ports' registers");
		return;
	}
	for (line = guest->agent.text; *line; line = strchrnul(line, '\n') + 1) {
		if (n == guest->n_ports || port_parse_regs(line, &regs))
			break;
		check_regs(guest, &guest->ports[n++], &regs);
	}
	if (n != guest->n_ports)
		result_error(&guest->result,
			     "read the registers of %d ports: %d were told",
			     guest->n_ports, n);
}

/* Text of a record in the form of /dev/kmsg: "PRIO,SEQ,USEC,FLAGS;TEXT" */
static void check_message(struct guest *guest, const char *text)
{
	static const char * const bad[] = {
		"WARNING:", "BUG:", "Oops", "Call trace:", "Call Trace:",
		"Internal error", "Kernel panic", "possible circular locking",
		"possible recursive locking", "INFO: task", "KASAN", "KCSAN",
		"UBSAN", "nobody cared", "soft lockup", "rcu_preempt detected",
		"scheduling while atomic", "unlocked secondary bus reset",
	};

	if (strstr(text, "Timeout on hotplug command")) {
		json_array_append_new(guest->result.timeouts,
				      json_string(text));
		result_problem(&guest->result, "I2: %s", text);
		return;
	}

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (strstr(text, bad[i])) {
			result_problem(&guest->result, "I5: %s", text);
			return;
		}
	}
}

/**
 * invariants_check_log() - check I2 and I5: the kernel has not complained
 * @guest: the guest; what is found goes into its result
 * @log: records of its log, or NULL for none
 */
void invariants_check_log(struct guest *guest, const char *log)
{
	char text[512];
	const char *line, *end, *start;

	for (line = log; line && *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		start = memchr(line, ';', end - line);
		/* a line that begins with a space continues a record */
		if (!start || *line == ' ')
			continue;
		snprintf(text, sizeof(text), "%.*s", (int)(end - start - 1),
			 start + 1);
		check_message(guest, text);
	}
}

static void note_violation(void *context, const char *why, const char *event)
{
	struct guest *guest = context;

	result_problem(&guest->result, "I6: %s: %s", why, event);
}

/* I6: the driver's trace events, where it has them, tell of no lost interrupt. */
static void check_trace(struct guest *guest)
{
	int ret;

	ret = guest_fetch_trace(guest);
	if (ret == -ENOENT)
		return;
	if (ret)
		result_error(&guest->result, "cannot read the trace events: %s",
			     strerror(-ret));
	else
		contract_check(guest->trace, note_violation, guest);
}

/**
 * invariants_requests() - what invariants_check() is going to ask
 * @guest: the guest
 * @requests: receives it, as guest_begin_all() takes it
 * @size: room in @requests
 */
void invariants_requests(const struct guest *guest, char *requests, size_t size)
{
	char *end = requests + size;

	requests += snprintf(requests, end - requests, "quiet %d %d;devices;",
			     SETTLE_MS, SETTLE_TIMEOUT_MS);
	for (int i = 0; i < guest->n_ports; i++)
		requests += snprintf(requests, end - requests, "%s%s",
				     i ? "," : "slot-registers ",
				     guest->ports[i].bdf);
	snprintf(requests, end - requests, "%slog;trace",
		 guest->n_ports ? ";" : "");
}

/**
 * invariants_check() - let the machine settle, then check I1 to I7
 * @guest: a guest that is alive; what is found goes into its result
 */
void invariants_check(struct guest *guest)
{
	int ret;

	ret = guest_request(guest, "quiet %d %d", SETTLE_MS, SETTLE_TIMEOUT_MS);
	if (ret == -ENOLINK)
		return;
	if (ret)
		result_problem(&guest->result, "the guest does not settle: %s",
			       strerror(-ret));

	check_devices(guest);
	check_ports(guest);
	if (guest_fetch_log(guest))
		result_error(&guest->result, "cannot read the kernel's log");
	else
		invariants_check_log(guest, guest->log);
	check_trace(guest);
}
