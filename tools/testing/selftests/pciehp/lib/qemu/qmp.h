/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU Machine Protocol client: JSON lines over a stream socket. */
#ifndef LIBPCIEHP_QEMU_QMP_H
#define LIBPCIEHP_QEMU_QMP_H

#include <jansson.h>
#include <stddef.h>

/**
 * struct qmp - one QMP connection
 * @fd: the stream socket, or -1; qmp_cleanup() closes it
 * @timeout_ms: timeout for each reply in ms, host time
 * @buf: bytes received and not yet parsed
 * @len: number of bytes in @buf
 * @size: size of @buf in bytes
 * @run_slice: lets the peer run for a slice of time, or NULL if it runs all the time
 * @context: argument of @run_slice
 * @events: array of events that were received and not yet waited for, oldest first
 * @error: text of the last failure
 */
struct qmp {
	int fd;
	int timeout_ms;
	char *buf;
	size_t len;
	size_t size;
	int (*run_slice)(void *context);
	void *context;
	json_t *events;
	char error[256];
};

int qmp_init(struct qmp *qmp, int fd, int timeout_ms);
int qmp_init_halted(struct qmp *qmp, int fd, int timeout_ms,
		    int (*run_slice)(void *context), void *context);
void qmp_cleanup(struct qmp *qmp);
int qmp_command(struct qmp *qmp, const char *command, json_t *arguments,
		json_t **result);
int qmp_wait_event(struct qmp *qmp, const char *event, const char *device,
		   int timeout_ms);

#endif /* LIBPCIEHP_QEMU_QMP_H */
