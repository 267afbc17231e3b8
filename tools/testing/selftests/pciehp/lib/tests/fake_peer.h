/* SPDX-License-Identifier: GPL-2.0-only */
/* A fake for the other end of a stream socket, which plays a script. */
#ifndef LIBPCIEHP_TESTS_FAKE_PEER_H
#define LIBPCIEHP_TESTS_FAKE_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * enum fake_action - actions of a peer
 * @FAKE_EXPECT: receive exactly these bytes
 * @FAKE_SEND: send these bytes
 * @FAKE_SLEEP: sleep
 * @FAKE_HANG_UP: close the connection, even if there is data left to read
 */
enum fake_action {
	FAKE_EXPECT,
	FAKE_SEND,
	FAKE_SLEEP,
	FAKE_HANG_UP,
};

/**
 * struct fake_step - one step of the script
 * @action: the action
 * @data: the bytes to receive or send, or NULL
 * @len: number of bytes
 * @ms: how long to sleep in ms
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
 * @nr_steps: number of steps
 * @max_piece: if not 0, data is sent in pieces of a random size up to this, each after
 *	the previous one was read
 * @error: 0, or a negative errno if a step could not be added
 * @pid: PID of the process that plays the script, or 0
 * @fd: socket of a peer that needs no process, or -1
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
