// SPDX-License-Identifier: GPL-2.0-only
/*
 * PCI uevents from the kernel, with the guest time at which each was received.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

#define QUEUE_SIZE	4096

struct uevent {
	int64_t time_ns;
	char action[16];
	char bdf[16];
};

/* Received and not yet waited for, oldest first. */
static struct uevent queue[QUEUE_SIZE];
static size_t queued;
static int64_t last_ns;
static int sock = -1;

/**
 * now_ns() - CLOCK_MONOTONIC in nanoseconds
 *
 * Return: the time, which the kernel log uses too, but for its offset.
 */
int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/**
 * uevent_init() - begin to listen
 *
 * Return: 0 or a negative errno (-EAFNOSUPPORT, -EPROTONOSUPPORT: the kernel
 * has no uevents over netlink, it lacks CONFIG_NET).
 */
int uevent_init(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int room = 4 << 20;

	sock = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		      NETLINK_KOBJECT_UEVENT);
	if (sock < 0)
		return -errno;

	/* many slots at once make many events before we come to run */
	setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));

	if (bind(sock, (struct sockaddr *)&addr, sizeof(addr)))
		return -errno;

	return 0;
}

/* The message: "ACTION@DEVPATH" and "KEY=VALUE" strings, NUL after each. */
static void queue_pci_event(const char *msg, size_t len)
{
	const char *slot = NULL, *action = NULL, *subsystem = "";
	struct uevent *event;

	for (const char *s = msg; s < msg + len; s += strlen(s) + 1) {
		if (!strncmp(s, "ACTION=", 7))
			action = s + 7;
		else if (!strncmp(s, "SUBSYSTEM=", 10))
			subsystem = s + 10;
		else if (!strncmp(s, "DEVPATH=", 8))
			slot = strrchr(s, '/');
	}

	if (!action || !slot || strcmp(subsystem, "pci"))
		return;

	last_ns = now_ns();
	/* what nobody has waited for all that time is of no interest */
	if (queued == QUEUE_SIZE)
		memmove(&queue[0], &queue[1], --queued * sizeof(queue[0]));

	event = &queue[queued++];
	event->time_ns = last_ns;
	snprintf(event->action, sizeof(event->action), "%s", action);
	snprintf(event->bdf, sizeof(event->bdf), "%s", slot + 1);
	agent_say("%s %s", action, slot + 1);
}

static int receive_until(int64_t deadline_ns)
{
	struct pollfd pfd = { .fd = sock, .events = POLLIN };
	int64_t left = deadline_ns - now_ns();
	struct timespec ts;
	char msg[8192];
	ssize_t len;

	if (left < 0)
		left = 0;
	ts.tv_sec = left / NSEC_PER_SEC;
	ts.tv_nsec = left % NSEC_PER_SEC;

	switch (ppoll(&pfd, 1, &ts, NULL)) {
	case 0:
		return -ETIMEDOUT;
	case -1:
		return -errno;
	}

	len = recv(sock, msg, sizeof(msg) - 1, 0);
	if (len < 0)
		return errno == EAGAIN ? 0 : -errno;
	msg[len] = '\0';
	queue_pci_event(msg, len);

	return 0;
}

static int take_from_queue(const char *action, const char *bdf,
			   int64_t *time_ns)
{
	for (size_t i = 0; i < queued; i++) {
		if (strcmp(queue[i].action, action) || strcmp(queue[i].bdf, bdf))
			continue;
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
 * @bdf: the device, as sysfs names it
 * @timeout_ms: how long to wait, guest time
 * @time_ns: when it was received
 *
 * An event that came before the call counts, unless it was waited for before.
 *
 * Return: 0, -ETIMEDOUT, or another negative errno of the socket.
 */
int uevent_wait(const char *action, const char *bdf, int timeout_ms,
		int64_t *time_ns)
{
	int64_t deadline = now_ns() + timeout_ms * NSEC_PER_MSEC;
	int ret;

	while (take_from_queue(action, bdf, time_ns)) {
		ret = receive_until(deadline);
		if (ret)
			return ret;
	}

	return 0;
}

/**
 * uevent_forget() - whoever waits from now on is not told of what was received
 */
void uevent_forget(void)
{
	queued = 0;
}

/**
 * uevent_quiet() - wait until no PCI uevent has come for a while
 * @quiet_ms: for how long none may come
 * @timeout_ms: when to give up
 *
 * Return: 0, -ETIMEDOUT, or another negative errno of the socket.
 */
int uevent_quiet(int quiet_ms, int timeout_ms)
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
