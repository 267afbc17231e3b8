/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads from and writes to a peer that may be slow, or may close the connection. */
#ifndef LIBPCIEHP_QEMU_STREAM_H
#define LIBPCIEHP_QEMU_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

int stream_write(int fd, const void *data, size_t len);
ssize_t stream_read(int fd, void *data, size_t len, int64_t deadline_ms);

#endif /* LIBPCIEHP_QEMU_STREAM_H */
