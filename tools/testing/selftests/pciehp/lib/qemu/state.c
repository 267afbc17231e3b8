// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "qemu/bus_log.h"
#include "qemu/console.h"
#include "qemu/state.h"
#include "qemu/stream.h"
#include "util/hash.h"
#include "util/host_clock.h"

/* Host time. A state is small, as it does not include the memory. */
#define STATE_TIMEOUT_MS	60000

/**
 * state_path() - path of the file for the state of a booted machine
 * @config: the machine; each property that the state depends on is part of the name
 * @dir: folder of the states
 * @path: receives the path
 */
void state_path(const struct vm_config *config, const char *dir,
		char path[PATH_MAX])
{
	uint64_t hash = HASH_START;
	char size[64];

	snprintf(size, sizeof(size), "%d %d %d %d %d", config->cpus,
		 config->memory_mib, config->real_time, config->migrates,
		 config->reboots);
	hash = hash_string(hash, size);
	hash = hash_string(hash, config->type);
	hash = hash_string(hash, config->kernel);
	hash = hash_string(hash, config->initrd);
	hash = hash_string(hash, config->cmdline);
	for (int i = 0; config->options && config->options[i]; i++)
		hash = hash_string(hash, config->options[i]);
	for (int i = 0; config->devices[i]; i++)
		hash = hash_string(hash, config->devices[i]);

	snprintf(path, PATH_MAX, "%s/%016llx", dir, (unsigned long long)hash);
}

static int wait_for_status(struct qmp *qmp, const char *command,
			   const char *until)
{
	int64_t deadline = host_now_ms() + STATE_TIMEOUT_MS;
	const char *status;
	json_t *result;
	bool reached;
	int ret;

	do {
		ret = qmp_command(qmp, command, NULL, &result);
		if (ret)
			return ret;
		status = json_string_value(json_object_get(result, "status"));
		reached = status && !strcmp(status, until);
		if (status && !strcmp(status, "failed"))
			ret = -EIO;
		json_decref(result);
		if (reached || ret)
			return ret;
		usleep(1000);
	} while (host_now_ms() < deadline);

	return -ETIMEDOUT;
}

static int copy_file(int from, int to)
{
	off_t offset = 0, size = lseek(from, 0, SEEK_END);

	while (offset < size) {
		if (sendfile(to, from, &offset, size - offset) <= 0)
			return -errno;
	}

	return 0;
}

static void console_path(const char *state, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s.console", state);
}

/* As add_memory() in command_line.c names it. */
static void memory_path(const char *state, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s.ram", state);
}

/**
 * state_prepare() - remove the memory of a machine whose state has not been saved
 * @path: path of the state
 *
 * QEMU would boot with that memory.
 */
void state_prepare(const char *path)
{
	char memory[PATH_MAX];

	memory_path(path, memory);
	unlink(memory);
}

/**
 * state_load_console() - copy the console output that was saved with a state
 * @console: file of the console to copy to
 * @path: path of the state
 *
 * Return: 0 or a negative errno.
 */
