// SPDX-License-Identifier: GPL-2.0-only
#include <limits.h>
#include <unistd.h>

#include "report.h"

/**
 * put_text() - write text that may have characters with a meaning in HTML
 * @page: the page
 * @text: the text
 */
void put_text(FILE *page, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", page);
			break;
		case '>':
			fputs("&gt;", page);
			break;
		case '&':
			fputs("&amp;", page);
			break;
		case '"':
			fputs("&quot;", page);
			break;
		default:
			fputc(*text, page);
		}
	}
}

/**
 * put_missing() - tell that results are missing
 * @report: the page
 * @what: the results
 * @command: the command that makes them
 */
void put_missing(struct report *report, const char *what, const char *command)
{
	fprintf(report->page, "<p class=\"missing\">%s: no results yet. <code>%s</code> makes them.</p>\n",
		what, command);
}

/**
 * string_of() - a string in an object
 * @object: the object, or NULL
 * @key: its key
 *
 * Return: the string, or "" if there is none.
 */
const char *string_of(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key)) ?: "";
}

/**
 * integer_of() - an integer in an object
 * @object: the object, or NULL
 * @key: its key
 *
 * Return: the integer, or 0 if there is none.
 */
json_int_t integer_of(json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void result_path(const struct report *report, const char *name,
			char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", report->out, name);
}

/**
 * read_json() - read a file of results
 * @report: the page
 * @name: its path in out/
 *
 * Return: its content, or NULL. A file that exists but cannot be read is told.
 */
json_t *read_json(const struct report *report, const char *name)
{
	char path[PATH_MAX];
	json_error_t error;
	json_t *json;

	result_path(report, name, path);
	if (access(path, F_OK))
		return NULL;
	json = json_load_file(path, 0, &error);
	if (!json)
		fprintf(stderr, "report: cannot use %s: line %d: %s; its results are left out\n",
			path, error.line, error.text);

	return json;
}

/**
 * open_result() - open a file of results
 * @report: the page
 * @name: its path in out/
 *
 * Return: the file, or NULL.
 */
FILE *open_result(const struct report *report, const char *name)
{
	char path[PATH_MAX];

	result_path(report, name, path);

	return fopen(path, "re");
}

/**
 * has_result() - is there a file of results
 * @report: the page
 * @name: its path in out/
 *
 * Return: true if there is.
 */
bool has_result(const struct report *report, const char *name)
{
	char path[PATH_MAX];

	result_path(report, name, path);

	return !access(path, R_OK);
}

/**
 * percent() - format a ratio
 * @part: the part
 * @whole: the whole
 * @text: receives the text
 *
 * Return: @text.
 */
const char *percent(size_t part, size_t whole, char text[16])
{
	if (whole)
		snprintf(text, 16, "%.0f %%", 100.0 * part / whole);
	else
		snprintf(text, 16, "-");

	return text;
}
