/* SPDX-License-Identifier: GPL-2.0-only */
/* What violations have in common. */
#ifndef EXPLORE_CAUSE_H
#define EXPLORE_CAUSE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

void cause_format(const char *scenario, json_t *problems, char *cause,
		  size_t size);
uint64_t cause_hash(const char *text);

#endif /* EXPLORE_CAUSE_H */
