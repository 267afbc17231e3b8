/* SPDX-License-Identifier: GPL-2.0-only */
/* Descriptions of the architectures that the tests can boot. */
#ifndef LIBPCIEHP_QEMU_MACHINE_H
#define LIBPCIEHP_QEMU_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct machine - how QEMU emulates one architecture
 * @arch: the kernel's name of the architecture
 * @magic: magic number of its kernel images
 * @magic_offset: offset of @magic in the image, in bytes
 * @qemu: name of QEMU's program
 * @type: argument of -machine
 * @type_gicv2m: argument of -machine for MSIs through a GICv2m frame, or NULL
 * @type_iommu: argument of -machine for an IOMMU that serves all PCI devices, or NULL
 * @cpu: argument of -cpu
 * @global: argument of -global, or NULL
 * @console: the kernel's name of the serial port
 * @ecam: physical address of the PCI configuration space (PCIe Base Spec
 *	sec. 7.2.2)
 * @timers: physical address of the CPUs' timer compare registers, of 64 bits each, if
 *	QEMU restores the registers of a saved machine but not its timers; else 0
 * @max_msis: number of MSIs that a CPU can distinguish, or 0 if it is large enough for
 *	all tests
 * @spin_starves_others: in virtual time, a CPU that spins keeps the other CPUs from
 *	running
 * @pc_register: number of the program counter in the gdb protocol; the flags register
 *	is the next one
 * @irq_mask_bits: bits of the flags register that mask interrupts when set
 * @irq_enable_bits: bits of the flags register that mask interrupts when clear
 */
struct machine {
	const char *arch;
	const char *magic;
	size_t magic_offset;
	const char *qemu;
	const char *type;
	const char *type_gicv2m;
	const char *type_iommu;
	const char *cpu;
	const char *global;
	const char *console;
	uint64_t ecam;
	uint64_t timers;
	int max_msis;
	bool spin_starves_others;
	int pc_register;
	uint32_t irq_mask_bits;
	uint32_t irq_enable_bits;
};

extern const struct machine machine_arm64_host;

bool kernel_is_preempt_rt(const char *path);
const struct machine *machine_of_kernel(const char *path, char *why,
					size_t size);

#endif /* LIBPCIEHP_QEMU_MACHINE_H */
