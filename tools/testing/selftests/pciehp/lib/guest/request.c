// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/request.h"

/**
 * guest_begin() - make a request to the agent and let the machine run
 * @guest: the guest
 * @fmt: the request, as of printf()
 *
 * Return: 0, or -ENOLINK when the link failed, which has been explained.
 */
int guest_begin(struct guest *guest, const char *fmt, ...)
{
	char *request;
	va_list ap;
	int ret;

	if (!guest->alive)
		return -ENOLINK;

	va_start(ap, fmt);
	ret = vasprintf(&request, fmt, ap);
	va_end(ap);
	if (ret < 0)
		return -ENOMEM;

	result_request(&guest->result, request);
	/* which refuses one that is too long */
	ret = agent_begin(&guest->agent, "%s", request);
	free(request);
	if (ret == -ENOLINK)
		guest_explain_failure(guest);

	return ret;
}

static int note_answer(struct guest *guest, int ret)
{
	if (ret == -ENOLINK) {
		guest_explain_failure(guest);
		return ret;
	}
	guest->result.booted = true;
	result_answer(&guest->result, ret, guest->agent.time_ns,
		      guest->agent.now.ns);

	return ret;
}

/**
 * guest_finish() - wait for the answer; the machine is stopped again
 * @guest: the guest, after guest_begin()
 *
 * Return: as agent_finish(); a failed link has been explained, once.
 */
int guest_finish(struct guest *guest)
{
	if (!guest->alive)
		return -ENOLINK;

	return note_answer(guest, agent_finish(&guest->agent));
}

/**
 * guest_take_answer() - the answer of a guest that has stopped with it
 * @guest: the guest
 *
 * Return: as guest_finish().
 */
int guest_take_answer(struct guest *guest)
{
	return note_answer(guest, agent_take_answer(&guest->agent));
}

/**
 * guest_request() - make a request to the agent and wait for the answer
 * @guest: the guest
 * @fmt: the request, as of printf()
 *
 * Return: as guest_finish().
 */
int guest_request(struct guest *guest, const char *fmt, ...)
{
	char *request;
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = vasprintf(&request, fmt, ap);
	va_end(ap);
	if (ret < 0)
		return -ENOMEM;

	ret = guest_begin(guest, "%s", request) ?: guest_finish(guest);
	free(request);

	return ret;
}

/**
 * guest_format_wait() - a request that waits for uevents
 * @request: receives it
 * @size: room in @request
 * @actions: "add", "remove", "bind", "unbind", or some of them with commas in between
 * @bdfs: the devices, likewise
 * @since: the moment after which the kernel must have made them
 * @timeout_ms: how long to wait, guest time
 */
void guest_format_wait(char *request, size_t size, const char *actions,
		       const char *bdfs, struct moment since, int timeout_ms)
{
	snprintf(request, size, "wait %s %s %llu %d", actions, bdfs,
		 (unsigned long long)since.seqnum, timeout_ms);
}

/**
 * guest_wait_event() - wait for uevents of one device
 * @guest: the guest
 * @actions: as of guest_format_wait()
 * @bdf: the device
 * @since: likewise
 * @timeout_ms: likewise
 *
 * Return: as guest_finish(); -ETIMEDOUT when one does not come.
 */
int guest_wait_event(struct guest *guest, const char *actions, const char *bdf,
		     struct moment since, int timeout_ms)
{
	char request[128];

	guest_format_wait(request, sizeof(request), actions, bdf, since,
			  timeout_ms);

	return guest_request(guest, "%s", request);
}

static int add_piece(const char *piece, char **all, size_t *all_len)
{
	size_t len = strlen(piece);
	char *text;

	text = realloc(*all, *all_len + len + 1);
	if (!text)
		return -ENOMEM;
	memcpy(text + *all_len, piece, len + 1);
	*all = text;
	*all_len += len;

	return 0;
}

/* All that a request tells page by page, after @piece. */
static int fetch_after(struct guest *guest, const char *request,
		       const char *piece, char **all, size_t *all_len)
{
	int ret;

	for (;;) {
		ret = add_piece(piece, all, all_len);
		if (ret || strlen(piece) < AGENT_LOG_SIZE)
			return ret;
		ret = guest_request(guest, "%s", request);
		if (ret)
			return ret;
		piece = guest->agent.text;
	}
}

/**
 * guest_add_log() - what the guest told of its log, and what more there is
 * @guest: the guest
 * @piece: the answer to a request for its log
 *
 * Return: 0 or a negative errno.
 */
int guest_add_log(struct guest *guest, const char *piece)
{
	return fetch_after(guest, "log", piece, &guest->log, &guest->log_len);
}

/**
 * guest_add_trace() - likewise of its trace events
 * @guest: the guest
 * @piece: the answer to a request for them
 *
 * Return: 0 or a negative errno.
 */
int guest_add_trace(struct guest *guest, const char *piece)
{
	return fetch_after(guest, "trace", piece, &guest->trace,
			   &guest->trace_len);
}

/**
 * guest_fetch_log() - bring @guest->log up to date
 * @guest: the guest
 *
 * Return: 0 or a negative errno.
 */
int guest_fetch_log(struct guest *guest)
{
	return guest_request(guest, "log") ?:
	       guest_add_log(guest, guest->agent.text);
}

/**
 * guest_fetch_trace() - bring @guest->trace up to date
 * @guest: the guest
 *
 * Return: 0; -ENOENT when the kernel's pciehp has no trace events; or another
 * negative errno.
 */
int guest_fetch_trace(struct guest *guest)
{
	return guest_request(guest, "trace") ?:
	       guest_add_trace(guest, guest->agent.text);
}
