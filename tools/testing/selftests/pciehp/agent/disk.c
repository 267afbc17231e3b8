// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads and writes a disk with O_DIRECT, so that each block is a request to the device and
 * not to the page cache.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pciehp_agent.h"

#define BLOCK_SIZE	4096

/* A short read or write does not set errno. */
static int check_len(ssize_t len)
{
	if (len < 0)
		return -errno;

	return len == BLOCK_SIZE ? 0 : -EIO;
}

/* All words in all blocks are different. */
static void fill(uint32_t *block, unsigned int number)
{
	for (unsigned int i = 0; i < BLOCK_SIZE / sizeof(*block); i++)
		block[i] = number * BLOCK_SIZE + i + 1;
}

/**
 * disk_write_until_error() - write one block again and again, until a write fails
 * @path: the disk
 * @answer: receives the number of blocks that were written, and the errno
 *
 * Return: 0 or a negative errno.
 */
int disk_write_until_error(const char *path, struct answer *answer)
{
	static char block[BLOCK_SIZE] __aligned(BLOCK_SIZE);
	unsigned long blocks = 0;
	int fd, error;

	fd = open(path, O_WRONLY | O_DIRECT | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (pwrite(fd, block, BLOCK_SIZE, 0) == BLOCK_SIZE)
		blocks++;
	error = errno;
	close(fd);
	answer_add(answer, "%lu %d", blocks, error);

	return 0;
}

/**
 * disk_write_and_compare() - write blocks, then read them back
 * @path: the disk
 * @blocks: number of blocks, from the start of the disk
 *
 * Return: 0; -EILSEQ if a block differs from what was written; or another negative errno.
 */
int disk_write_and_compare(const char *path, unsigned int blocks)
{
	static uint32_t block[BLOCK_SIZE / 4] __aligned(BLOCK_SIZE);
	static uint32_t copy[BLOCK_SIZE / 4] __aligned(BLOCK_SIZE);
	int fd, ret = 0;

	fd = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	for (unsigned int i = 0; !ret && i < blocks; i++) {
		fill(block, i);
		ret = check_len(pwrite(fd, block, BLOCK_SIZE,
				       (off_t)i * BLOCK_SIZE));
	}
	for (unsigned int i = 0; !ret && i < blocks; i++) {
		fill(block, i);
		ret = check_len(pread(fd, copy, BLOCK_SIZE,
				      (off_t)i * BLOCK_SIZE));
		if (!ret && memcmp(block, copy, BLOCK_SIZE))
			ret = -EILSEQ;
	}
	close(fd);

	return ret;
}
