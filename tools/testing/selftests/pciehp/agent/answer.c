// SPDX-License-Identifier: GPL-2.0-only
/* Builds the text of an answer to the host. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "pciehp_agent.h"

/**
 * answer_add() - append to an answer's text
 * @answer: the answer
 * @fmt: the text, as for printf()
 *
 * If the text does not fit, the answer becomes an error (EMSGSIZE). It is never cut
 * silently.
 */
void answer_add(struct answer *answer, const char *fmt, ...)
{
	size_t room = answer->size - answer->len;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(answer->text + answer->len, room, fmt, ap);
	va_end(ap);

	if ((size_t)len >= room)
		answer->error = EMSGSIZE;
	else
		answer->len += len;
}
