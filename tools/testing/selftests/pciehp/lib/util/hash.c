// SPDX-License-Identifier: GPL-2.0-only
#include "util/hash.h"

/**
 * hash_string() - add a string to a hash
 * @hash: the hash of the strings before it, or HASH_START
 * @text: the string
 *
 * Return: the FNV-1a hash of all strings, each with its NUL.
 */
uint64_t hash_string(uint64_t hash, const char *text)
{
	do {
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
	} while (*text++);

	return hash;
}
