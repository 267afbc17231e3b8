// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that are made all at once, as each stop costs the host time, and whose
 * answers are kept until they are asked for one by one.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpciehp/guest.h>

static bool has_kept(const struct guest *guest, const char *request)
{
	const char *kept;
	json_t *answer;
	size_t i;

	json_array_foreach(guest->answers, i, answer) {
		kept = json_string_value(json_object_get(answer, "request"));
		if (json_object_get(answer, "error") && kept &&
		    !strcmp(kept, request))
			return true;
	}

	return false;
}

/* The guest tells its log and trace events only once. */
static int save_told(struct guest *guest)
{
	int ret = 0;

	if (has_kept(guest, "log"))
		ret = guest_fetch_log(guest);
	if (!ret && has_kept(guest, "trace"))
		ret = guest_fetch_trace(guest);
	/* a driver without trace events */
	if (ret == -ENOENT)
		return 0;
	if (ret && ret != -ENOLINK)
		result_error(&guest->result,
			     "keep what the guest told of its log and trace events: %s",
			     strerror(-ret));

	return ret;
}

/**
 * guest_begin_all() - make requests that the guest answers in one go
 * @guest: the guest
 * @requests: the requests, separated by semicolons
 *
 * guest_finish() and guest_take_answer() wait for the answers, which are for
 * guest_keep_answers(). Of those before, the log and the trace events are not lost.
 *
 * Return: as guest_begin(), or what reading the log or the trace events returned,
 * recorded in the result.
 */
int guest_begin_all(struct guest *guest, const char *requests)
{
	int ret;

	ret = save_told(guest);
	if (ret)
		return ret;
	guest_forget_answers(guest);
	guest->answers = json_array();
	for (const char *at = requests; *at; at += *at == ';') {
		size_t len = strcspn(at, ";");

		json_array_append_new(guest->answers,
				      json_pack("{s:s%}", "request", at, len));
		at += len;
	}

	return guest_begin(guest, "all %s", requests);
}

/**
 * guest_keep_answers() - take the answers apart that have come
 * @guest: the guest, which has answered what guest_begin_all() asked
 *
 * From now on, guest_request() has each of them at hand, once, for who asks for it
 * word by word.
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int guest_keep_answers(struct guest *guest)
{
	const char *at = guest->agent.text;
	long long time_ns;
	json_t *answer;
	int error, pos;
	size_t i, len;

	json_array_foreach(guest->answers, i, answer) {
		if (sscanf(at, "%d %lld %zu%n", &error, &time_ns, &len,
			   &pos) != 3 || strlen(at + pos) < len + 1) {
			result_error(&guest->result,
				     "read the guest's answers: there is none to '%s'",
				     json_string_value(json_object_get(answer, "request")));
			return -EPROTO;
		}
		at += pos + 1;
		json_object_set_new(answer, "error", json_integer(error));
		json_object_set_new(answer, "time_ns", json_integer(time_ns));
		/* what no JSON may hold cannot be in an answer of ours */
		json_object_set_new(answer, "text", json_stringn(at, len));
		at += len;
	}

	return 0;
}

/**
 * guest_take_kept() - answer a request that has been answered already
 * @guest: the guest
 * @request: the request
 * @ret: receives its outcome, as of guest_finish()
 *
 * Return: whether it has.
 */
bool guest_take_kept(struct guest *guest, const char *request, int *ret)
{
	struct agent *agent = &guest->agent;
	const char *wanted, *text;
	json_int_t time_ns;
	json_t *answer;
	size_t i;

	json_array_foreach(guest->answers, i, answer) {
		int error;

		if (json_unpack(answer, "{s:s, s:i, s:I, s:s}", "request",
				&wanted, "error", &error, "time_ns", &time_ns,
				"text", &text) || strcmp(wanted, request))
			continue;
		snprintf(agent->answer, sizeof(agent->answer), "%s", text);
		agent->text = agent->answer;
		agent->time_ns = time_ns;
		json_array_remove(guest->answers, i);
		*ret = -error;
		return true;
	}

	return false;
}

/**
 * guest_forget_answers() - the guest goes on: what it has told is no longer true
 * @guest: the guest
 */
void guest_forget_answers(struct guest *guest)
{
	json_decref(guest->answers);
	guest->answers = NULL;
}
