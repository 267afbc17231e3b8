// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qemu/qmp.h"
#include "qemu/stream.h"
#include "util/host_clock.h"

/* Far above the longest reply to a command of the tests. A longer line is not QMP. */
#define QMP_LINE_MAX	(1024 * 1024)

static int fail(struct qmp *qmp, int error, const char *doing, const char *why)
{
	snprintf(qmp->error, sizeof(qmp->error), "QMP: %s: %s", doing, why);

	return error;
}

static int fill(struct qmp *qmp, int64_t deadline_ms)
{
	ssize_t n;

	if (qmp->len == qmp->size) {
		size_t size = qmp->size ? 2 * qmp->size : 4096;
		char *buf;

		if (size > QMP_LINE_MAX)
			return -EMSGSIZE;
		buf = realloc(qmp->buf, size);
		if (!buf)
			return -ENOMEM;
		qmp->buf = buf;
		qmp->size = size;
	}

	n = stream_read(qmp->fd, qmp->buf + qmp->len, qmp->size - qmp->len,
			deadline_ms);
	if (n < 0)
		return n;
	qmp->len += n;

	return 0;
}

/* A peer that runs only in slices needs one to send anything. */
static int fill_and_run(struct qmp *qmp, int64_t deadline_ms)
{
	int ret;

	if (!qmp->run_slice)
		return fill(qmp, deadline_ms);
	while ((ret = fill(qmp, 0)) == -ETIMEDOUT) {
		if (host_now_ms() >= deadline_ms)
			break;
		ret = qmp->run_slice(qmp->context);
		if (ret)
			break;
	}

	return ret;
}

/* Receive the next message of any kind. QEMU ends each with a newline. */
static int receive(struct qmp *qmp, int64_t deadline_ms, json_t **message)
{
	json_error_t error;
	char *end;
	int ret;

	while (!(end = qmp->len ? memchr(qmp->buf, '\n', qmp->len) : NULL)) {
		ret = fill_and_run(qmp, deadline_ms);
		if (ret)
			return fail(qmp, ret, "read", strerror(-ret));
	}

	*message = json_loadb(qmp->buf, end - qmp->buf, 0, &error);
	qmp->len -= end + 1 - qmp->buf;
	memmove(qmp->buf, end + 1, qmp->len);

	if (!json_is_object(*message)) {
		json_decref(*message);
		*message = NULL;
		return fail(qmp, -EBADMSG, "no JSON object", error.text);
	}

	return 0;
}

/* Receive the next message that is not an event, and queue the events before it. */
static int receive_reply(struct qmp *qmp, json_t **reply)
{
	int64_t deadline = host_now_ms() + qmp->timeout_ms;
	int ret;

	for (;;) {
		ret = receive(qmp, deadline, reply);
		if (ret)
			return ret;
		if (!json_object_get(*reply, "event"))
			return 0;
		json_array_append_new(qmp->events, *reply);
	}
}

/**
 * qmp_command() - run a command and wait for its reply
 * @qmp: the connection
 * @command: its name, for example "device_add"
 * @arguments: a JSON object, whose reference is stolen, or NULL
 * @result: receives the return value of the command; may be NULL
 *
 * Return: 0; -EREMOTEIO if QEMU refused, with its reason in @qmp->error; or another
 * negative errno if the connection failed, also with @qmp->error set.
 */
int qmp_command(struct qmp *qmp, const char *command, json_t *arguments,
		json_t **result)
{
	json_t *message, *reply, *error, *value;
	char *text;
	int ret;

	message = json_pack("{s:s}", "execute", command);
	if (arguments)
		json_object_set_new(message, "arguments", arguments);
	text = json_dumps(message, JSON_COMPACT);
	json_decref(message);
	if (!text)
		return fail(qmp, -ENOMEM, command, "out of memory");

	ret = stream_write(qmp->fd, text, strlen(text));
	free(text);
	if (ret)
		return fail(qmp, ret, command, strerror(-ret));

	ret = receive_reply(qmp, &reply);
	if (ret)
		return ret;

	error = json_object_get(reply, "error");
	value = json_object_get(reply, "return");
	if (error) {
		const char *desc;

		desc = json_string_value(json_object_get(error, "desc"));
		ret = fail(qmp, -EREMOTEIO, command, desc ?: "no reason given");
	} else if (!value) {
		ret = fail(qmp, -EBADMSG, command,
			   "a reply that is neither return nor error");
	} else if (result) {
		*result = json_incref(value);
	}
	json_decref(reply);

	return ret;
}

