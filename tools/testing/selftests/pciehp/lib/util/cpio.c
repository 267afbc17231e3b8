// SPDX-License-Identifier: GPL-2.0-only
/* The format is in Documentation/driver-api/early-userspace/buffer-format.rst. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cpio.h"

/* Names and data are aligned to this, in bytes. */
#define ALIGNMENT	4

static int pad(int fd)
{
	static const char zeros[ALIGNMENT];
	size_t n = -lseek(fd, 0, SEEK_END) & (ALIGNMENT - 1);

	return write(fd, zeros, n) == (ssize_t)n ? 0 : -EIO;
}

static int append_header(int fd, const char *name, unsigned int mode,
			 size_t size)
{
	if (dprintf(fd, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x%s%c",
		    1, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, strlen(name) + 1, 0,
		    name, '\0') < 0)
		return -errno;

	return pad(fd);
}

static int append_data(int to, int from)
{
	char block[65536];
	ssize_t len;

	while ((len = read(from, block, sizeof(block))) > 0) {
		if (write(to, block, len) != len)
			return -EIO;
	}

	return len < 0 ? -errno : pad(to);
}

/**
 * cpio_append_archive() - append the content of another archive
 * @fd: the archive to append to
 * @path: the other archive
 *
 * Return: 0 or a negative errno.
 */
int cpio_append_archive(int fd, const char *path)
{
	int from, ret;

	from = open(path, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return -errno;
	ret = append_data(fd, from);
	close(from);

	return ret;
}

/**
 * cpio_append_file() - append a file
 * @fd: the archive
 * @name: name of the file in the archive
 * @permissions: permissions of the file in the archive
 * @path: the file with the data
 *
 * Return: 0 or a negative errno.
 */
int cpio_append_file(int fd, const char *name, unsigned int permissions,
		     const char *path)
{
	struct stat st;
	int from, ret;

	from = open(path, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return -errno;
	ret = fstat(from, &st) ? -errno : 0;
	if (!ret)
		ret = append_header(fd, name, S_IFREG | permissions,
				    st.st_size);
	if (!ret)
		ret = append_data(fd, from);
	close(from);

	return ret;
}

/**
 * cpio_append_end() - append the entry that ends an archive
 * @fd: the archive
 *
 * Return: 0 or a negative errno.
 */
int cpio_append_end(int fd)
{
	return append_header(fd, "TRAILER!!!", 0, 0);
}
