/* SPDX-License-Identifier: GPL-2.0-only */
/* The output of a guest and of its QEMU, in memory files. */
#ifndef LIBPCIEHP_QEMU_CONSOLE_H
#define LIBPCIEHP_QEMU_CONSOLE_H

int console_save(int fd, const char *path);
void console_print_tail(int fd, int lines);

#endif /* LIBPCIEHP_QEMU_CONSOLE_H */
