// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/sockios.h>

#include "tests/fake_peer.h"

/* Far longer than any script takes; ends a peer that waits for data that does not come. */
#define PLAY_TIMEOUT_S	5

static void add(struct fake_peer *peer, enum fake_action action,
		const void *data, size_t len, int ms)
{
	struct fake_step *steps;
	char *copy;

	steps = realloc(peer->steps, (peer->nr_steps + 1) * sizeof(*steps));
	if (steps)
		peer->steps = steps;
	copy = malloc(len + 1);
	if (!steps || !copy) {
		free(copy);
		peer->error = -ENOMEM;
		return;
	}

	if (len)
		memcpy(copy, data, len);
	peer->steps[peer->nr_steps++] = (struct fake_step){
		.action = action,
		.data = copy,
		.len = len,
		.ms = ms,
	};
}

/**
 * fake_peer_init() - initialise a peer with an empty script
 * @peer: the peer
 */
void fake_peer_init(struct fake_peer *peer)
{
	*peer = (struct fake_peer){ .fd = -1 };
}

/**
 * fake_peer_cleanup() - free the script
 * @peer: the peer, after fake_peer_finish() if it was started
 */
void fake_peer_cleanup(struct fake_peer *peer)
{
	fake_peer_cut(peer, 0);
	free(peer->steps);
	fake_peer_init(peer);
}

/**
 * fake_peer_expect() - script: the peer must receive exactly these bytes
 * @peer: the peer
 * @data: the bytes
 * @len: number of bytes
 */
void fake_peer_expect(struct fake_peer *peer, const void *data, size_t len)
{
	add(peer, FAKE_EXPECT, data, len, 0);
}

/**
 * fake_peer_send() - script: the peer sends these bytes
 * @peer: the peer
 * @data: the bytes
 * @len: number of bytes
 */
void fake_peer_send(struct fake_peer *peer, const void *data, size_t len)
{
	add(peer, FAKE_SEND, data, len, 0);
}

/**
 * fake_peer_sleep() - script: the peer sleeps
 * @peer: the peer
 * @ms: how long in ms, host time
 */
void fake_peer_sleep(struct fake_peer *peer, int ms)
{
	add(peer, FAKE_SLEEP, NULL, 0, ms);
}

/**
 * fake_peer_hang_up() - script: the peer closes the connection and ends
 * @peer: the peer
 *
 * Without this step, the peer waits at the end of the script for the other end to close
 * the connection.
 */
void fake_peer_hang_up(struct fake_peer *peer)
{
	add(peer, FAKE_HANG_UP, NULL, 0, 0);
}

/**
 * fake_peer_cut() - remove the end of the script
 * @peer: the peer, which was not started
 * @nr_steps: number of steps to keep
 */
void fake_peer_cut(struct fake_peer *peer, size_t nr_steps)
{
	while (peer->nr_steps > nr_steps)
		free(peer->steps[--peer->nr_steps].data);
}

/**
 * fake_peer_pick_sent() - pick a random step in which the peer sends data
 * @peer: the peer; its script must have such a step
 * @seed: state of the random numbers
 *
 * Return: the step.
 */
struct fake_step *fake_peer_pick_sent(struct fake_peer *peer,
				      unsigned int *seed)
{
	struct fake_step *step;

	do {
		step = &peer->steps[rand_r(seed) % peer->nr_steps];
	} while (step->action != FAKE_SEND || !step->len);

	return step;
}

/**
 * fake_peer_corrupt() - change one random byte that the peer sends
 * @peer: the peer, which was not started
 * @seed: state of the random numbers
 */
void fake_peer_corrupt(struct fake_peer *peer, unsigned int *seed)
{
	struct fake_step *step = fake_peer_pick_sent(peer, seed);

	step->data[rand_r(seed) % step->len] += 1 + rand_r(seed) % 255;
}

static int report_mismatch(const struct fake_step *step, const char *got, size_t len)
{
	fprintf(stderr, "# the peer expected \"%.*s\", got \"%.*s\"\n",
		(int)step->len, step->data, (int)len, got);

	return -EPROTO;
}

