// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/batch.h"
#include "guest/request.h"

/**
 * batch_begin() - make requests that the guest answers in one go
 * @batch: forgets what it held
 * @guest: the guest
 * @requests: the requests, separated by semicolons
 *
 * After guest_finish() or guest_take_answer(), batch_take() has the answers.
 *
 * Return: as guest_begin(), or -E2BIG.
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

/* "ERRNO TIME_NS LENGTH", a new line and the text: where it ends, or NULL. */
static const char *take_one(struct batch_answer *answer, const char *at)
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

/* The guest tells its log and its trace events only once, so they are kept with it. */
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
 * batch_take() - take the answers apart that have come
 * @batch: from batch_begin()
 * @guest: the guest, which has answered
 *
 * Its log and its trace events, if they were asked for, are in @guest->log and
 * @guest->trace.
 *
 * Return: 0 or a negative errno; -EPROTO is recorded in the result.
 */
int batch_take(struct batch *batch, struct guest *guest)
{
	const char *at = guest->agent.text;

	for (int i = 0; i < batch->n; i++) {
		at = take_one(&batch->answers[i], at);
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
 * batch_ask() - make requests, and wait for all the answers
 * @batch: forgets what it held; receives the answers
 * @guest: the guest
 * @requests: the requests, separated by semicolons
 *
 * Return: 0, also when requests have failed; or a negative errno.
 */
int batch_ask(struct batch *batch, struct guest *guest, const char *requests)
{
	return batch_begin(batch, guest, requests) ?: guest_finish(guest) ?:
	       batch_take(batch, guest);
}

/**
 * batch_find() - the answer to one request
 * @batch: after batch_take()
 * @request: the request, as it was made
 *
 * Return: the answer, or NULL when nobody has asked that.
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
 * batch_has() - have requests been answered?
 * @batch: after batch_take()
 * @requests: the requests, separated by semicolons
 *
 * Return: whether all of them have.
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
 * batch_free() - forget requests and answers
 * @batch: the batch, which can be used again
 */
void batch_free(struct batch *batch)
{
	for (int i = 0; i < batch->n; i++) {
		free(batch->answers[i].request);
		free(batch->answers[i].text);
	}
	*batch = (struct batch){ .n = 0 };
}
