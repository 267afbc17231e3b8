// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "qemu/gdb_packet.h"
#include "qemu/stream.h"
#include "util/host_clock.h"

/**
 * gdb_init() - take over a connected socket
 * @gdb: to be initialised
 * @fd: stream socket; owned from now on
 * @timeout_ms: how long any reply may take, host time
 */
void gdb_init(struct gdbstub *gdb, int fd, int timeout_ms)
{
	gdb->fd = fd;
	gdb->timeout_ms = timeout_ms;
	gdb->len = 0;
}

/**
 * gdb_cleanup() - close the connection
 * @gdb: the connection
 */
void gdb_cleanup(struct gdbstub *gdb)
{
	if (gdb->fd >= 0)
		close(gdb->fd);
	gdb->fd = -1;
}

static uint8_t checksum(const char *data, size_t len)
{
	uint8_t sum = 0;

	while (len--)
		sum += *data++;

	return sum;
}

/**
 * gdb_send() - send a packet
 * @gdb: the connection
 * @data: what is in it
 *
 * Return: 0 or a negative errno.
 */
int gdb_send(struct gdbstub *gdb, const char *data)
{
	char packet[GDB_PACKET_MAX];
	int len;

	len = snprintf(packet, sizeof(packet), "$%s#%02x", data,
		       checksum(data, strlen(data)));
	if (len >= (int)sizeof(packet))
		return -EMSGSIZE;

	return stream_write(gdb->fd, packet, len);
}

/*
 * Move one whole packet's data out of the buffer. What stands before its '$'
 * is an acknowledgment; a stream socket loses nothing, so there is nothing
 * to repeat.
 */
static int take_packet(struct gdbstub *gdb, char *data, size_t size)
{
	char *end = gdb->buf + gdb->len, *start, *hash;
	size_t len;
	int ret = 0;

	start = memchr(gdb->buf, '$', gdb->len);
	if (!start) {
		gdb->len = 0;
		return -EAGAIN;
	}

	hash = memchr(start, '#', end - start);
	if (!hash || end - hash < 3)
		return gdb->len == sizeof(gdb->buf) ? -EMSGSIZE : -EAGAIN;

	start++;
	len = hash - start;
	if (len >= size) {
		ret = -EMSGSIZE;
	} else {
		char sum[3];

		memcpy(data, start, len);
		data[len] = '\0';
		snprintf(sum, sizeof(sum), "%02x", checksum(data, len));
		if (strncasecmp(sum, hash + 1, 2))
			ret = -EBADMSG;
	}

	gdb->len = end - (hash + 3);
	memmove(gdb->buf, hash + 3, gdb->len);

	return ret;
}

/**
 * gdb_receive() - wait for a packet
 * @gdb: the connection
 * @data: receives what is in it, as a string
 * @size: room in @data
 * @timeout_ms: how long to wait, host time
 *
 * Return: 0 or a negative errno.
 */
int gdb_receive(struct gdbstub *gdb, char *data, size_t size, int timeout_ms)
{
	int64_t deadline = host_now_ms() + timeout_ms;
	ssize_t n;
	int ret;

	while ((ret = take_packet(gdb, data, size)) == -EAGAIN) {
		n = stream_read(gdb->fd, gdb->buf + gdb->len,
				sizeof(gdb->buf) - gdb->len, deadline);
		if (n < 0)
			return n;
		gdb->len += n;
	}
	if (ret)
		return ret;

	/* a stub that hung up has still said this; what follows will fail */
	stream_write(gdb->fd, "+", 1);

	return 0;
}

/**
 * gdb_transact() - send a packet, and wait for what comes back
 * @gdb: the connection
 * @request: what to send
 * @reply: receives what comes back
 * @size: room in @reply
 *
 * Return: 0, -EREMOTEIO for an error reply, or another negative errno.
 */
int gdb_transact(struct gdbstub *gdb, const char *request, char *reply,
		 size_t size)
{
	int ret;

	ret = gdb_send(gdb, request);
	if (!ret)
		ret = gdb_receive(gdb, reply, size, gdb->timeout_ms);
	if (!ret && reply[0] == 'E')
		ret = -EREMOTEIO;

	return ret;
}

/**
 * gdb_transact_ok() - likewise, when "OK" has to come back
 * @gdb: the connection
 * @request: what to send
 *
 * Return: 0, -EREMOTEIO for an error reply, -EOPNOTSUPP when the stub does not know the
 * request, or another negative errno.
 */
int gdb_transact_ok(struct gdbstub *gdb, const char *request)
{
	char reply[GDB_PACKET_MAX];
	int ret;

	ret = gdb_transact(gdb, request, reply, sizeof(reply));
	if (ret)
		return ret;

	/* an empty reply means that the stub does not know the request */
	if (!reply[0])
		return -EOPNOTSUPP;

	return strcmp(reply, "OK") ? -EPROTO : 0;
}
