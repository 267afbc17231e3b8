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
 * gdb_init() - initialise a connection
 * @gdb: the connection
 * @fd: a connected stream socket; gdb_cleanup() closes it
 * @timeout_ms: timeout for each reply in ms, host time
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
 * @data: the data of the packet, as a string
 *
 * Return: 0; -EMSGSIZE if it is longer than GDB_PACKET_MAX; or another negative errno.
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
 * Move the data of one complete packet out of the buffer. Bytes before its '$' are
 * acknowledgments. They are ignored: a stream socket loses no data, so no packet has
 * to be sent again.
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
 * @data: receives the data of the packet, as a string
 * @size: size of @data in bytes
 * @timeout_ms: timeout in ms, host time
 *
 * Return: 0; -ETIMEDOUT; -EBADMSG if the checksum is wrong; -EMSGSIZE if the packet is
 * too long; or another negative errno.
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

	/* this fails if the stub has closed the connection; its packet is still valid */
	stream_write(gdb->fd, "+", 1);

	return 0;
}

/**
 * gdb_transact() - send a packet and wait for the reply
 * @gdb: the connection
 * @request: the data of the packet
 * @reply: receives the data of the reply
 * @size: size of @reply in bytes
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
 * gdb_transact_ok() - send a packet and wait for the reply "OK"
 * @gdb: the connection
 * @request: the data of the packet
 *
 * Return: 0; -EREMOTEIO for an error reply; -EOPNOTSUPP if the stub does not know the
 * request; -EPROTO for any other reply; or another negative errno.
 */
int gdb_transact_ok(struct gdbstub *gdb, const char *request)
{
	char reply[GDB_PACKET_MAX];
	int ret;

	ret = gdb_transact(gdb, request, reply, sizeof(reply));
	if (ret)
		return ret;

	/* the protocol defines an empty reply for an unknown request */
	if (!reply[0])
		return -EOPNOTSUPP;

	return strcmp(reply, "OK") ? -EPROTO : 0;
}
