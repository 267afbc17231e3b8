// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check/trace_contract.h"
#include "check/invariants.h"
#include "guest/batch.h"
#include "qemu/pci_tree.h"
#include "slot/check.h"
#include "slot/slot.h"
#include "util/compiler.h"
#include "util/text.h"

/*
 * Guest time. pciehp waits 1 s after it has powered a slot off, and at most 1 s for a
 * command. A test that presses the attention button has to wait for the 5 s itself.
 */
#define SETTLE_MS		1500
#define SETTLE_TIMEOUT_MS	60000

/* Why there is no answer to a request. */
static const char *explain(const struct batch_answer *answer)
{
	return answer ? strerror(-answer->error) : "it was not requested";
}

/* I1: the guest has the devices that QEMU has. */
static void check_devices(struct guest *guest, const struct batch *batch)
{
	const struct batch_answer *list = batch_find(batch, "devices");
	char bdf[BDF_SIZE], ids[32];
	const char *line, *name;
	json_t *devices, *value;

	if (!list || list->error) {
		result_error(&guest->result, "cannot list the guest's devices: %s",
			     explain(list));
		return;
	}
	if (pci_tree_list(&guest->vm.qmp, &devices)) {
		result_error(&guest->result, "%s", guest->vm.qmp.error);
		return;
	}

	for (line = list->text; *line; line = text_next_line(line)) {
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

/* I3: no event that would cause an interrupt or PME is pending. */
static void check_pending(struct guest *guest, const struct port_regs *regs)
{
	uint16_t pending = port_pending_events(regs);

	/* the driver waits for the last command before the suspend when it resumes */
	if (regs->runtime_suspended)
		pending &= ~PCI_EXP_SLTSTA_CC;
	guest->result.pending |= pending;
	if (pending)
		result_problem(&guest->result,
			       "I3: event %#06x pending in Slot Status %#06x of %s with its interrupt lost (Slot Control %#06x)",
			       pending, regs->slot_status, regs->bdf,
			       regs->slot_control);
}

/* I4: HPIE is set if and only if the driver is bound and does not poll. */
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

/* I3, and I4 or, for a suspended port with HPIE clear, I7. */
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

/* One request for the registers of all ports. */
static void registers_request(const struct guest *guest, char *request,
			      size_t size)
{
	char *end = request + size;

	*request = '\0';
	for (int i = 0; i < guest->n_ports; i++)
		request += snprintf(request, end - request, "%s%s",
				    i ? "," : "slot-registers ",
				    guest->ports[i].bdf);
}

static void check_ports(struct guest *guest, const struct batch *batch)
{
	const struct batch_answer *answer;
	char request[AGENT_REQUEST_SIZE];
	struct port_regs regs;
	const char *line;
	int n = 0;

	if (!guest->n_ports)
		return;
	registers_request(guest, request, sizeof(request));
	answer = batch_find(batch, request);
	/* I1 reports a port that the guest does not have */
	if (answer && answer->error == -ENOENT)
		return;
	if (answer && answer->error == -ENODEV) {
		result_problem(&guest->result, "a port does not answer");
		return;
	}
	if (!answer || answer->error) {
		result_error(&guest->result, "cannot read the ports' registers: %s",
			     explain(answer));
		return;
	}
	for (line = answer->text; *line; line = text_next_line(line)) {
		if (n == guest->n_ports || port_parse_regs(line, &regs))
			break;
		check_regs(guest, &guest->ports[n++], &regs);
	}
	if (n != guest->n_ports)
		result_error(&guest->result,
			     "read the registers of %d ports: the answer has only %d",
			     guest->n_ports, n);
}

/* @text is that of a record in /dev/kmsg: "PRIO,SEQ,USEC,FLAGS;TEXT" */
static void check_message(struct guest *guest, const char *text)
{
	static const char * const bad[] = {
		"WARNING:", "BUG:", "Oops", "Call trace:", "Call Trace:",
		"Internal error", "Kernel panic", "possible circular locking",
		"possible recursive locking", "INFO: task", "KASAN", "KCSAN",
		"UBSAN", "nobody cared", "soft lockup", "rcu_preempt detected",
		"scheduling while atomic", "unlocked secondary bus reset",
		"Runtime PM usage count underflow",
		/* arm-smmu-v3 has refused an access */
		"event 0x",
	};

	if (strstr(text, "Timeout on hotplug command")) {
		json_array_append_new(guest->result.timeouts,
				      json_string(text));
		result_problem(&guest->result, "I2: %s", text);
		return;
	}

	/* a reset waited for a card; that is expected after a surprise removal */
	if (strstr(text, "giving up") && !guest->surprise_removed) {
		result_problem(&guest->result, "I5: %s", text);
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
 * invariants_check_log() - check I2 and I5 in the kernel log
 * @guest: the guest; violations are recorded in its result
 * @log: records in the format of /dev/kmsg, or NULL for none
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

static void record_violation(void *context, const char *why, const char *event)
{
	struct guest *guest = context;

	result_problem(&guest->result, "I6: %s: %s", why, event);
}

/**
 * invariants_check_trace() - check I6 in the driver's trace events
 * @guest: the guest; violations are recorded in its result
 * @trace: the trace events, as text of trace_pipe
 */
void invariants_check_trace(struct guest *guest, const char *trace)
{
	contract_check(trace, record_violation, guest);
}

static void check_trace(struct guest *guest, const struct batch *batch)
{
	const struct batch_answer *trace = batch_find(batch, "trace");

	if (trace && trace->error == -ENOENT)
		return;
	if (!trace || trace->error)
		result_error(&guest->result, "cannot read the trace events: %s",
			     explain(trace));
	else
		invariants_check_trace(guest, guest->trace);
}

static void check_log(struct guest *guest, const struct batch *batch)
{
	const struct batch_answer *log = batch_find(batch, "log");

	if (!log || log->error)
		result_error(&guest->result, "cannot read the kernel's log: %s",
			     explain(log));
	else
		invariants_check_log(guest, guest->log);
}

static void quiet_request(char *request, size_t size)
{
	snprintf(request, size, "quiet %d %d", SETTLE_MS, SETTLE_TIMEOUT_MS);
}

static void check_quiet(struct guest *guest, const struct batch *batch)
{
	const struct batch_answer *quiet;
	char request[32];

	quiet_request(request, sizeof(request));
	quiet = batch_find(batch, request);
	if (!quiet || quiet->error)
		result_problem(&guest->result, "the guest does not settle: %s",
			       strerror(quiet ? -quiet->error : ENODATA));
}

/**
 * invariants_requests() - format the requests for invariants_check_answers()
 * @guest: the guest
 * @requests: receives the requests for batch_begin()
 * @size: size of @requests in bytes
 */
void invariants_requests(const struct guest *guest, char *requests, size_t size)
{
	char registers[AGENT_REQUEST_SIZE], quiet[32];

	quiet_request(quiet, sizeof(quiet));
	registers_request(guest, registers, sizeof(registers));
	snprintf(requests, size, "%s;devices;%s%slog;trace", quiet, registers,
		 *registers ? ";" : "");
}

/**
 * invariants_check_answers() - check I1 to I7
 * @guest: a guest that has settled; violations are recorded in its result
 * @batch: the answers to invariants_requests()
 */
void invariants_check_answers(struct guest *guest, const struct batch *batch)
{
	check_quiet(guest, batch);
	check_devices(guest, batch);
	check_ports(guest, batch);
	check_log(guest, batch);
	check_trace(guest, batch);
}

/**
 * invariants_check() - wait until the guest has settled, then check I1 to I7
 * @guest: a guest that is alive; violations are recorded in its result
 */
void invariants_check(struct guest *guest)
{
	char requests[AGENT_REQUEST_SIZE];
	struct batch batch = { .n = 0 };
	int ret;

	invariants_requests(guest, requests, sizeof(requests));
	ret = batch_ask(&batch, guest, requests);
	if (!ret)
		invariants_check_answers(guest, &batch);
	else if (ret != -ENOLINK)
		result_error(&guest->result,
			     "request the guest's devices and registers: %s",
			     strerror(-ret));
	batch_free(&batch);
}
