// SPDX-License-Identifier: GPL-2.0-only
/* Signatures: violations with the same signature have the same cause. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"
#include "signature.h"

#define TEXTS_MAX	32
#define TEXT_SIZE	256

/**
 * signature_hash() - hash a text
 * @text: the text
 *
 * Return: its FNV-1a hash, which is the same in every run.
 */
uint64_t signature_hash(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3;

	return hash;
}

/* Values, addresses and times differ between violations of the same cause. */
static void mask_numbers(const char *from, char *to, size_t size)
{
	char *end = to + size - 1;

	while (*from && to < end) {
		const char *at = from;

		if (!strncmp(at, "0x", 2))
			at += 2;
		if (isxdigit((unsigned char)*at) &&
		    (at > from || isdigit((unsigned char)*at))) {
			while (isxdigit((unsigned char)*at))
				at++;
			*to++ = '#';
			from = at;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/**
 * signature_format() - format the signature of a violation
 * @scenario: name of the scenario
 * @problems: the problems that were found
 * @signature: receives the scenario's name and the problems without their numbers
 * @size: size of @signature
 */
void signature_format(const char *scenario, json_t *problems, char *signature,
		      size_t size)
{
	char texts[TEXTS_MAX][TEXT_SIZE];
	char *end = signature + size;
	json_t *problem;
	size_t i, n = 0;

	json_array_foreach(problems, i, problem) {
		if (n < TEXTS_MAX)
			mask_numbers(json_string_value(problem) ?: "",
				     texts[n++], TEXT_SIZE);
	}
	qsort(texts, n, TEXT_SIZE, by_text);
	signature += snprintf(signature, end - signature, "%s:", scenario);
	for (i = 0; i < n && signature < end; i++) {
		if (i && !strcmp(texts[i], texts[i - 1]))
			continue;
		signature += snprintf(signature, end - signature, " %s;",
				      texts[i]);
	}
}
