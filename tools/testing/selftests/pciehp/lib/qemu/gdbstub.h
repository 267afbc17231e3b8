/* SPDX-License-Identifier: GPL-2.0-only */
/* Client of the GDB Remote Serial Protocol, with the commands that the tests need. */
#ifndef LIBPCIEHP_QEMU_GDBSTUB_H
#define LIBPCIEHP_QEMU_GDBSTUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "qemu/gdb_packet.h"

/* Bytes of memory per packet: two digits each, with room for command and checksum. */
#define GDB_MEMORY_MAX	((GDB_PACKET_MAX - 64) / 2)

/* Maximum number of 64-bit registers to read; no architecture here has more. */
#define GDB_REGISTERS_MAX	64

/**
 * enum gdb_access - kinds of watchpoints, with the numbers of the protocol
 * @GDB_WRITE: stop at a write
 * @GDB_READ: stop at a read
 * @GDB_ACCESS: stop at either
 */
enum gdb_access {
	GDB_WRITE = 2,
	GDB_READ = 3,
	GDB_ACCESS = 4,
};

int gdb_set_breakpoint(struct gdbstub *gdb, uint64_t addr);
int gdb_clear_breakpoint(struct gdbstub *gdb, uint64_t addr);
int gdb_set_watchpoint(struct gdbstub *gdb, enum gdb_access access,
		       uint64_t addr, size_t len);
int gdb_clear_watchpoint(struct gdbstub *gdb, enum gdb_access access,
			 uint64_t addr, size_t len);
int gdb_change_flags(struct gdbstub *gdb, int number, uint32_t clear,
		     uint32_t set, uint32_t *was);
int gdb_read_registers(struct gdbstub *gdb, uint64_t *values, int n);
int gdb_read_register(struct gdbstub *gdb, int number, uint64_t *value);
int gdb_write_register(struct gdbstub *gdb, int number, uint64_t value);
int gdb_set_physical(struct gdbstub *gdb, bool on);
int gdb_read(struct gdbstub *gdb, uint64_t addr, void *data, size_t len);
int gdb_write(struct gdbstub *gdb, uint64_t addr, const void *data, size_t len);
int gdb_continue(struct gdbstub *gdb);
int gdb_continue_at(struct gdbstub *gdb, uint64_t addr);
int gdb_step(struct gdbstub *gdb);
int gdb_wait_stop(struct gdbstub *gdb, int timeout_ms);

#endif /* LIBPCIEHP_QEMU_GDBSTUB_H */
