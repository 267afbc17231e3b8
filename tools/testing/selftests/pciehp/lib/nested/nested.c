// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest in a guest. There is one machine that we emulate, and so one watchpoint and one
 * debugger: when the agent of the host or of the guest comes to its stop point, all
 * rests. While the guest is at work, the host's agent waits to be woken. For the host to
 * get anything done, as a command to the QEMU in it, the guest has to run; it does in
 * slices.
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

/* Guest time; events that come meanwhile are noted as they come. */
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

/* Is it the host that is silent, or the guest in it? */
static void explain_silence(struct nested *nested)
{
	struct guest *guest = &nested->guest, *host = &nested->host;
	unsigned int rests;

	if (!stream_write(nested->control, "\n", 1) &&
	    !agent_wait_any(&host->agent, WAKE_TIMEOUT_MS, &rests) &&
	    rests == NESTED_HOST_LEVEL)
		result_error(&guest->result,
			     "the guest in the host is silent, while the host answers");
	else
		result_error(&guest->result,
			     "the host is silent, and so is the guest in it");
}

/* The link to the guest failed: who is to blame? */
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
 * nested_init() - a host and a guest that are not booted
 * @nested: to be initialised
 * @name: of the case
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
 * Wait until the agent of @nesting_level rests. If that is the host's, the guest has been given
 * a slice, and gets another when it is over.
 */
static int run_until(struct nested *nested, unsigned int nesting_level, int timeout_ms)
{
	int64_t deadline_ms = host_now_ms() + timeout_ms, left_ms;
	struct guest *guest = &nested->guest;
	unsigned int rests;
	int ret;

	for (;;) {
		left_ms = deadline_ms - host_now_ms();
		ret = left_ms <= 0 ? -ETIMEDOUT :
		      agent_wait_any(&guest->agent, left_ms, &rests);
		if (ret)
			return fail_link(nested, ret);
		if (rests == nesting_level)
			return 0;
		/* of itself it wakes only when it has lost its QEMU */
		if (rests == NESTED_HOST_LEVEL)
			return fail_link(nested, -EXDEV);
		ret = guest_take_answer(guest);
		if (ret != -ENOLINK)
			ret = guest_begin(guest, SLICE);
		if (ret)
			return ret;
	}
}

/**
 * nested_boot_guest() - wait for a guest whose QEMU has been started
 * @nested: with a host that rests
 * @timeout_ms: how long it may take, host time
 *
 * Return: 0, or a negative errno that has been explained.
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
		result_error(&guest->result, "the agent cannot work: %s",
			     strerror(-ret));

	return ret;
}

/**
 * nested_run_slice() - let guest and host run for a slice, for qmp_init_halted()
 * @context: the struct nested
 *
 * Return: 0, or -ENOLINK when it has failed, which has been explained.
 */
int nested_run_slice(void *context)
{
	struct nested *nested = context;

	return guest_request(&nested->guest, SLICE) == -ENOLINK ? -ENOLINK : 0;
}

/* The host's agent rests, and the guest is in a slice. */
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
 * nested_host_request() - make a request to the host's agent while the guest runs
 * @nested: the guest
 * @fmt: the request, as of printf()
 *
 * Return: as guest_request() of the host.
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

/* I2 and I5 of the host, page by page. */
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
 * nested_end() - check the invariants, keep what was found, end the machines
 * @nested: the guest, also one that did not boot
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
