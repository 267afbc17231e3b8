// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "qemu/machine.h"
#include "util/compiler.h"

/* dtb-randomness=off: QEMU would put a different seed into each device tree */
static const struct machine machines[] = {
	{
		.arch = "arm64",
		.magic = "ARM\x64",
		.magic_offset = 56,
		.qemu = "qemu-system-aarch64",
		.type = "virt,gic-version=3,dtb-randomness=off",
		.type_gicv2m = "virt,gic-version=2,dtb-randomness=off",
		.type_iommu = "virt,gic-version=3,iommu=smmuv3,dtb-randomness=off",
		.cpu = "cortex-a57",
		.console = "ttyAMA0",
		.ecam = 0x4010000000,
		.pc_register = 32,
		/* PSTATE.I */
		.irq_mask_bits = 0x80,
	}, {
		/* Without @global, QEMU's firmware assigns hotplug to ACPI and not to pciehp. */
		.arch = "x86_64",
		.magic = "HdrS",
		.magic_offset = 0x202,
		.qemu = "qemu-system-x86_64",
		.type = "q35",
		.cpu = "Nehalem",
		.global = "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off",
		.console = "ttyS0",
		.ecam = 0xb0000000,
		.pc_register = 16,
		/* EFLAGS.IF */
		.irq_enable_bits = 0x200,
	}, {
		/*
		 * Without the aia option there is only a PLIC, which does not support MSIs.
		 * With it, QEMU 7.2 raises a wired interrupt again and again, so the serial
		 * port must not use one: init gets no console (ttynull), and the early
		 * console stays enabled. sstc=off: the timers then belong to a device with
		 * memory-mapped registers, see start_timers().
		 */
		.arch = "riscv64",
		.magic = "RSC\x05",
		.magic_offset = 56,
		.qemu = "qemu-system-riscv64",
		.type = "virt,aia=aplic-imsic",
		.cpu = "rv64,sstc=off",
		.console = "ttynull earlycon keep_bootcon",
		.ecam = 0x30000000,
		.timers = 0x2004000,
		.max_msis = 254,
		.spin_starves_others = true,
		.pc_register = 32,
	},
};

/*
 * A host for vfio_test. It has the virtualization extensions that KVM needs, and an SMMU,
 * which VFIO needs to assign a device to the guest.
 */
const struct machine machine_arm64_host = {
	.arch = "arm64",
	.qemu = "qemu-system-aarch64",
	.type = "virt,gic-version=3,virtualization=on,iommu=smmuv3,dtb-randomness=off",
	.cpu = "neoverse-n1",
	.console = "ttyAMA0",
	.ecam = 0x4010000000,
	.pc_register = 32,
};

static bool matches(const unsigned char *head, size_t len, size_t offset,
		    const char *magic)
{
	return len >= offset + strlen(magic) &&
	       !memcmp(head + offset, magic, strlen(magic));
}

static void explain_unknown(const char *path, char *why, size_t size)
{
	const size_t last = ARRAY_SIZE(machines) - 1;
	char *end = why + size;

	why += snprintf(why, size, "%s: no kernel image of ", path);
	for (size_t i = 0; i <= last && why < end; i++)
		why += snprintf(why, end - why, "%s%s", machines[i].arch,
				i == last ? "" : i == last - 1 ? " or " : ", ");
}

/**
 * kernel_is_preempt_rt() - does the version of a kernel image say PREEMPT_RT?
 * @path: the image, which is not compressed, or has its version in its header
 *
 * Return: true if so; false if not, or if the image cannot be read.
 */
bool kernel_is_preempt_rt(const char *path)
{
	static const char version[] = " SMP PREEMPT_RT ";
	bool found = false;
	struct stat st;
	void *image;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (!fstat(fd, &st) && st.st_size) {
		image = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (image != MAP_FAILED) {
			found = memmem(image, st.st_size, version, strlen(version));
			munmap(image, st.st_size);
		}
	}
	close(fd);

	return found;
}

/**
 * machine_of_kernel() - find the machine that can boot a kernel image
 * @path: the image
 * @why: receives the reason if there is none
 * @size: size of @why in bytes
 *
 * The magic numbers are those of Documentation/arch/arm64/booting.rst,
 * Documentation/arch/x86/boot.rst and Documentation/arch/riscv/boot-image-header.rst,
 * and of the EFI zboot header. QEMU before 8.1 cannot unpack a zboot image.
 *
 * Return: the machine, or NULL.
 */
const struct machine *machine_of_kernel(const char *path, char *why,
					size_t size)
{
	unsigned char head[1024];
	struct stat st;
	ssize_t len;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		snprintf(why, size, "%s: %s", path, strerror(errno));
		return NULL;
	}
	if (!fstat(fd, &st) && !S_ISREG(st.st_mode)) {
		snprintf(why, size, "%s: not a file", path);
		close(fd);
		return NULL;
	}
	len = read(fd, head, sizeof(head));
	close(fd);
	if (len < 0) {
		snprintf(why, size, "%s: %s", path, strerror(errno));
		return NULL;
	}

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		if (matches(head, len, machines[i].magic_offset, machines[i].magic))
			return &machines[i];
	}

	if (matches(head, len, 4, "zimg"))
		snprintf(why, size, "%s: an EFI zboot image, unpack it first",
			 path);
	else if (matches(head, len, 0, "\x1f\x8b"))
		snprintf(why, size, "%s: compressed, unpack it with gunzip",
			 path);
	else
		explain_unknown(path, why, size);

	return NULL;
}