static bool event_matches(json_t *message, const char *event,
			  const char *device)
{
	json_t *data = json_object_get(message, "data");
	const char *name, *id;

	name = json_string_value(json_object_get(message, "event"));
	if (!name || strcmp(name, event))
		return false;
	if (!device)
		return true;
	id = json_string_value(json_object_get(data, "device"));

	return id && !strcmp(id, device);
}

/**
 * qmp_wait_event() - wait for an event
 * @qmp: the connection
 * @event: its name, for example "DEVICE_DELETED"
 * @device: id of the event's device, or NULL for any event of that name
 * @timeout_ms: timeout in ms, host time; 0 checks only what was sent already
 *
 * An event that came before the call counts, unless an earlier call returned for it.
 *
 * Return: 0, -ETIMEDOUT, or another negative errno.
 */
int qmp_wait_event(struct qmp *qmp, const char *event, const char *device,
		   int timeout_ms)
{
	int64_t deadline = host_now_ms() + timeout_ms;
	json_t *message;
	size_t i = 0;
	int ret;

	for (;;) {
		for (; i < json_array_size(qmp->events); i++) {
			message = json_array_get(qmp->events, i);
			if (event_matches(message, event, device)) {
				json_array_remove(qmp->events, i);
				return 0;
			}
		}

		ret = receive(qmp, deadline, &message);
		if (ret)
			return ret;
		json_array_append_new(qmp->events, message);
	}
}

/**
 * qmp_init() - initialise a connection and negotiate capabilities
 * @qmp: the connection
 * @fd: a connected stream socket; qmp_cleanup() closes it, also after a failure
 * @timeout_ms: timeout for each reply in ms, host time
 *
 * Return: 0, or a negative errno with @qmp->error set; call qmp_cleanup() in either
 * case.
 */
int qmp_init(struct qmp *qmp, int fd, int timeout_ms)
{
	return qmp_init_halted(qmp, fd, timeout_ms, NULL, NULL);
}

/**
 * qmp_init_halted() - the same as qmp_init(), for a peer that runs only in slices
 * @qmp: the connection
 * @fd: a connected stream socket; qmp_cleanup() closes it, also after a failure
 * @timeout_ms: timeout for each reply in ms, host time
 * @run_slice: lets the peer run for a slice of time; returns 0 or a negative errno
 * @context: argument of @run_slice
 *
 * Return: as for qmp_init().
 */
int qmp_init_halted(struct qmp *qmp, int fd, int timeout_ms,
		    int (*run_slice)(void *context), void *context)
{
	json_t *greeting;
	int ret;

	*qmp = (struct qmp){
		.fd = fd, .timeout_ms = timeout_ms, .run_slice = run_slice,
		.context = context,
	};
	qmp->events = json_array();
	if (!qmp->events)
		return fail(qmp, -ENOMEM, "connect", "out of memory");

	ret = receive(qmp, host_now_ms() + timeout_ms, &greeting);
	if (ret)
		return ret;
	if (!json_object_get(greeting, "QMP"))
		ret = fail(qmp, -EPROTO, "connect", "the peer is no QEMU");
	json_decref(greeting);
	if (ret)
		return ret;

	return qmp_command(qmp, "qmp_capabilities", NULL, NULL);
}

/**
 * qmp_cleanup() - close the connection and free its memory
 * @qmp: the connection
 */
void qmp_cleanup(struct qmp *qmp)
{
	if (qmp->fd >= 0)
		close(qmp->fd);
	json_decref(qmp->events);
	free(qmp->buf);
	*qmp = (struct qmp){ .fd = -1 };
}
