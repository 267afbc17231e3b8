/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes cpio archives in the initramfs format; used by host and guest. */
#ifndef LIBPCIEHP_UTIL_CPIO_H
#define LIBPCIEHP_UTIL_CPIO_H

int cpio_append_archive(int fd, const char *path);
int cpio_append_file(int fd, const char *name, unsigned int permissions,
		     const char *path);
int cpio_append_end(int fd);

#endif /* LIBPCIEHP_UTIL_CPIO_H */
