/* SPDX-License-Identifier: GPL-2.0-only */
/* Text with several lines. */
#ifndef LIBPCIEHP_UTIL_TEXT_H
#define LIBPCIEHP_UTIL_TEXT_H

#include <string.h>

/**
 * text_next_line() - find the next line of a text
 * @line: a line of the text
 *
 * Return: the line after it, or the end of the text.
 */
static inline const char *text_next_line(const char *line)
{
	line += strcspn(line, "\n");

	return *line ? line + 1 : line;
}

void text_print_tail(const char *text, int lines);

#endif /* LIBPCIEHP_UTIL_TEXT_H */
