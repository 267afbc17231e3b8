/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU's command line. */
#ifndef LIBPCIEHP_QEMU_COMMAND_LINE_H
#define LIBPCIEHP_QEMU_COMMAND_LINE_H

#include "qemu/exec.h"
#include "qemu/vm_config.h"

/**
 * struct command_line - the arguments of a QEMU
 * @argv: the arguments, NULL after the last
 * @argc: number of arguments
 * @error: 0, or a negative errno if an argument could not be added
 */
struct command_line {
	char *argv[QEMU_ARGS_MAX];
	int argc;
	int error;
};

int command_line_build(struct command_line *cl, const struct vm_config *config,
		       int qmp, int gdb, int console, int bus_log);
void command_line_free(struct command_line *cl);

#endif /* LIBPCIEHP_QEMU_COMMAND_LINE_H */
