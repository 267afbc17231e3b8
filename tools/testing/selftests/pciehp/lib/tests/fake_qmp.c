// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fake_qmp.h"

/* JSON with ' for ", which C would have to escape. */
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
 * fake_qmp_expect() - the monitor must now be sent something
 * @peer: the monitor
 * @json: what, with ' for "
 */
void fake_qmp_expect(struct fake_peer *peer, const char *json)
{
	add(fake_peer_expect, peer, json);
}

/**
 * fake_qmp_send() - the monitor now sends something
 * @peer: the monitor
 * @json: what, likewise
 */
void fake_qmp_send(struct fake_peer *peer, const char *json)
{
	add(fake_peer_send, peer, json);
}

/**
 * fake_qmp_greet() - the monitor now greets, and negotiates
 * @peer: the monitor
 */
void fake_qmp_greet(struct fake_peer *peer)
{
	fake_qmp_send(peer, "{'QMP': {'version': {}, 'capabilities': []}}\n");
	fake_qmp_expect(peer, "{'execute':'qmp_capabilities'}");
	fake_qmp_send(peer, FAKE_QMP_RETURN);
}
