// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/request.h"

/**
 * guest_begin() - send a request to the agent and resume the machine
 * @guest: the guest
 * @fmt: the request, as for printf()
 *
 * Return: 0; -ENOLINK if the link failed, recorded in the result; or -ENOMEM.
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
	/* this refuses a request that is too long */
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
 * guest_finish() - wait for the answer to a request
 * @guest: the guest, after guest_begin()
 *
 * The machine has stopped when this returns.
 *
 * Return: as for agent_finish(). A failed link is recorded in the result, once.
 */
int guest_finish(struct guest *guest)
{
	if (!guest->alive)
		return -ENOLINK;

	return note_answer(guest, agent_finish(&guest->agent));
}

/**
 * guest_take_answer() - read the answer of a guest that has stopped with one
 * @guest: the guest
 *
 * Return: as for guest_finish().
 */
int guest_take_answer(struct guest *guest)
{
	return note_answer(guest, agent_take_answer(&guest->agent));
}

/**
 * guest_request() - send a request to the agent and wait for the answer
 * @guest: the guest
 * @fmt: the request, as for printf()
 *
 * Return: as for guest_finish(), or -ENOMEM.
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
 * guest_format_wait() - format a request that waits for uevents
 * @request: receives the request
 * @size: size of @request in bytes
 * @actions: "add", "remove", "bind", "unbind", or several of them separated by commas
 * @bdfs: addresses of the devices, separated by commas
 * @since: only uevents after this moment count
 * @timeout_ms: timeout in ms, guest time
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
 * @actions: as for guest_format_wait()
 * @bdf: address of the device
 * @since: as for guest_format_wait()
 * @timeout_ms: as for guest_format_wait()
 *
 * Return: as for guest_finish(); -ETIMEDOUT if one of the uevents does not come.
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

/*
 * Append @piece, which is one answer to @request, and repeat @request until an answer is
 * short enough to be the last one.
 */
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
 * guest_add_log() - append an answer to "log" to @guest->log, and fetch the rest
 * @guest: the guest
 * @piece: the answer
 *
 * Return: 0 or a negative errno.
 */
int guest_add_log(struct guest *guest, const char *piece)
{
	return fetch_after(guest, "log", piece, &guest->log, &guest->log_len);
}

/**
 * guest_add_trace() - append an answer to "trace" to @guest->trace, and fetch the rest
 * @guest: the guest
 * @piece: the answer
 *
 * Return: 0 or a negative errno.
 */
int guest_add_trace(struct guest *guest, const char *piece)
{
	return fetch_after(guest, "trace", piece, &guest->trace,
			   &guest->trace_len);
}

/**
 * guest_fetch_log() - append new kernel messages to @guest->log
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
 * guest_fetch_trace() - append new trace events to @guest->trace
 * @guest: the guest
 *
 * Return: 0; -ENOENT if the kernel's pciehp has no trace events; or another negative
 * errno.
 */
int guest_fetch_trace(struct guest *guest)
{
	return guest_request(guest, "trace") ?:
	       guest_add_trace(guest, guest->agent.text);
}
