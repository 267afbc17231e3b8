// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "qemu/gdbstub.h"

/**
 * gdb_set_breakpoint() - set a hardware breakpoint on all CPUs
 * @gdb: the connection; the machine must be stopped
 * @addr: virtual address of the instruction
 *
 * A hardware breakpoint does not change guest memory, and it can be set before
 * anything is mapped at its address.
 *
 * Return: 0, -EREMOTEIO if the stub refused, or another negative errno.
 */
int gdb_set_breakpoint(struct gdbstub *gdb, uint64_t addr)
{
	char request[64];

	snprintf(request, sizeof(request), "Z1,%llx,1",
		 (unsigned long long)addr);

	return gdb_transact_ok(gdb, request);
}

/**
 * gdb_clear_breakpoint() - clear a hardware breakpoint
 * @gdb: the connection; the machine must be stopped
 * @addr: virtual address of the instruction
 *
 * Return: 0, -EREMOTEIO if there is none, or another negative errno.
 */
int gdb_clear_breakpoint(struct gdbstub *gdb, uint64_t addr)
{
	char request[64];

	snprintf(request, sizeof(request), "z1,%llx,1",
		 (unsigned long long)addr);

	return gdb_transact_ok(gdb, request);
}

static int change_watchpoint(struct gdbstub *gdb, char change,
			     enum gdb_access access, uint64_t addr, size_t len)
{
	char request[64];

	snprintf(request, sizeof(request), "%c%d,%llx,%zx", change, access,
		 (unsigned long long)addr, len);

	return gdb_transact_ok(gdb, request);
}

/**
 * gdb_set_watchpoint() - stop the machine when any CPU accesses memory
 * @gdb: the connection; the machine must be stopped
 * @access: the kind of access
 * @addr: virtual address
 * @len: number of bytes
 *
 * The machine stops before the access or after it, depending on the architecture.
 *
 * Return: 0, -EREMOTEIO if the stub refused, or another negative errno.
 */
int gdb_set_watchpoint(struct gdbstub *gdb, enum gdb_access access,
		       uint64_t addr, size_t len)
{
	return change_watchpoint(gdb, 'Z', access, addr, len);
}

/**
 * gdb_clear_watchpoint() - clear a watchpoint
 * @gdb: the connection; the machine must be stopped
 * @access: as for gdb_set_watchpoint()
 * @addr: as for gdb_set_watchpoint()
 * @len: as for gdb_set_watchpoint()
 *
 * Return: 0, -EREMOTEIO if there is none, or another negative errno.
 */
int gdb_clear_watchpoint(struct gdbstub *gdb, enum gdb_access access,
			 uint64_t addr, size_t len)
{
	return change_watchpoint(gdb, 'z', access, addr, len);
}

