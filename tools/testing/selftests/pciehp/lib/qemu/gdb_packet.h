/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets of the GDB Remote Serial Protocol. */
#ifndef LIBPCIEHP_QEMU_GDB_PACKET_H
#define LIBPCIEHP_QEMU_GDB_PACKET_H

#include <stddef.h>

#define GDB_PACKET_MAX	4096

/**
 * struct gdbstub - one connection to a gdbstub
 * @fd: the stream socket, or -1; gdb_cleanup() closes it
 * @timeout_ms: timeout for each reply in ms, host time
 * @len: number of bytes in @buf
 * @buf: bytes received and not yet consumed
 */
struct gdbstub {
	int fd;
	int timeout_ms;
	size_t len;
	char buf[2 * GDB_PACKET_MAX];
};

void gdb_init(struct gdbstub *gdb, int fd, int timeout_ms);
void gdb_cleanup(struct gdbstub *gdb);
int gdb_send(struct gdbstub *gdb, const char *data);
int gdb_receive(struct gdbstub *gdb, char *data, size_t size, int timeout_ms);
int gdb_transact(struct gdbstub *gdb, const char *request, char *reply,
		 size_t size);
int gdb_transact_ok(struct gdbstub *gdb, const char *request);

#endif /* LIBPCIEHP_QEMU_GDB_PACKET_H */
