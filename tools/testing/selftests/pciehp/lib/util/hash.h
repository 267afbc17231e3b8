/* SPDX-License-Identifier: GPL-2.0-only */
/* Hashes for the names of files. */
#ifndef LIBPCIEHP_UTIL_HASH_H
#define LIBPCIEHP_UTIL_HASH_H

#include <stdint.h>

#define HASH_START	0xcbf29ce484222325

uint64_t hash_string(uint64_t hash, const char *text);

#endif /* LIBPCIEHP_UTIL_HASH_H */
