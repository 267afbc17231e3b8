// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest in a guest. Only one machine is emulated, so there is one watchpoint and one
 * debugger: the whole machine stops when the agent of the host or that of the guest
 * reaches its stop point. While the guest runs, the host's agent waits until a byte wakes
 * it. The host can run only while the guest runs too, for example to execute a command of
 * the QEMU in it. For that, the guest runs in slices.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check/case_end.h"
#include "check/invariants.h"
#include "guest/request.h"
#include "nested/nested.h"
#include "qemu/console.h"
#include "qemu/stream.h"
#include "util/environment.h"
#include "util/host_clock.h"

/* A slice of guest time. The agent receives uevents during it. */
#define SLICE			"quiet 20 20"

/* Host time. */
#define ANSWER_TIMEOUT_MS	60000
#define WAKE_TIMEOUT_MS		10000

#define REST			"await /dev/vport0p1"

#define TAIL_LINES		12

static struct nested *nested_of(struct guest *guest)
{
	return (struct nested *)((char *)guest -
				 offsetof(struct nested, guest));
}

/* Find out whether only the guest does not answer, or the host neither. */
static void explain_silence(struct nested *nested)
{
	struct guest *guest = &nested->guest, *host = &nested->host;
	unsigned int stopped_level;

	if (!stream_write(nested->control, "\n", 1) &&
	    !agent_wait_any(&host->agent, WAKE_TIMEOUT_MS, &stopped_level) &&
	    stopped_level == NESTED_HOST_LEVEL)
		result_error(&guest->result,
			     "the guest in the host is silent, while the host answers");
	else
		result_error(&guest->result,
			     "the host is silent, and so is the guest in it");
}

/* Record why the link to the guest failed: host, guest, or QEMU in the host. */
static void explain_failure(struct guest *guest)
{
	struct nested *nested = nested_of(guest);
	struct guest *host = &nested->host;
	char how[128];

	switch (guest->agent.failure) {
	case -EPIPE:
	case -ESHUTDOWN:
		vm_collect(&host->vm, how, sizeof(how));
		result_error(&guest->result,
			     "the host went down, as it does when it panics: its QEMU %s",
			     how);
		console_print_tail(host->vm.errors, TAIL_LINES);
		break;
	case -EXDEV:
		agent_take_answer(&host->agent);
		result_error(&guest->result, "QEMU in the host %s%s",
			     host->agent.text,
			     strcmp(host->agent.text, "ended with status 0") ?
			     "" : ", as it does when the guest panics");
		break;
	case -ETIMEDOUT:
		explain_silence(nested);
		break;
	default:
		result_error(&guest->result, "%s", guest->agent.error);
	}
	host->alive = false;
}

/**
 * nested_init() - initialise a host and a guest without booting them
 * @nested: the host and the guest
 * @name: name of the case
 */
void nested_init(struct nested *nested, const char *name)
{
	*nested = (struct nested){
		.host = { .vm = VM_NONE, .initrd = -1 },
		.guest = { .vm = VM_NONE, .initrd = -1 },
		.control = -1,
		.disk = -1,
	};
	nested->guest.host = &nested->host;
	nested->guest.explain_failure = explain_failure;
	nested->guest.setup.port = PORT_IOH3420;
	result_init(&nested->guest.result,
		    environment_get("PCIEHP_CASE") ?: name);
}

static int fail_link(struct nested *nested, int error)
{
	struct agent *agent = &nested->guest.agent;

	if (error != -ENOLINK)
		agent->failure = error;
	guest_explain_failure(&nested->guest);

	return -ENOLINK;
}

/*
 * Wait until the agent of @nesting_level stops with an answer. When waiting for the host's
 * agent, the guest has been given a slice, and gets another one at the end of each.
 */
static int run_until(struct nested *nested, unsigned int nesting_level, int timeout_ms)
{
	int64_t deadline_ms = host_now_ms() + timeout_ms, left_ms;
	struct guest *guest = &nested->guest;
	unsigned int stopped_level;
	int ret;

	for (;;) {
		left_ms = deadline_ms - host_now_ms();
		ret = left_ms <= 0 ? -ETIMEDOUT :
		      agent_wait_any(&guest->agent, left_ms, &stopped_level);
		if (ret)
			return fail_link(nested, ret);
		if (stopped_level == nesting_level)
			return 0;
		/* without a byte, the host's agent wakes only when its QEMU has ended */
		if (stopped_level == NESTED_HOST_LEVEL)
			return fail_link(nested, -EXDEV);
		ret = guest_take_answer(guest);
		if (ret != -ENOLINK)
			ret = guest_begin(guest, SLICE);
		if (ret)
			return ret;
	}
}

