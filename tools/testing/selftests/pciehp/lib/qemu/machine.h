/* SPDX-License-Identifier: GPL-2.0-only */
/* The architectures that the tests can boot, as data. */
#ifndef LIBPCIEHP_QEMU_MACHINE_H
#define LIBPCIEHP_QEMU_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct machine - how QEMU emulates one architecture
 * @arch: as the kernel names it
 * @magic: what images of its kernels have
 * @magic_offset: at which byte
 * @qemu: QEMU's program
 * @type: argument of -machine
 * @type_gicv2m: the same with MSIs by way of a GICv2m frame, or NULL
 * @type_iommu: the same with an IOMMU for all PCI devices, or NULL
 * @cpu: argument of -cpu
 * @global: argument of -global, or NULL
 * @console: the kernel's name of the serial port
 * @ecam: physical address of the PCI configuration space (PCIe Base Spec
 *	sec. 7.2.2)
 * @timers: physical address of the CPUs' time compare registers, of 64 bits each, when
 *	QEMU saves what is in them but does not start the timers again; else 0
 * @max_msis: how many MSIs a CPU can tell apart, 0 if nobody wants so many
 * @spin_starves_others: a CPU that spins keeps the others from running when guest time is virtual
 * @pc_register: the program counter's number in the gdb protocol
 * @irq_mask_bits: bits of the flags, the next register, that mask interrupts when set
 * @irq_enable_bits: bits that do when clear
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

const struct machine *machine_of_kernel(const char *path, char *why,
					size_t size);

#endif /* LIBPCIEHP_QEMU_MACHINE_H */
