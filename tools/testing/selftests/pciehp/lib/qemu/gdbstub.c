// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "qemu/gdbstub.h"
#include "qemu/stream.h"
#include "util/host_clock.h"

static uint8_t checksum(const char *data, size_t len)
{
	uint8_t sum = 0;

	while (len--)
		sum += *data++;

	return sum;
}

static int send_packet(struct gdbstub *gdb, const char *data)
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

static int receive_packet(struct gdbstub *gdb, char *data, size_t size,
			  int timeout_ms)
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

/* Send and wait for what comes back; an error reply is -EREMOTEIO. */
static int transact(struct gdbstub *gdb, const char *request, char *reply,
		    size_t size)
{
	int ret;

	ret = send_packet(gdb, request);
	if (!ret)
		ret = receive_packet(gdb, reply, size, gdb->timeout_ms);
	if (!ret && reply[0] == 'E')
		ret = -EREMOTEIO;

	return ret;
}

static int transact_ok(struct gdbstub *gdb, const char *request)
{
	char reply[GDB_PACKET_MAX];
	int ret;

	ret = transact(gdb, request, reply, sizeof(reply));
	if (ret)
		return ret;

	/* an empty reply means that the stub does not know the request */
	if (!reply[0])
		return -EOPNOTSUPP;

	return strcmp(reply, "OK") ? -EPROTO : 0;
}

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

/**
 * gdb_set_breakpoint() - set a hardware breakpoint on all CPUs
 * @gdb: the connection; the machine must be stopped
 * @addr: virtual address of the instruction
 *
 * A hardware breakpoint leaves guest memory alone and works before anything
 * is mapped at its address.
 *
 * Return: 0, -EREMOTEIO when the stub refused, or another negative errno.
 */
int gdb_set_breakpoint(struct gdbstub *gdb, uint64_t addr)
{
	char request[64];

	snprintf(request, sizeof(request), "Z1,%llx,1",
		 (unsigned long long)addr);

	return transact_ok(gdb, request);
}

/**
 * gdb_clear_breakpoint() - take a hardware breakpoint away
 * @gdb: the connection; the machine must be stopped
 * @addr: virtual address of the instruction
 *
 * Return: 0, -EREMOTEIO when there is none, or another negative errno.
 */
int gdb_clear_breakpoint(struct gdbstub *gdb, uint64_t addr)
{
	char request[64];

	snprintf(request, sizeof(request), "z1,%llx,1",
		 (unsigned long long)addr);

	return transact_ok(gdb, request);
}

static int change_watchpoint(struct gdbstub *gdb, char change,
			     enum gdb_access access, uint64_t addr, size_t len)
{
	char request[64];

	snprintf(request, sizeof(request), "%c%d,%llx,%zx", change, access,
		 (unsigned long long)addr, len);

	return transact_ok(gdb, request);
}

/**
 * gdb_set_watchpoint() - stop any CPU that accesses memory
 * @gdb: the connection; the machine must be stopped
 * @access: how
 * @addr: virtual address
 * @len: how many bytes from there
 *
 * It stops before the access or after it, as the architecture has it.
 *
 * Return: 0, -EREMOTEIO when the stub refused, or another negative errno.
 */
int gdb_set_watchpoint(struct gdbstub *gdb, enum gdb_access access,
		       uint64_t addr, size_t len)
{
	return change_watchpoint(gdb, 'Z', access, addr, len);
}

/**
 * gdb_clear_watchpoint() - take a watchpoint away
 * @gdb: the connection; the machine must be stopped
 * @access: as it was set
 * @addr: likewise
 * @len: likewise
 *
 * Return: 0, -EREMOTEIO when there is none, or another negative errno.
 */
int gdb_clear_watchpoint(struct gdbstub *gdb, enum gdb_access access,
			 uint64_t addr, size_t len)
{
	return change_watchpoint(gdb, 'z', access, addr, len);
}

static int decode_hex(const char *hex, uint8_t *data, size_t len)
{
	unsigned int byte;

	/* sscanf() would also take a sign, a blank or a single digit */
	if (strlen(hex) != 2 * len ||
	    strspn(hex, "0123456789abcdefABCDEF") != 2 * len)
		return -EPROTO;

	while (len--) {
		if (sscanf(hex, "%2x", &byte) != 1)
			return -EPROTO;
		*data++ = byte;
		hex += 2;
	}

	return 0;
}