static int decode_hex(const char *hex, uint8_t *data, size_t len)
{
	unsigned int byte;

	/* sscanf() would also accept a sign, a blank or a single digit */
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
 * @data: receives the bytes
 * @len: number of bytes
 *
 * Return: 0, -EREMOTEIO if nothing is mapped there, or another negative errno.
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
		ret = gdb_transact(gdb, request, reply, sizeof(reply));
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
 * @data: the bytes to write
 * @len: number of bytes
 *
 * Return: 0, -EREMOTEIO if nothing is mapped there, or another negative errno.
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
		ret = gdb_transact_ok(gdb, request);
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
 * @values: receives the first @n registers, in gdb's order for the architecture
 * @n: number of registers; each of them has 64 bits
 *
 * All registers are read at once. QEMU lets a client read a single one only if the
 * client has read the target description before.
 *
 * Return: 0, -EPROTO if there are fewer registers, or another negative errno.
 */
int gdb_read_registers(struct gdbstub *gdb, uint64_t *values, int n)
{
	char reply[GDB_PACKET_MAX], *hex = reply;
	uint8_t bytes[sizeof(*values)];
	int ret;

	ret = gdb_transact(gdb, "g", reply, sizeof(reply));
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
		/* all machines in machine.c are little endian */
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
 * @number: gdb's number of the register for the architecture; the register and all
 *	before it must have 64 bits
 * @value: receives the value
 *
 * Return: as for gdb_read_registers().
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
 * @number: gdb's number of the register, as for gdb_read_register()
 * @value: the value
 *
 * Return: as for gdb_read_registers().
 */
int gdb_write_register(struct gdbstub *gdb, int number, uint64_t value)
{
	char request[GDB_PACKET_MAX] = "G", digits[2 * sizeof(value) + 1];
	char *hex = request + 1 + number * 2 * sizeof(value);
	int ret;

	ret = gdb_transact(gdb, "g", request + 1, sizeof(request) - 1);
	if (ret)
		return ret;
	if (request + strlen(request) < hex + 2 * sizeof(value))
		return -EPROTO;
	for (size_t i = 0; i < sizeof(value); i++)
		sprintf(digits + 2 * i, "%02x", (uint8_t)(value >> 8 * i));
	memcpy(hex, digits, 2 * sizeof(value));

	return gdb_transact_ok(gdb, request);
}

/**
 * gdb_change_flags() - change bits in the flags register of the CPU that stopped
 * @gdb: the connection; the machine must be stopped
 * @number: gdb's number of the flags register for the architecture; the register must
 *	have 32 bits, and all before it 64 bits
 * @clear: bits to clear
 * @set: bits to set
 * @was: receives the former value of the register
 *
 * Return: as for gdb_read_registers().
 */
int gdb_change_flags(struct gdbstub *gdb, int number, uint32_t clear,
		     uint32_t set, uint32_t *was)
{
	char request[GDB_PACKET_MAX] = "G", digits[9] = "";
	char *hex = request + 1 + number * 16;
	uint8_t bytes[4];
	uint32_t flags;
	int ret;

	ret = gdb_transact(gdb, "g", request + 1, sizeof(request) - 1);
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

	return gdb_transact_ok(gdb, request);
}

/**
 * gdb_set_physical() - select physical or virtual addresses for memory accesses
 * @gdb: the connection
 * @on: whether gdb_read() and gdb_write() use physical addresses, including those of
 *	device registers
 *
 * Return: 0, -EOPNOTSUPP if the stub is not QEMU's, or another negative errno.
 */
int gdb_set_physical(struct gdbstub *gdb, bool on)
{
	return gdb_transact_ok(gdb, on ? "Qqemu.PhyMemMode:1" :
				     "Qqemu.PhyMemMode:0");
}

/**
 * gdb_continue() - resume all CPUs
 * @gdb: the connection
 *
 * Return: 0 or a negative errno.
 */
int gdb_continue(struct gdbstub *gdb)
{
	return gdb_send(gdb, "c");
}

/**
 * gdb_continue_at() - resume all CPUs, the stopped one at another address
 * @gdb: the connection
 * @addr: virtual address at which the CPU that stopped resumes
 *
 * Return: 0 or a negative errno.
 */
int gdb_continue_at(struct gdbstub *gdb, uint64_t addr)
{
	char request[32];

	snprintf(request, sizeof(request), "c%llx", (unsigned long long)addr);

	return gdb_send(gdb, request);
}

/**
 * gdb_step() - let the CPU that stopped execute one instruction
 * @gdb: the connection
 *
 * If an interrupt is pending and not masked, the CPU takes it first. Call
 * gdb_wait_stop() to wait for the end of the step.
 *
 * Return: 0 or a negative errno.
 */
int gdb_step(struct gdbstub *gdb)
{
	return gdb_send(gdb, "s");
}

/**
 * gdb_wait_stop() - wait until the machine stops at a breakpoint or a watchpoint
 * @gdb: the connection, after gdb_continue(), gdb_continue_at() or gdb_step()
 * @timeout_ms: timeout in ms, host time
 *
 * Return: 0; -EINTR if the monitor stopped it instead; -ETIMEDOUT; -EPIPE if the stub
 * has closed the connection; -ESHUTDOWN if it reports that the machine exited; -EPROTO
 * for a stop of another kind; or another negative errno.
 */
int gdb_wait_stop(struct gdbstub *gdb, int timeout_ms)
{
	char reply[GDB_PACKET_MAX];
	int ret;

	ret = gdb_receive(gdb, reply, sizeof(reply), timeout_ms);
	if (ret)
		return ret;

	switch (reply[0]) {
	case 'W':
	case 'X':
		return -ESHUTDOWN;
	case 'T':
	case 'S':
		/* SIGTRAP (05): breakpoint or watchpoint; SIGINT (02): "stop" of the monitor */
		if (!strncmp(reply + 1, "02", 2))
			return -EINTR;
		return strncmp(reply + 1, "05", 2) ? -EPROTO : 0;
	}

	return -EPROTO;
}
