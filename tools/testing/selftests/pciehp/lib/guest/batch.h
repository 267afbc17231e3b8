/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several requests that a guest answers together. Each stop of the machine costs host
 * time.
 */
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
 * @time_ns: guest time of the answer in ns
 * @text: text of the answer
 */
struct batch_answer {
	char *request;
	int error;
	int64_t time_ns;
	char *text;
};

/**
 * struct batch - requests that were sent together, and their answers
 * @answers: the requests and answers, in the order of the requests
 * @n: number of requests; an empty batch is all zero
 *
 * batch_free() frees the answers. An answer describes the guest at the time of that
 * answer.
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
