// SPDX-License-Identifier: GPL-2.0-only
/* Which machine boots a kernel image, which cases share a boot, and the command line. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../../kselftest_harness.h"

#include "qemu/command_line.h"
#include "qemu/machine.h"
#include "qemu/state.h"

FIXTURE(image)
{
	int fd;
	char path[32];
	char why[256];
};

FIXTURE_SETUP(image)
{
	self->fd = memfd_create("image", MFD_CLOEXEC);
	ASSERT_LE(0, self->fd);
	snprintf(self->path, sizeof(self->path), "/proc/self/fd/%d", self->fd);
}

FIXTURE_TEARDOWN(image)
{
	close(self->fd);
}

/* Write @magic at @offset to an image of @size bytes. */
static bool put(int fd, const char *magic, off_t offset, off_t size)
{
	ssize_t len = strlen(magic);

	return !ftruncate(fd, 0) && !ftruncate(fd, size) &&
	       pwrite(fd, magic, len, offset) == len;
}

static const struct machine *machine_with(FIXTURE_DATA(image) *self,
					  const char *magic, off_t offset,
					  off_t size)
{
	if (!put(self->fd, magic, offset, size))
		return NULL;

	return machine_of_kernel(self->path, self->why, sizeof(self->why));
}

TEST_F(image, of_arm64)
{
	const struct machine *machine = machine_with(self, "ARM\x64", 56, 4096);

	ASSERT_NE(NULL, machine);
	EXPECT_STREQ("arm64", machine->arch);
}

TEST_F(image, of_x86_64)
{
	const struct machine *machine = machine_with(self, "HdrS", 0x202, 4096);

	ASSERT_NE(NULL, machine);
	EXPECT_STREQ("x86_64", machine->arch);
}

TEST_F(image, of_riscv64)
{
	const struct machine *machine = machine_with(self, "RSC\x05", 56, 4096);

	ASSERT_NE(NULL, machine);
	EXPECT_STREQ("riscv64", machine->arch);
	EXPECT_STREQ("qemu-system-riscv64", machine->qemu);
}

/* Version 0.2 of the header has deprecated that magic number. */
TEST_F(image, of_riscv64_by_the_old_magic_alone)
{
	EXPECT_EQ(NULL, machine_with(self, "RISCV", 48, 4096));
	EXPECT_NE(NULL, strstr(self->why, "no kernel image of"));
}

TEST_F(image, ends_within_the_magic)
{
	EXPECT_EQ(NULL, machine_with(self, "RSC", 56, 59));
	EXPECT_NE(NULL, strstr(self->why, "no kernel image of"));
}

TEST_F(image, is_empty)
{
	EXPECT_EQ(NULL, machine_of_kernel(self->path, self->why,
					  sizeof(self->why)));
	EXPECT_NE(NULL, strstr(self->why, "no kernel image of"));
}

TEST_F(image, is_compressed)
{
	EXPECT_EQ(NULL, machine_with(self, "\x1f\x8b", 0, 4096));
	EXPECT_NE(NULL, strstr(self->why, "gunzip"));
}

TEST_F(image, is_zboot)
{
	EXPECT_EQ(NULL, machine_with(self, "zimg", 4, 4096));
	EXPECT_NE(NULL, strstr(self->why, "zboot"));
}

TEST_F(image, is_a_directory)
{
	EXPECT_EQ(NULL, machine_of_kernel("/", self->why, sizeof(self->why)));
	EXPECT_STREQ("/: not a file", self->why);
}

TEST_F(image, is_not_there)
{
	EXPECT_EQ(NULL, machine_of_kernel("/none/such", self->why,
					  sizeof(self->why)));
	EXPECT_STREQ("/none/such: No such file or directory", self->why);
}

/* Each property of the machine changes the path, so that no other machine is loaded. */
TEST_F(image, state_is_that_of_the_same_machine)
{
	static char *const devices[] = { "ioh3420,id=port0", NULL };
	static char *const other_devices[] = { "ioh3420,id=port0", "edu", NULL };
	static const char *const options[] = { "-device", "edu", NULL };
	const struct vm_config same = {
		.type = "virt", .kernel = "/a/Image", .initrd = "/a/cpio",
		.cmdline = "quiet", .cpus = 1, .memory_mib = 256,
		.devices = devices,
	};
	struct vm_config others[11];
	char path[PATH_MAX], other[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		others[i] = same;
	others[0].type = "q35";
	others[1].kernel = "/b/Image";
	others[2].initrd = "/b/cpio";
	others[3].cmdline = "threadirqs";
	others[4].cpus = 2;
	others[5].memory_mib = 512;
	others[6].real_time = true;
	others[7].devices = other_devices;
	others[8].options = options;
	others[9].migrates = true;
	others[10].reboots = true;

	/* with several CPUs, no machine is recorded; only the property itself differs */
	for (size_t i = 9; i < ARRAY_SIZE(others); i++)
		others[i].cpus = others[4].cpus;

	state_path(&same, "/states", path);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		state_path(&others[i], "/states", other);
		EXPECT_STRNE(path, other) {
			TH_LOG("other %zu", i);
		}
	}
	for (size_t i = 9; i < ARRAY_SIZE(others); i++) {
		state_path(&others[4], "/states", path);
		state_path(&others[i], "/states", other);
		EXPECT_STRNE(path, other);
	}
	state_path(&same, "/states", path);
	others[0] = same;
	state_path(&others[0], "/states", other);
	EXPECT_STREQ(path, other);
}

/* An option that does not fit must cause an error. */
TEST_F(image, too_many_options)
{
	static const char *options[QEMU_ARGS_MAX];
	static char *const no_devices[] = { NULL };
	const struct vm_config config = {
		.machine = &machine_arm64_host, .type = "virt", .cmdline = "",
		.kernel = "/a/Image", .initrd = "/a/cpio", .cpus = 1,
		.memory_mib = 256, .options = options, .devices = no_devices,
	};
	struct command_line cl;

	for (size_t i = 0; i < ARRAY_SIZE(options) - 1; i++)
		options[i] = "-S";
	EXPECT_EQ(-E2BIG, command_line_build(&cl, &config, 3, 4, 5, -1));
	command_line_free(&cl);
}

TEST_HARNESS_MAIN
