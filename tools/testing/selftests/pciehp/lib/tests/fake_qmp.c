// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fake_qmp.h"

/* The JSON text has ' instead of ", which would have to be escaped in C. */
static void add(void (*step)(struct fake_peer *peer, const void *data,
			     size_t len),
		struct fake_peer *peer, const char *json)
{
	char *text = strdup(json);

	if (!text) {
		peer->error = -ENOMEM;
		return;
	}
	for (char *at = text; (at = strchr(at, '\'')); )
		*at = '"';
	step(peer, text, strlen(text));
	free(text);
}

/**
 * fake_qmp_expect() - script: the monitor must receive this text
 * @peer: the monitor
 * @json: the text, with ' instead of "
 */
void fake_qmp_expect(struct fake_peer *peer, const char *json)
{
	add(fake_peer_expect, peer, json);
}

/**
 * fake_qmp_send() - script: the monitor sends this text
 * @peer: the monitor
 * @json: the text, with ' instead of "
 */
void fake_qmp_send(struct fake_peer *peer, const char *json)
{
	add(fake_peer_send, peer, json);
}

/**
 * fake_qmp_greet() - script: the monitor sends its greeting and negotiates capabilities
 * @peer: the monitor
 */
void fake_qmp_greet(struct fake_peer *peer)
{
	fake_qmp_send(peer, "{'QMP': {'version': {}, 'capabilities': []}}\n");
	fake_qmp_expect(peer, "{'execute':'qmp_capabilities'}");
	fake_qmp_send(peer, FAKE_QMP_RETURN);
}
