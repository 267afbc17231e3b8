// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "util/text.h"

/**
 * text_print_tail() - print the end of a text as TAP diagnostics to stderr
 * @text: the text
 * @lines: maximum number of lines
 */
void text_print_tail(const char *text, int lines)
{
	const char *line = text + strlen(text), *next;

	while (line > text && lines >= 0) {
		if (*--line == '\n' && line[1])
			lines--;
	}
	if (*line == '\n')
		line++;

	while (*line) {
		next = strchrnul(line, '\n');
		fprintf(stderr, "#   | %.*s\n",
			(int)strcspn(line, "\r\n"), line);
		line = *next ? next + 1 : next;
	}
}
