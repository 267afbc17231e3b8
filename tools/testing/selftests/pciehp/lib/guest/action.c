// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "guest/request.h"
#include "guest/action.h"

/**
 * guest_sleep() - let guest time pass
 * @guest: the guest
 * @ms: how much
 *
 * Return: as guest_finish().
 */
int guest_sleep(struct guest *guest, int ms)
{
	return guest_request(guest, "sleep %d", ms);
}

/**
 * guest_wait_quiet() - wait until the kernel has sent no uevent for a while
 * @guest: the guest
 * @quiet_ms: how long that is, guest time
 * @timeout_ms: how long to wait for it, guest time
 *
 * Return: as guest_finish(); -ETIMEDOUT when uevents keep coming.
 */
int guest_wait_quiet(struct guest *guest, int quiet_ms, int timeout_ms)
{
	return guest_request(guest, "quiet %d %d", quiet_ms, timeout_ms);
}

/**
 * guest_wait_file() - wait until a file exists
 * @guest: the guest
 * @path: the file
 * @timeout_ms: how long to wait, guest time
 *
 * Return: as guest_finish(); -ETIMEDOUT when it does not appear.
 */
int guest_wait_file(struct guest *guest, const char *path, int timeout_ms)
{
	return guest_request(guest, "appears %s %d", path, timeout_ms);
}

/**
 * guest_has_file() - does a file exist?
 * @guest: the guest
 * @path: the file
 * @has: receives whether it does; false when the guest cannot be asked
 *
 * Return: as guest_finish().
 */
int guest_has_file(struct guest *guest, const char *path, bool *has)
{
	int ret;

	ret = guest_request(guest, "exists %s", path);
	*has = !ret && !strcmp(guest->agent.text, "yes");

	return ret;
}

/**
 * guest_write() - write to a file
 * @guest: the guest
 * @path: the file
 * @value: what to write
 *
 * Return: as guest_finish(); the error of the write.
 */
int guest_write(struct guest *guest, const char *path, const char *value)
{
	return guest_request(guest, "write %s %s", path, value);
}

/**
 * guest_write_times() - write the same to a file several times
 * @guest: the guest
 * @times: how often
 * @path: the file
 * @value: what to write
 *
 * Return: as guest_finish(); the error of the write that failed.
 */
int guest_write_times(struct guest *guest, int times, const char *path,
		      const char *value)
{
	return guest_request(guest, "repeat %d write %s %s", times, path,
			     value);
}

/**
 * guest_start_write() - have a process of its own write to a file
 * @guest: the guest
 * @path: the file
 * @value: what to write
 *
 * guest_join() waits for the process.
 *
 * Return: as guest_finish().
 */
int guest_start_write(struct guest *guest, const char *path, const char *value)
{
	return guest_request(guest, "start write %s %s", path, value);
}

/**
 * guest_start_write_times() - have a process of its own write the same several times
 * @guest: the guest
 * @times: how often; the process ends at the first error
 * @path: the file
 * @value: what to write
 *
 * guest_join() waits for the process.
 *
 * Return: as guest_finish().
 */
int guest_start_write_times(struct guest *guest, int times, const char *path,
			    const char *value)
{
	return guest_request(guest, "start repeat %d write %s %s", times, path,
			     value);
}

/**
 * guest_start_write_until_error() - have a process of its own write to a disk
 * @guest: the guest
 * @disk: path of the disk
 *
 * The process ends when a write fails. guest_join() waits for it.
 *
 * Return: as guest_finish().
 */
int guest_start_write_until_error(struct guest *guest, const char *disk)
{
	return guest_request(guest, "start write-until-error %s", disk);
}

/**
 * guest_join() - wait until all processes that were started have ended
 * @guest: the guest; its agent's text receives a line for each, in the order in
 *	which they were started
 * @timeout_ms: how long to wait, guest time
 *
 * Return: as guest_finish(); -ETIMEDOUT when one does not end. That process is
 * not waited for again.
 */
int guest_join(struct guest *guest, int timeout_ms)
{
	return guest_request(guest, "join %d", timeout_ms);
}

/**
 * guest_joined_without_error() - has no process ended with an error?
 * @guest: the guest, after guest_join() and no other request
 *
 * Return: true if none has.
 */
bool guest_joined_without_error(const struct guest *guest)
{
	return !strstr(guest->agent.text, "error");
}

/**
 * guest_write_and_compare() - write blocks to a disk, and read each again
 * @guest: the guest
 * @disk: path of the disk
 * @blocks: how many
 *
 * Return: as guest_finish(); an error when a block is not what was written.
 */
int guest_write_and_compare(struct guest *guest, const char *disk, int blocks)
{
	return guest_request(guest, "write-and-compare %s %d", disk, blocks);
}

/**
 * guest_count_interrupts() - how many interrupts have occurred since boot
 * @guest: the guest
 * @name: part of the name of their handlers in /proc/interrupts
 * @count: receives how many, on all CPUs and of all lines with such a handler
 *
 * Return: as guest_finish().
 */
int guest_count_interrupts(struct guest *guest, const char *name,
			   unsigned long *count)
{
	int ret;

	ret = guest_request(guest, "interrupts %s", name);
	if (!ret)
		*count = strtoul(guest->agent.text, NULL, 10);

	return ret;
}
