/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests that a guest answers in one go, as each stop costs the host time. */
#ifndef LIBPCIEHP_GUEST_BATCH_H
#define LIBPCIEHP_GUEST_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/guest.h"

#define BATCH_MAX	32

/**
 * struct batch_answer - the answer to one request
 * @request: the request
 * @error: 0 or a negative errno
 * @time_ns: guest time of the answer
 * @text: its text
 */
struct batch_answer {
	char *request;
	int error;
	int64_t time_ns;
	char *text;
};

/**
 * struct batch - requests that were made together, and their answers
 * @answers: in the order of the requests
 * @n: how many; all zero is a batch that nobody has asked yet
 *
 * Answers belong to whoever holds the batch. They tell of the moment at which they were
 * given, and of none after it.
 */
struct batch {
	struct batch_answer answers[BATCH_MAX];
	int n;
};

int batch_begin(struct batch *batch, struct guest *guest, const char *requests);
int batch_take(struct batch *batch, struct guest *guest);
int batch_ask(struct batch *batch, struct guest *guest, const char *requests);
const struct batch_answer *batch_find(const struct batch *batch,
				      const char *request);
bool batch_has(const struct batch *batch, const char *requests);
void batch_free(struct batch *batch);

#endif /* LIBPCIEHP_GUEST_BATCH_H */
