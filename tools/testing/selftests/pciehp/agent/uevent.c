// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receives PCI uevents from the kernel. Each is queued with its SEQNUM and the guest time at
 * which it was received. Requests that sleep or wait for another process receive uevents
 * while they wait. A uevent that comes during a long write to a file is received after the
 * write, and has the time of that moment.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "pciehp_agent.h"

#define QUEUE_SIZE	4096

struct uevent {
	int64_t time_ns;
	uint64_t seqnum;
	char action[16];
	char bdf[16];
};

/* Uevents that were received and not yet waited for, oldest first. */
static struct uevent queue[QUEUE_SIZE];
static size_t queued;
static int64_t last_ns;
static int sock = -1;
static int seqnum_file = -1;

/**
 * now_ns() - CLOCK_MONOTONIC in nanoseconds
 *
 * It has a constant offset to the timestamps in the kernel log.
 *
 * Return: the time in ns.
 */
int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/**
 * machine_ns() - the clock of the machine in nanoseconds
 *
 * It has a constant offset to now_ns(). QEMU's log of the bus has times of this clock.
 *
 * Return: the time in ns, or 0 where it cannot be read.
 */
int64_t machine_ns(void)
{
#ifdef __aarch64__
	uint64_t ticks, hz;

	asm volatile("isb; mrs %0, cntvct_el0" : "=r" (ticks) : : "memory");
	asm volatile("mrs %0, cntfrq_el0" : "=r" (hz));

	return ticks * (__int128)NSEC_PER_SEC / hz;
#else
	return 0;
#endif
}

/**
 * uevent_init() - open the socket for uevents
 *
 * Return: 0; -EAFNOSUPPORT or -EPROTONOSUPPORT if the kernel does not send uevents over
 * netlink, because it has no CONFIG_NET; or another negative errno.
 */
int uevent_init(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int room = 4 << 20;

	sock = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		      NETLINK_KOBJECT_UEVENT);
	if (sock < 0)
		return -errno;

	/* many slots can cause many uevents before the agent runs */
	setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));

	if (bind(sock, (struct sockaddr *)&addr, sizeof(addr)))
		return -errno;

	seqnum_file = open("/sys/kernel/uevent_seqnum", O_RDONLY | O_CLOEXEC);

	return seqnum_file < 0 ? -errno : 0;
}

/**
 * uevent_seqnum() - the SEQNUM of the last uevent that the kernel has made
 *
 * Return: the number, or 0 if it cannot be read.
 */
uint64_t uevent_seqnum(void)
{
	char text[24];
	ssize_t len;

	len = pread(seqnum_file, text, sizeof(text) - 1, 0);
	text[len < 0 ? 0 : len] = '\0';

	return strtoull(text, NULL, 10);
}

/* A message has "ACTION@DEVPATH" and "KEY=VALUE" strings, each followed by a NUL. */
static void queue_pci_event(const char *msg, size_t len)
{
	const char *slot = NULL, *action = NULL, *subsystem = "";
	struct uevent *event;
	uint64_t seqnum = 0;

	for (const char *s = msg; s < msg + len; s += strlen(s) + 1) {
		if (!strncmp(s, "ACTION=", 7))
			action = s + 7;
		else if (!strncmp(s, "SUBSYSTEM=", 10))
			subsystem = s + 10;
		else if (!strncmp(s, "DEVPATH=", 8))
			slot = strrchr(s, '/');
		else if (!strncmp(s, "SEQNUM=", 7))
			seqnum = strtoull(s + 7, NULL, 10);
	}

	if (!action || !slot || strcmp(subsystem, "pci"))
		return;

	last_ns = now_ns();
	/* if the queue is full, drop the oldest uevent */
	if (queued == QUEUE_SIZE)
		memmove(&queue[0], &queue[1], --queued * sizeof(queue[0]));

	event = &queue[queued++];
	event->time_ns = last_ns;
	event->seqnum = seqnum;
	snprintf(event->action, sizeof(event->action), "%s", action);
	snprintf(event->bdf, sizeof(event->bdf), "%s", slot + 1);
	agent_log("%s %s", action, slot + 1);
}

static int receive_one(void)
{
	char msg[8192];
	ssize_t len;

	len = recv(sock, msg, sizeof(msg) - 1, 0);
	if (len < 0)
		return errno == EAGAIN ? 0 : -errno;
	msg[len] = '\0';
	queue_pci_event(msg, len);

	return 0;
}

