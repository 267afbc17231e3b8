// SPDX-License-Identifier: GPL-2.0-only
/* Reads kernel symbols and interrupt counts, reboots, and starts another kernel. */
#include <errno.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pciehp_agent.h"
#include "util/cpio.h"

/**
 * system_find_symbol() - find the address of a kernel symbol
 * @name: name of the symbol
 * @answer: receives the address
 *
 * Return: 0; -ENOENT if the kernel has no such symbol, for example because a function was
 * inlined, or has no /proc/kallsyms; or
 * another negative errno.
 */
int system_find_symbol(const char *name, struct answer *answer)
{
	char line[512], symbol[128];
	unsigned long long addr;
	int ret = -ENOENT;
	FILE *file;

	file = fopen("/proc/kallsyms", "re");
	if (!file)
		return -errno;
	while (ret && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%llx %*c %127s", &addr, symbol) != 2 ||
		    strcmp(symbol, name))
			continue;
		answer_add(answer, "%#llx", addr);
		ret = 0;
	}
	fclose(file);

	return ret;
}

/* Sum up the counts of all CPUs in a line like " 48:   3   0  ITS-MSI ...". */
static unsigned long sum_of_cpus(const char *line)
{
	unsigned long sum = 0, n;
	const char *at = strchr(line, ':');
	char *end;

	while (at) {
		n = strtoul(++at, &end, 10);
		if (end == at || *end != ' ')
			break;
		sum += n;
		at = end;
	}

	return sum;
}

/**
 * system_count_interrupts() - count the interrupts of a handler
 * @name: name of the handler in /proc/interrupts
 * @answer: receives the sum of the counts of all lines with that name
 *
 * Return: 0, -ENOENT if there is no such handler, or another negative errno.
 */
int system_count_interrupts(const char *name, struct answer *answer)
{
	unsigned long sum = 0;
	char line[1024];
	bool found = false;
	FILE *file;

	file = fopen("/proc/interrupts", "re");
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		if (!strstr(line, name))
			continue;
		sum += sum_of_cpus(line);
		found = true;
	}
	fclose(file);
	answer_add(answer, "%lu", sum);

	return found ? 0 : -ENOENT;
}

/**
 * write_text() - write text to an existing file
 * @path: the file
 * @text: the text
 *
 * Return: 0 or a negative errno.
 */
int write_text(const char *path, const char *text)
{
	int fd, ret = 0;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);

	return ret;
}

/**
 * system_reboot() - restart the machine
 *
 * Return: a negative errno. Does not return if it succeeds.
 */
int system_reboot(void)
{
	sync();
	syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
		LINUX_REBOOT_CMD_RESTART, NULL);

	return -errno;
}

/*
 * The initramfs of the next kernel contains only this program. kexec_file_load() refuses a
 * file that is open for writing, so open it again.
 */
static int make_initrd(void)
{
	int fd, ret;

	fd = open("/initrd", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	ret = cpio_append_file(fd, "init", 0755, "/init") ?:
	      cpio_append_end(fd);
	close(fd);
	if (ret)
		return ret;
	fd = open("/initrd", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/**
 * system_kexec() - start the kernel in /kernel without a reset of the machine
 * @cmdline: its command line
 *
 * Return: -EOPNOTSUPP if the kernel does not support it, or another negative errno. Does
 * not return if it succeeds.
 */
int system_kexec(const char *cmdline)
{
	int kernel, initrd;

	/* EBADF shows that the system call exists and is permitted */
	if (syscall(SYS_kexec_file_load, -1, -1, 0UL, NULL, 0UL) &&
	    errno != EBADF)
		return -EOPNOTSUPP;
	kernel = open("/kernel", O_RDONLY | O_CLOEXEC);
	if (kernel < 0)
		return -errno;
	initrd = make_initrd();
	if (initrd < 0)
		return initrd;
	if (syscall(SYS_kexec_file_load, kernel, initrd, strlen(cmdline) + 1,
		    cmdline, 0UL))
		return -errno;

	syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
		LINUX_REBOOT_CMD_KEXEC, NULL);

	return -errno;
}
