// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/batch.h"
#include "guest/request.h"

/**
 * batch_begin() - send several requests that the guest answers together
 * @batch: the batch; its former content is freed
 * @guest: the guest
 * @requests: the requests, separated by semicolons
 *
 * After guest_finish() or guest_take_answer(), call batch_take() to get the answers.
 *
 * Return: as for guest_begin(); -E2BIG if there are more than BATCH_MAX; or -ENOMEM.
 */
int batch_begin(struct batch *batch, struct guest *guest, const char *requests)
{
	batch_free(batch);
	for (const char *at = requests; *at; at += *at == ';') {
		size_t len = strcspn(at, ";");

		if (batch->n == BATCH_MAX)
			return -E2BIG;
		batch->answers[batch->n].request = strndup(at, len);
		if (!batch->answers[batch->n].request)
			return -ENOMEM;
		batch->n++;
		at += len;
	}

	return guest_begin(guest, "all %s", requests);
}

/*
 * Parse "ERRNO TIME_NS LENGTH", a newline and the text. Return the end of the text, or
 * NULL if the answer is malformed.
 */
static const char *parse_one(struct batch_answer *answer, const char *at)
{
	long long time_ns;
	int error, pos;
	size_t len;

	if (sscanf(at, "%d %lld %zu%n", &error, &time_ns, &len, &pos) != 3 ||
	    strlen(at + pos) < len + 1)
		return NULL;
	answer->error = -error;
	answer->time_ns = time_ns;
	answer->text = strndup(at + pos + 1, len);

	return answer->text ? at + pos + 1 + len : NULL;
}

/* The agent returns each part of its log and trace only once. Add it to the guest's. */
static int keep_log_and_trace(const struct batch *batch, struct guest *guest)
{
	const struct batch_answer *log = batch_find(batch, "log");
	const struct batch_answer *trace = batch_find(batch, "trace");
	int ret = 0;

	if (log && !log->error)
		ret = guest_add_log(guest, log->text);
	if (!ret && trace && !trace->error)
		ret = guest_add_trace(guest, trace->text);

	return ret;
}

/**
 * batch_take() - split the guest's answer into the answers to the requests
 * @batch: from batch_begin()
 * @guest: the guest, which has answered
 *
 * If the requests include "log" or "trace", @guest->log or @guest->trace is updated.
 *
 * Return: 0 or a negative errno; -EPROTO is recorded in the result.
 */
int batch_take(struct batch *batch, struct guest *guest)
{
	const char *at = guest->agent.text;

	for (int i = 0; i < batch->n; i++) {
		at = parse_one(&batch->answers[i], at);
		if (!at) {
			result_error(&guest->result,
				     "read the guest's answers: there is none to '%s'",
				     batch->answers[i].request);
			return -EPROTO;
		}
	}

	return keep_log_and_trace(batch, guest);
}

/**
 * batch_ask() - send several requests and wait for the answers
 * @batch: receives the answers; its former content is freed
 * @guest: the guest
 * @requests: the requests, separated by semicolons
 *
 * Return: 0, also if requests have failed; or a negative errno.
 */
int batch_ask(struct batch *batch, struct guest *guest, const char *requests)
{
	return batch_begin(batch, guest, requests) ?: guest_finish(guest) ?:
	       batch_take(batch, guest);
}

/**
 * batch_find() - find the answer to one request
 * @batch: after batch_take()
 * @request: the text of the request
 *
 * Return: the answer, or NULL if the batch does not contain the request.
 */
const struct batch_answer *batch_find(const struct batch *batch,
				      const char *request)
{
	for (int i = 0; i < batch->n; i++) {
		if (batch->answers[i].text &&
		    !strcmp(batch->answers[i].request, request))
			return &batch->answers[i];
	}

	return NULL;
}

/**
 * batch_has() - does the batch have answers to all of these requests
 * @batch: after batch_take()
 * @requests: the requests, separated by semicolons
 *
 * Return: true if it has.
 */
bool batch_has(const struct batch *batch, const char *requests)
{
	char request[AGENT_REQUEST_SIZE];

	for (const char *at = requests; *at; at += *at == ';') {
		size_t len = strcspn(at, ";");

		snprintf(request, sizeof(request), "%.*s", (int)len, at);
		if (!batch_find(batch, request))
			return false;
		at += len;
	}

	return true;
}

/**
 * batch_free() - free requests and answers
 * @batch: the batch, which is empty then and can be used again
 */
void batch_free(struct batch *batch)
{
	for (int i = 0; i < batch->n; i++) {
		free(batch->answers[i].request);
		free(batch->answers[i].text);
	}
	*batch = (struct batch){ .n = 0 };
}
