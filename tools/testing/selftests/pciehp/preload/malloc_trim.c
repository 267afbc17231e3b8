// SPDX-License-Identifier: GPL-2.0-only
#include <malloc.h>

/*
 * QEMU gives the memory that it has freed back to the host time and again, only to take
 * it anew, page by page. A run of half a second is better off with it.
 */
__attribute__((visibility("default")))
int malloc_trim(size_t pad)
{
	return 0;
}