static int expect(int fd, const struct fake_step *step)
{
	size_t len = 0;
	char *got;
	ssize_t n;
	int ret = 0;

	got = malloc(step->len + 1);
	if (!got)
		return -ENOMEM;

	while (!ret && len < step->len) {
		n = recv(fd, got + len, step->len - len, 0);
		if (n > 0)
			len += n;
		if (n <= 0 || memcmp(got, step->data, len))
			ret = report_mismatch(step, got, len);
	}
	free(got);

	return ret;
}

static void wait_until_read(int fd)
{
	int unread;

	while (!ioctl(fd, SIOCOUTQ, &unread) && unread)
		sched_yield();
}

static int send_step(int fd, const struct fake_step *step, size_t max_piece,
		     unsigned int *seed)
{
	size_t sent = 0, len;
	ssize_t n;

	while (sent < step->len) {
		len = step->len - sent;
		if (max_piece) {
			size_t piece = 1 + rand_r(seed) % max_piece;

			wait_until_read(fd);
			if (len > piece)
				len = piece;
		}
		n = send(fd, step->data + sent, len, MSG_NOSIGNAL);
		if (n < 0) {
			perror("# the peer cannot send");
			return -errno;
		}
		sent += n;
	}

	return 0;
}

static int play(const struct fake_peer *peer, int fd)
{
	const struct fake_step end = { .action = FAKE_EXPECT, .data = "" };
	unsigned int seed = 1;
	char more[256];
	ssize_t n;
	int ret;

	for (size_t i = 0; i < peer->nr_steps; i++) {
		const struct fake_step *step = &peer->steps[i];

		ret = 0;
		switch (step->action) {
		case FAKE_EXPECT:
			ret = expect(fd, step);
			break;
		case FAKE_SEND:
			ret = send_step(fd, step, peer->max_piece, &seed);
			break;
		case FAKE_SLEEP:
			usleep(step->ms * 1000);
			break;
		case FAKE_HANG_UP:
			return 0;
		}
		if (ret)
			return ret;
	}

	n = recv(fd, more, sizeof(more), 0);

	return n > 0 ? report_mismatch(&end, more, n) : 0;
}

/**
 * fake_peer_start() - start a process that plays the script
 * @peer: the peer
 *
 * Return: a socket that is connected to it, or a negative errno.
 */
int fake_peer_start(struct fake_peer *peer)
{
	int fds[2];

	if (peer->error)
		return peer->error;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds))
		return -errno;

	peer->pid = fork();
	if (peer->pid < 0) {
		close(fds[0]);
		close(fds[1]);
		peer->pid = 0;
		return -EAGAIN;
	}
	if (!peer->pid) {
		close(fds[0]);
		alarm(PLAY_TIMEOUT_S);
		_exit(play(peer, fds[1]) ? 1 : 0);
	}
	close(fds[1]);

	return fds[0];
}

/**
 * fake_peer_start_unchecked() - send all data of the script at once, and hang up
 * @peer: the peer
 *
 * What the peer receives is not checked. This is fast, as it needs no process.
 *
 * Return: a socket that is connected to it, or a negative errno.
 */
int fake_peer_start_unchecked(struct fake_peer *peer)
{
	int fds[2], ret = peer->error;

	if (ret)
		return ret;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds))
		return -errno;

	peer->fd = fds[1];
	for (size_t i = 0; i < peer->nr_steps; i++) {
		const struct fake_step *step = &peer->steps[i];

		/* send() would block for ever if the data did not fit */
		if (step->action == FAKE_SEND &&
		    send(peer->fd, step->data, step->len, MSG_DONTWAIT) !=
		    (ssize_t)step->len) {
			close(fds[0]);
			return -EMSGSIZE;
		}
	}
	shutdown(peer->fd, SHUT_WR);

	return fds[0];
}

/**
 * fake_peer_finish() - wait until the peer has ended
 * @peer: the peer; close the other end of its socket first, unless the script ends with
 *	fake_peer_hang_up()
 *
 * Return: 0, or -EPROTO if the peer has received something that its script does not
 * expect.
 */
int fake_peer_finish(struct fake_peer *peer)
{
	int status = 0;

	if (peer->fd >= 0)
		close(peer->fd);
	peer->fd = -1;

	if (peer->pid)
		waitpid(peer->pid, &status, 0);
	peer->pid = 0;

	return status ? -EPROTO : 0;
}
