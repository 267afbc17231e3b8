/* SPDX-License-Identifier: GPL-2.0-only */
/* Signatures: violations with the same signature have the same cause. */
#ifndef EXPLORE_SIGNATURE_H
#define EXPLORE_SIGNATURE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

void signature_format(const char *scenario, json_t *problems, char *signature,
		      size_t size);
uint64_t signature_hash(const char *text);

#endif /* EXPLORE_SIGNATURE_H */
