/* SPDX-License-Identifier: GPL-2.0-only */
/* The other end of a stream socket, played from a script. */
#ifndef LIBPCIEHP_TESTS_FAKE_PEER_H
#define LIBPCIEHP_TESTS_FAKE_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * enum fake_action - what a peer can do
 * @FAKE_EXPECT: read exactly these bytes
 * @FAKE_SEND: write these bytes
 * @FAKE_SLEEP: do nothing for a while
 * @FAKE_HANG_UP: close the connection, whatever is left to read
 */
enum fake_action {
	FAKE_EXPECT,
	FAKE_SEND,
	FAKE_SLEEP,
	FAKE_HANG_UP,
};

/**
 * struct fake_step - one line of the script
 * @action: what to do
 * @data: the bytes, or NULL
 * @len: how many
 * @ms: how long to sleep
 */
struct fake_step {
	enum fake_action action;
	char *data;
	size_t len;
	int ms;
};

/**
 * struct fake_peer - one peer and its script
 * @steps: the script
 * @nr_steps: its length
 * @max_piece: what is sent comes in pieces of a random size up to this, each
 *	after the one before was read; 0 sends it in one piece
 * @error: negative errno if the script could not be written
 * @pid: the process that plays the script, 0 when there is none
 * @fd: the end of a peer that needs no process, or -1
 */
struct fake_peer {
	struct fake_step *steps;
	size_t nr_steps;
	size_t max_piece;
	int error;
	pid_t pid;
	int fd;
};

void fake_peer_init(struct fake_peer *peer);
void fake_peer_cleanup(struct fake_peer *peer);
void fake_peer_expect(struct fake_peer *peer, const void *data, size_t len);
void fake_peer_send(struct fake_peer *peer, const void *data, size_t len);
void fake_peer_sleep(struct fake_peer *peer, int ms);
void fake_peer_hang_up(struct fake_peer *peer);
void fake_peer_cut(struct fake_peer *peer, size_t nr_steps);
struct fake_step *fake_peer_pick_sent(struct fake_peer *peer,
				      unsigned int *seed);
void fake_peer_corrupt(struct fake_peer *peer, unsigned int *seed);
int fake_peer_start(struct fake_peer *peer);
int fake_peer_start_unchecked(struct fake_peer *peer);
int fake_peer_finish(struct fake_peer *peer);

#endif /* LIBPCIEHP_TESTS_FAKE_PEER_H */