/* Return -EAGAIN if a uevent was received and @fd has no data to read yet. */
static int poll_both(int fd, int64_t deadline_ns)
{
	struct pollfd pfds[] = {
		{ .fd = sock, .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};
	int64_t left = deadline_ns - now_ns();
	struct timespec ts;

	if (left < 0)
		left = 0;
	ts.tv_sec = left / NSEC_PER_SEC;
	ts.tv_nsec = left % NSEC_PER_SEC;

	switch (ppoll(pfds, ARRAY_SIZE(pfds), &ts, NULL)) {
	case 0:
		return -ETIMEDOUT;
	case -1:
		return -errno;
	}
	if (pfds[1].revents)
		return 0;

	return receive_one() ?: -EAGAIN;
}

static int receive_until(int64_t deadline_ns)
{
	int ret = poll_both(-1, deadline_ns);

	return ret == -EAGAIN ? 0 : ret;
}

static int take_from_queue(const char *action, const char *bdf,
			   uint64_t *seqnum, int64_t *time_ns)
{
	for (size_t i = 0; i < queued; i++) {
		if (queue[i].seqnum <= *seqnum ||
		    strcmp(queue[i].action, action) || strcmp(queue[i].bdf, bdf))
			continue;
		*seqnum = queue[i].seqnum;
		*time_ns = queue[i].time_ns;
		/* later events of other devices stay; older ones too */
		memmove(&queue[i], &queue[i + 1],
			(--queued - i) * sizeof(queue[0]));
		return 0;
	}

	return -ENOENT;
}

/**
 * uevent_wait() - wait for a PCI uevent
 * @action: "add", "remove", "bind" or "unbind"
 * @bdf: address of the device in the format of sysfs
 * @deadline_ns: when to stop waiting, in terms of now_ns()
 * @seqnum: only a uevent with a greater SEQNUM counts; receives its SEQNUM
 * @time_ns: receives the time at which it was received
 *
 * A uevent that came before the call counts, unless an earlier call returned it.
 *
 * Return: 0, -ETIMEDOUT, or another negative errno of the socket.
 */
int uevent_wait(const char *action, const char *bdf, int64_t deadline_ns,
		uint64_t *seqnum, int64_t *time_ns)
{
	int ret;

	while (take_from_queue(action, bdf, seqnum, time_ns)) {
		ret = receive_until(deadline_ns);
		if (ret)
			return ret;
	}

	return 0;
}

/**
 * uevent_wait_readable() - receive uevents until a file has data to read
 * @fd: the file, or -1 for none
 * @deadline_ns: when to stop waiting, in terms of now_ns()
 *
 * Return: 0, -ETIMEDOUT, or another negative errno.
 */
int uevent_wait_readable(int fd, int64_t deadline_ns)
{
	int ret;

	do
		ret = poll_both(fd, deadline_ns);
	while (ret == -EAGAIN);

	return ret;
}

/**
 * uevent_sleep() - receive uevents until a point in time
 * @until_ns: when to return, in terms of now_ns()
 *
 * Return: 0 or a negative errno of the socket.
 */
int uevent_sleep(int64_t until_ns)
{
	int ret = uevent_wait_readable(-1, until_ns);

	return ret == -ETIMEDOUT ? 0 : ret;
}

/**
 * uevent_close() - close the socket in a child, so that only the agent receives uevents
 */
void uevent_close(void)
{
	close(sock);
	sock = -1;
}

/**
 * uevent_wait_quiet() - wait until no PCI uevent has come for some time
 * @quiet_ms: length of the time without a uevent, in ms
 * @timeout_ms: timeout in ms, guest time
 *
 * Return: 0, -ETIMEDOUT, or another negative errno of the socket.
 */
int uevent_wait_quiet(int quiet_ms, int timeout_ms)
{
	int64_t give_up = now_ns() + timeout_ms * NSEC_PER_MSEC;
	int64_t quiet_since = now_ns();
	int ret;

	while (now_ns() < give_up) {
		ret = receive_until(quiet_since + quiet_ms * NSEC_PER_MSEC);
		if (ret == -ETIMEDOUT)
			return 0;
		if (ret)
			return ret;
		if (last_ns > quiet_since)
			quiet_since = last_ns;
	}

	return -ETIMEDOUT;
}
