/* SPDX-License-Identifier: GPL-2.0-only */
/* Access to the kernel's instructions and variables in memory. */
#ifndef EXPLORE_TEXT_H
#define EXPLORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "points.h"

#include "guest/guest.h"

int text_read(struct guest *guest, const struct points *points, uint64_t addr,
	      void *code, size_t len);
bool text_has(struct guest *guest, const struct points *points,
	      const struct point *point);
int text_write(struct guest *guest, const struct points *points, uint64_t addr,
	       const uint8_t *code, size_t len);

#endif /* EXPLORE_TEXT_H */