/**
 * nested_boot_guest() - wait until a guest whose QEMU was started has booted
 * @nested: the host, whose agent has stopped, and the guest
 * @timeout_ms: timeout in ms, host time
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int nested_boot_guest(struct nested *nested, int timeout_ms)
{
	struct guest *guest = &nested->guest;
	int ret;

	agent_join(&guest->agent, &nested->host.vm.gdb, NESTED_GUEST_LEVEL);
	ret = guest_begin(&nested->host, REST);
	if (ret)
		return ret;
	guest->alive = true;
	result_request(&guest->result, "boot");
	ret = run_until(nested, NESTED_GUEST_LEVEL, timeout_ms) ?:
	      guest_take_answer(guest);
	if (ret && ret != -ENOLINK)
		result_error(&guest->result, "the agent cannot start in the guest: %s",
			     strerror(-ret));

	return ret;
}

/**
 * nested_run_slice() - let guest and host run for a slice, for qmp_init_halted()
 * @context: the struct nested
 *
 * Return: 0, or -ENOLINK if the link failed, recorded in the result.
 */
int nested_run_slice(void *context)
{
	struct nested *nested = context;

	return guest_request(&nested->guest, SLICE) == -ENOLINK ? -ENOLINK : 0;
}

/* Wake the host's agent. It has stopped then, and the guest is in a slice. */
static int wake_host(struct nested *nested)
{
	int ret;

	if (!nested->guest.alive)
		return -ENOLINK;
	ret = stream_write(nested->control, "\n", 1) ?:
	      guest_begin(&nested->guest, SLICE) ?:
	      run_until(nested, NESTED_HOST_LEVEL, ANSWER_TIMEOUT_MS) ?:
	      guest_take_answer(&nested->host);

	return ret == -ECHILD ? fail_link(nested, -EXDEV) : ret;
}

/**
 * nested_host_request() - send a request to the host's agent while the guest runs
 * @nested: the host and the guest
 * @fmt: the request, as for printf()
 *
 * Return: as for guest_request().
 */
int nested_host_request(struct nested *nested, const char *fmt, ...)
{
	struct guest *guest = &nested->guest, *host = &nested->host;
	int ret, answer;
	char *request;
	va_list ap;

	va_start(ap, fmt);
	ret = vasprintf(&request, fmt, ap);
	va_end(ap);
	if (ret < 0)
		return -ENOMEM;

	ret = wake_host(nested) ?:
	      guest_begin(host, "%s", request) ?:
	      run_until(nested, NESTED_HOST_LEVEL, ANSWER_TIMEOUT_MS);
	free(request);
	if (ret)
		return ret;
	answer = guest_take_answer(host);
	ret = guest_begin(host, REST) ?:
	      run_until(nested, NESTED_GUEST_LEVEL, ANSWER_TIMEOUT_MS);
	if (!ret && guest_take_answer(guest) == -ENOLINK)
		ret = -ENOLINK;

	return ret ?: answer;
}

/* Check I2 and I5 in the host, in each part of its log. */
static void check_host(struct nested *nested)
{
	struct guest *host = &nested->host;

	do {
		if (nested_host_request(nested, "log")) {
			result_error(&nested->guest.result,
				     "cannot read the log of the host's kernel");
			return;
		}
		invariants_check_log(host, host->agent.text);
	} while (strlen(host->agent.text) >= AGENT_LOG_SIZE);
}

/**
 * nested_end() - check the invariants, write the result, stop the machine and clean up
 * @nested: the host and the guest, which may not have been booted
 */
void nested_end(struct nested *nested)
{
	struct guest *guest = &nested->guest, *host = &nested->host;

	case_check(guest);
	if (guest->alive)
		check_host(nested);
	result_merge(&guest->result, &host->result, "the host");
	case_close(guest);
	guest_cleanup(host);
	result_cleanup(&host->result);
	if (nested->control >= 0)
		close(nested->control);
	if (nested->disk >= 0)
		close(nested->disk);
}