int state_load_console(int console, const char *path)
{
	char saved[PATH_MAX];
	int from, ret;

	console_path(path, saved);
	from = open(saved, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return -errno;
	ret = copy_file(from, console);
	close(from);

	return ret;
}

/* Memory in a file that both sides map need not be in the migration stream. */
static int ignore_shared_memory(struct qmp *qmp)
{
	return qmp_command(qmp, "migrate-set-capabilities",
			   json_pack("{s:[{s:s, s:b}]}", "capabilities",
				     "capability", "x-ignore-shared",
				     "state", 1), NULL);
}

static int migrate(struct qmp *qmp, const char *command, const char *uri)
{
	return ignore_shared_memory(qmp) ?:
	       qmp_command(qmp, command, json_pack("{s:s}", "uri", uri),
			   NULL);
}

/*
 * After a migration, QEMU announces the machine on its network several times, at moments
 * that depend on the host's clock. A NIC driver in the guest may take part. Reduce this to
 * one announcement, which is sent when the migration completes. With none, QEMU 7.2
 * crashes when the NIC is removed.
 */
static int announce_once(struct qmp *qmp)
{
	return qmp_command(qmp, "migrate-set-parameters",
			   json_pack("{s:i}", "announce-rounds", 1), NULL);
}

/*
 * QEMU 11.1 leaves the disks of a machine inactive that is loaded but not resumed by QMP's
 * "cont", and aborts when one is written. Here the debugger resumes it. QEMU before 10.0
 * does not have this command, and activates the disks itself.
 */
static int activate_disks(struct qmp *qmp)
{
	int ret;

	ret = qmp_command(qmp, "blockdev-set-active",
			  json_pack("{s:b}", "active", 1), NULL);

	return ret == -EREMOTEIO ? 0 : ret;
}

/* A write error is ignored: QEMU reports itself why it stopped reading. */
static int send_file(int sock, int file)
{
	const struct timeval timeout = { .tv_sec = STATE_TIMEOUT_MS / 1000 };
	char buf[65536];
	off_t offset = 0;
	ssize_t n;
	int ret;

	setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	while ((n = pread(file, buf, sizeof(buf), offset)) > 0) {
		if (stream_write(sock, buf, n))
			break;
		offset += n;
	}
	ret = n < 0 ? -errno : 0;
	shutdown(sock, SHUT_WR);

	return ret;
}

/**
 * state_load() - load a saved state into a machine
 * @qmp: monitor of a machine that was started with @load or @incoming in its config
 * @file: file descriptor of the state
 * @sock: socket to send it to; that QEMU reads the file itself is deprecated since 9.1
 * @number: file descriptor number of the other end of @sock in QEMU
 *
 * Return: 0 or a negative errno.
 */
int state_load(struct qmp *qmp, int file, int sock, int number)
{
	char uri[16];

	snprintf(uri, sizeof(uri), "fd:%d", number);

	return announce_once(qmp) ?: migrate(qmp, "migrate-incoming", uri) ?:
	       send_file(sock, file) ?:
	       wait_for_status(qmp, "query-status", "paused") ?:
	       activate_disks(qmp);
}

/*
 * The stream contains the run state "debug", because the machine has stopped at a
 * breakpoint. QEMU refuses to load that state, so replace it by "paused". The section
 * is part of QEMU's migration format, which must not change: its name, instance 0,
 * version 1, a length, then the name of the run state in a field of 100 bytes.
 */
static int mark_paused(const char *path)
{
	static const char debug[] = "\x0bglobalstate\0\0\0\0\0\0\0\1\0\0\0\6debug";
	static const char paused[] = "\x0bglobalstate\0\0\0\0\0\0\0\1\0\0\0\7paused";
	int fd, ret = 0;
	char *map, *at;
	off_t size;

	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	size = lseek(fd, 0, SEEK_END);
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return -errno;

	at = memmem(map, size, debug, sizeof(debug));
	if (at)
		memcpy(at, paused, sizeof(paused));
	else
		ret = -EPROTO;
	munmap(map, size);

	return ret;
}

/* Follows the stream in its file, so that its end can be told. */
#define END_OF_STREAM	"pciehp: end of the stream"

/* Returns 1 if the stream has ended in @fd, and cuts the mark off; 0; or a negative errno. */
static int has_ended(int fd)
{
	char end[sizeof(END_OF_STREAM) - 1];
	off_t size = lseek(fd, 0, SEEK_END) - sizeof(end);

	if (size < 0 || pread(fd, end, sizeof(end), size) != sizeof(end) ||
	    memcmp(end, END_OF_STREAM, sizeof(end)))
		return 0;

	return ftruncate(fd, size) ? -errno : 1;
}

/*
 * QEMU says that a migration has completed when the last byte is in the pipe. On a busy
 * host, it takes a while until that byte is in the file.
 */
static int wait_for_end(const char *path)
{
	const int64_t deadline = host_now_ms() + STATE_TIMEOUT_MS;
	int fd, ret;

	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (!(ret = has_ended(fd)) && host_now_ms() < deadline)
		usleep(1000);
	close(fd);

	return ret < 0 ? ret : ret ? 0 : -ETIMEDOUT;
}

static int migrate_to(struct qmp *qmp, const char *path)
{
	char uri[2 * PATH_MAX + 64];

	snprintf(uri, sizeof(uri),
		 "exec:cat > '%s' && printf '" END_OF_STREAM "' >> '%s'",
		 path, path);

	return migrate(qmp, "migrate", uri) ?:
	       wait_for_status(qmp, "query-migrate", "completed") ?:
	       wait_for_end(path) ?: mark_paused(path);
}

/*
 * While QEMU records, its main loop and the CPU thread alternate; the migration thread
 * cannot take part in that. QEMU's command for Xen writes the device state without that
 * thread. It does not write memory that is not in a file, such as the firmware's, so a
 * machine that is loaded from this state cannot be reset. If it is "live", QEMU also gives
 * up the disks, and 11.1 aborts as it does so.
 */
static int save_devices(struct qmp *qmp, const char *path)
{
	return qmp_command(qmp, "xen-save-devices-state",
			   json_pack("{s:s, s:b}", "filename", path, "live", 0),
			   NULL);
}

/* Free the pages of a file between @from and @to that contain only zeroes. */
static void free_zeroes(int fd, const char *map, off_t from, off_t to)
{
	static const char zeroes[4096];
	const off_t page = sizeof(zeroes);
	off_t start, at;

	for (at = from + (-from & (page - 1)); at + page <= to; at += page) {
		start = at;
		while (at + page <= to && !memcmp(map + at, zeroes, page))
			at += page;
		if (at > start)
			fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				  start, at - start);
	}
}

