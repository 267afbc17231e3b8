// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading and writing a disk, past the page cache, so that the device is asked for each
 * block.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pciehp_agent.h"

#define BLOCK_SIZE	4096

/* An answer that is not of the size asked for leaves errno as it is. */
static int check_len(ssize_t len)
{
	if (len < 0)
		return -errno;

	return len == BLOCK_SIZE ? 0 : -EIO;
}

/* No two words of any blocks are the same. */
static void fill(uint32_t *block, unsigned int number)
{
	for (unsigned int i = 0; i < BLOCK_SIZE / sizeof(*block); i++)
		block[i] = number * BLOCK_SIZE + i + 1;
}

/**
 * disk_write_until_error() - write one block over and over
 * @path: the disk
 * @answer: receives how many blocks were written, and the error
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
 * @blocks: how many, from the first on
 *
 * Return: 0; -EILSEQ when one is not as it was written; or another negative errno.
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