/**
 * gdb_read() - read guest memory
 * @gdb: the connection; the machine must be stopped
 * @addr: virtual address, in the address space of the CPU that stopped
 * @data: where to
 * @len: how many bytes
 *
 * Return: 0, -EREMOTEIO when nothing is mapped there, or another negative
 * errno.
 */
int gdb_read(struct gdbstub *gdb, uint64_t addr, void *data, size_t len)
{
	char request[64], reply[GDB_PACKET_MAX];
	uint8_t *to = data;
	int ret;

	while (len) {
		size_t n = len < GDB_MEMORY_MAX ? len : GDB_MEMORY_MAX;

		snprintf(request, sizeof(request), "m%llx,%zx",
			 (unsigned long long)addr, n);
		ret = transact(gdb, request, reply, sizeof(reply));
		if (!ret)
			ret = decode_hex(reply, to, n);
		if (ret)
			return ret;
		addr += n;
		to += n;
		len -= n;
	}

	return 0;
}

/**
 * gdb_write() - write guest memory
 * @gdb: the connection; the machine must be stopped
 * @addr: virtual address, in the address space of the CPU that stopped
 * @data: what
 * @len: how many bytes
 *
 * Return: 0, -EREMOTEIO when nothing is mapped there, or another negative
 * errno.
 */
int gdb_write(struct gdbstub *gdb, uint64_t addr, const void *data, size_t len)
{
	char request[GDB_PACKET_MAX];
	const uint8_t *from = data;
	int ret;

	while (len) {
		size_t n = len < GDB_MEMORY_MAX ? len : GDB_MEMORY_MAX;
		char *p = request;

		p += sprintf(p, "M%llx,%zx:", (unsigned long long)addr, n);
		for (size_t i = 0; i < n; i++)
			p += sprintf(p, "%02x", from[i]);
		ret = transact_ok(gdb, request);
		if (ret)
			return ret;
		addr += n;
		from += n;
		len -= n;
	}

	return 0;
}

/**
 * gdb_read_registers() - read registers of the CPU that stopped
 * @gdb: the connection; the machine must be stopped
 * @values: receives the first @n, in the order of gdb for the architecture
 * @n: how many; all of these have 64 bits
 *
 * All are read at once, as QEMU gives a single one only to who has read its
 * description of them before.
 *
 * Return: 0, -EPROTO when there are not as many, or another negative errno.
 */
int gdb_read_registers(struct gdbstub *gdb, uint64_t *values, int n)
{
	char reply[GDB_PACKET_MAX], *hex = reply;
	uint8_t bytes[sizeof(*values)];
	int ret;

	ret = transact(gdb, "g", reply, sizeof(reply));
	if (ret)
		return ret;
	if (strlen(reply) < n * 2 * sizeof(bytes))
		return -EPROTO;
	for (; n--; hex += 2 * sizeof(bytes)) {
		char digits[2 * sizeof(bytes) + 1] = "";

		memcpy(digits, hex, 2 * sizeof(bytes));
		ret = decode_hex(digits, bytes, sizeof(bytes));
		if (ret)
			return ret;
		/* all of QEMU's machines that we boot are little endian */
		*values = 0;
		for (int i = sizeof(bytes) - 1; i >= 0; i--)
			*values = *values << 8 | bytes[i];
		values++;
	}

	return 0;
}

/**
 * gdb_read_register() - read a register of the CPU that stopped
 * @gdb: the connection; the machine must be stopped
 * @number: the register's, as gdb numbers those of the architecture; it and
 *	all before it have 64 bits
 * @value: receives the value
 *
 * Return: as gdb_read_registers().
 */
int gdb_read_register(struct gdbstub *gdb, int number, uint64_t *value)
{
	uint64_t values[GDB_REGISTERS_MAX];
	int ret;

	if (number >= GDB_REGISTERS_MAX)
		return -EPROTO;
	ret = gdb_read_registers(gdb, values, number + 1);
	if (!ret)
		*value = values[number];

	return ret;
}

/**
 * gdb_write_register() - write a register of the CPU that stopped
 * @gdb: the connection; the machine must be stopped
 * @number: the register's, as for gdb_read_register()
 * @value: the value
 *
 * Return: as gdb_read_registers().
 */