/*
 * A kernel clears most of its memory as it boots. Without these pages, the file takes a
 * third of the space. It is only larger if this fails.
 */
static void shrink_memory(const char *state)
{
	off_t size, hole = 0, data;
	char path[PATH_MAX];
	char *map;
	int fd;

	memory_path(state, path);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	size = lseek(fd, 0, SEEK_END);
	map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	while (map != MAP_FAILED && (data = lseek(fd, hole, SEEK_DATA)) >= 0) {
		hole = lseek(fd, data, SEEK_HOLE);
		free_zeroes(fd, map, data, hole);
	}
	if (map != MAP_FAILED)
		munmap(map, size);
	close(fd);
}

/**
 * state_save() - save the state of a stopped machine, which cannot be resumed then
 * @qmp: its monitor
 * @console_fd: file of its console
 * @bus_log_fd: file of its log of the bus, or -1
 * @config: its config; @config->save is the path of the state, and is written last
 *
 * Return: 0 or a negative errno.
 */
int state_save(struct qmp *qmp, int console_fd, int bus_log_fd,
	       const struct vm_config *config)
{
	char part[PATH_MAX], console[PATH_MAX], bus[PATH_MAX];
	int ret;

	console_path(config->save, console);
	snprintf(bus, sizeof(bus), "%s" BUS_LOG_OF_STATE, config->save);
	ret = console_save(console_fd, console);
	if (!ret && bus_log_fd >= 0)
		ret = console_save(bus_log_fd, bus);
	if (ret)
		return ret;

	snprintf(part, sizeof(part), "%s.part", config->save);
	ret = vm_config_records(config) ? save_devices(qmp, part) :
					  migrate_to(qmp, part);
	if (ret)
		return ret;
	shrink_memory(config->save);
	if (rename(part, config->save))
		ret = -errno;

	return ret;
}

/**
 * state_remove_all() - remove all states and their folder
 * @dir: the folder
 */
void state_remove_all(const char *dir)
{
	struct dirent *entry;
	DIR *states;

	states = opendir(dir);
	if (!states)
		return;
	while ((entry = readdir(states)))
		unlinkat(dirfd(states), entry->d_name, 0);
	closedir(states);
	rmdir(dir);
}

/**
 * state_send() - write the state of a stopped machine with its memory to a file
 * @qmp: its monitor; the machine cannot be resumed then
 * @fd: the file, which another machine can load as @incoming
 *
 * Return: 0 or a negative errno.
 */
int state_send(struct qmp *qmp, int fd)
{
	char path[PATH_MAX];

	/* gives a memory file a path as long as this process runs */
	snprintf(path, PATH_MAX, "/proc/%d/fd/%d", getpid(), fd);

	return migrate_to(qmp, path);
}
