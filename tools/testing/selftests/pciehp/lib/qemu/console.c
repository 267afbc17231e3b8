// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qemu/console.h"
#include "util/text.h"

static char *read_all(int fd, size_t *len)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = size >= 0 ? malloc(size + 1) : NULL;
	ssize_t n;

	if (!text)
		return NULL;
	n = pread(fd, text, size, 0);
	*len = n > 0 ? n : 0;
	text[*len] = '\0';

	return text;
}

/**
 * console_save() - copy the console output to a file
 * @fd: @vm->console
 * @path: the file
 *
 * Return: 0 or a negative errno.
 */
int console_save(int fd, const char *path)
{
	int ret = 0;
	size_t len;
	char *text;
	FILE *f;

	text = read_all(fd, &len);
	if (!text)
		return -ENOMEM;

	f = fopen(path, "we");
	if (!f || fwrite(text, 1, len, f) != len)
		ret = -errno;
	if (f && fclose(f))
		ret = -errno;
	free(text);

	return ret;
}

/**
 * console_print_tail() - print the last lines of output as TAP diagnostics to stderr
 * @fd: @vm->console or @vm->errors
 * @lines: maximum number of lines
 */
void console_print_tail(int fd, int lines)
{
	size_t len;
	char *text;

	text = read_all(fd, &len);
	if (text)
		text_print_tail(text, lines);
	free(text);
}