int gdb_write_register(struct gdbstub *gdb, int number, uint64_t value)
{
	char request[GDB_PACKET_MAX] = "G", digits[2 * sizeof(value) + 1];
	char *hex = request + 1 + number * 2 * sizeof(value);
	int ret;

	ret = transact(gdb, "g", request + 1, sizeof(request) - 1);
	if (ret)
		return ret;
	if (request + strlen(request) < hex + 2 * sizeof(value))
		return -EPROTO;
	for (size_t i = 0; i < sizeof(value); i++)
		sprintf(digits + 2 * i, "%02x", (uint8_t)(value >> 8 * i));
	memcpy(hex, digits, 2 * sizeof(value));

	return transact_ok(gdb, request);
}

/**
 * gdb_change_flags() - change bits of the flags of the CPU that stopped
 * @gdb: the connection; the machine must be stopped
 * @number: their register's, as gdb numbers those of the architecture; it has 32 bits
 *	itself, and all before it have 64
 * @clear: bits to clear
 * @set: bits to set
 * @was: receives what they all were
 *
 * Return: as gdb_read_registers().
 */
int gdb_change_flags(struct gdbstub *gdb, int number, uint32_t clear,
		     uint32_t set, uint32_t *was)
{
	char request[GDB_PACKET_MAX] = "G", digits[9] = "";
	char *hex = request + 1 + number * 16;
	uint8_t bytes[4];
	uint32_t flags;
	int ret;

	ret = transact(gdb, "g", request + 1, sizeof(request) - 1);
	if (ret)
		return ret;
	if (request + strlen(request) < hex + 8)
		return -EPROTO;
	memcpy(digits, hex, 8);
	ret = decode_hex(digits, bytes, sizeof(bytes));
	if (ret)
		return ret;
	*was = bytes[0] | bytes[1] << 8 | bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
	flags = (*was & ~clear) | set;
	snprintf(digits, sizeof(digits), "%02x%02x%02x%02x", flags & 0xff,
		 flags >> 8 & 0xff, flags >> 16 & 0xff, flags >> 24);
	memcpy(hex, digits, 8);

	return transact_ok(gdb, request);
}

/**
 * gdb_physical() - do addresses mean physical memory, devices' included
 * @gdb: the connection
 * @on: from now on they do; or, again, virtual memory
 *
 * Return: 0, -EOPNOTSUPP when the stub is not QEMU's, or another negative errno.
 */
int gdb_physical(struct gdbstub *gdb, bool on)
{
	return transact_ok(gdb, on ? "Qqemu.PhyMemMode:1" :
				     "Qqemu.PhyMemMode:0");
}

/**
 * gdb_continue() - let all CPUs run
 * @gdb: the connection
 *
 * Return: 0 or a negative errno.
 */
int gdb_continue(struct gdbstub *gdb)
{
	return send_packet(gdb, "c");
}

/**
 * gdb_continue_at() - let all CPUs run, the stopped one from another place
 * @gdb: the connection
 * @addr: virtual address at which the CPU that stopped goes on
 *
 * Return: 0 or a negative errno.
 */
int gdb_continue_at(struct gdbstub *gdb, uint64_t addr)
{
	char request[32];

	snprintf(request, sizeof(request), "c%llx", (unsigned long long)addr);

	return send_packet(gdb, request);
}

/**
 * gdb_step() - let the CPU that stopped execute one instruction
 * @gdb: the connection
 *
 * An interrupt that is due comes first, unless the CPU masks it.
 *
 * Return: 0 or a negative errno; then comes gdb_wait_stop().
 */
int gdb_step(struct gdbstub *gdb)
{
	return send_packet(gdb, "s");
}

/**
 * gdb_wait_stop() - wait until the machine stops at a breakpoint or a watchpoint
 * @gdb: the connection, after gdb_continue(), gdb_continue_at() or gdb_step()
 * @timeout_ms: how long to wait, host time
 *
 * Return: 0; -EINTR when the monitor stopped it instead; -ETIMEDOUT; -EPIPE when
 * the stub is gone; -ESHUTDOWN when it reports that the machine exited; -EPROTO
 * for a stop of another kind.
 */
int gdb_wait_stop(struct gdbstub *gdb, int timeout_ms)
{
	char reply[GDB_PACKET_MAX];
	int ret;

	ret = receive_packet(gdb, reply, sizeof(reply), timeout_ms);
	if (ret)
		return ret;

	switch (reply[0]) {
	case 'W':
	case 'X':
		return -ESHUTDOWN;
	case 'T':
	case 'S':
		/* SIGTRAP: it was one; SIGINT: the monitor's "stop" */
		if (!strncmp(reply + 1, "02", 2))
			return -EINTR;
		return strncmp(reply + 1, "05", 2) ? -EPROTO : 0;
	}

	return -EPROTO;
}
