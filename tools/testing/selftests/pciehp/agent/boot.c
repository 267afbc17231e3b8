// SPDX-License-Identifier: GPL-2.0-only
/* The boot steps of PID 1. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "pciehp_agent.h"

/**
 * agent_log() - write one line to the kernel log, which is also printed on the console
 * @fmt: the line, as for printf()
 *
 * A line in the kernel log is not interrupted by kernel messages, and is in order with
 * them.
 */
void agent_log(const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int fd, len;

	len = snprintf(line, sizeof(line), "<5>pciehp_agent: ");
	va_start(ap, fmt);
	vsnprintf(line + len, sizeof(line) - len - 1, fmt, ap);
	va_end(ap);
	/* without a newline, the kernel holds the line back until the next one */
	strcat(line, "\n");

	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, line, strlen(line)) < 0)
		fprintf(stderr, "pciehp_agent: write /dev/kmsg: %s\n",
			strerror(errno));
	close(fd);
}

/**
 * boot_stay_on_cpu0() - bind the agent to the first CPU
 *
 * A debugger that attaches to a stopped machine sees memory in the address space of the
 * first CPU. The mailbox must be mapped there.
 */
void boot_stay_on_cpu0(void)
{
	cpu_set_t cpu0;

	CPU_ZERO(&cpu0);
	CPU_SET(0, &cpu0);
	sched_setaffinity(0, sizeof(cpu0), &cpu0);
}

static void mount_at(const char *type, const char *path)
{
	mkdir(path, 0755);
	if (mount(type, path, type, 0, NULL) && errno != EBUSY)
		agent_log("mount %s at %s: %s", type, path, strerror(errno));
}

/**
 * boot_mount_filesystems() - mount /proc, /sys and /dev
 *
 * The initramfs contains only /init, and the kernel may not have devtmpfs. In that case,
 * create /dev/kmsg.
 */
void boot_mount_filesystems(void)
{
	mkdir("/dev", 0755);
	if (mount("devtmpfs", "/dev", "devtmpfs", 0, NULL) && errno != EBUSY)
		mknod("/dev/kmsg", S_IFCHR | 0600, makedev(1, 11));

	mount_at("proc", "/proc");
	mount_at("sysfs", "/sys");

	/* for trace events and the counters of gcov, if the kernel has them */
	mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
}

static int load_module(const char *path)
{
	int fd, ret;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	ret = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);

	return ret;
}

/**
 * boot_load_modules() - load the modules in the initramfs
 *
 * /modules/order contains their names, one per line, in the order of their dependencies.
 *
 * Return: the number of modules that were loaded.
 */
int boot_load_modules(void)
{
	char name[256], path[300];
	int loaded = 0, ret;
	FILE *order;

	order = fopen("/modules/order", "re");
	if (!order)
		return 0;

	while (fscanf(order, "%255s", name) == 1) {
		snprintf(path, sizeof(path), "/modules/%s", name);
		ret = load_module(path);
		if (!ret)
			loaded++;
		else if (ret != -EEXIST)
			agent_log("cannot load module %s: %s", name,
				  strerror(-ret));
	}
	fclose(order);

	return loaded;
}
