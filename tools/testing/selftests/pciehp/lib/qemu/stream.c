// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "qemu/stream.h"
#include "util/host_clock.h"

/**
 * stream_write() - write a whole buffer
 * @fd: stream socket
 * @data: the buffer
 * @len: number of bytes
 *
 * A closed connection causes no SIGPIPE.
 *
 * Return: 0; -EPIPE if the peer has closed the connection; or another negative errno.
 */
int stream_write(int fd, const void *data, size_t len)
{
	const char *p = data;
	ssize_t n;

	while (len) {
		n = send(fd, p, len, MSG_NOSIGNAL);
		if (n < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		p += n;
		len -= n;
	}

	return 0;
}

/**
 * stream_read() - read the available data, and wait for at least one byte
 * @fd: stream socket
 * @data: receives the data
 * @len: size of @data in bytes
 * @deadline_ms: when to stop waiting, in terms of host_now_ms()
 *
 * Return: the number of bytes read; -ETIMEDOUT; -EPIPE if the peer has closed the
 * connection; or another negative errno.
 */
ssize_t stream_read(int fd, void *data, size_t len, int64_t deadline_ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int64_t left;
	ssize_t n;

	for (;;) {
		left = deadline_ms - host_now_ms();
		n = poll(&pfd, 1, left > 0 ? left : 0);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (!n)
			return -ETIMEDOUT;
		if (n < 0)
			continue;

		n = recv(fd, data, len, 0);
		if (n > 0)
			return n;
		if (!n || errno == ECONNRESET)
			return -EPIPE;
		if (errno != EINTR)
			return -errno;
	}
}
