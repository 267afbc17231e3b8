/* SPDX-License-Identifier: GPL-2.0-only */
/* Instructions and registers of the architectures that can be explored. */
#ifndef EXPLORE_ARCH_H
#define EXPLORE_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <capstone/capstone.h>

#define CODE_SIZE	4

/**
 * struct code - an instruction
 * @len: its length in bytes
 * @bytes: its encoding
 */
struct code {
	size_t len;
	uint8_t bytes[CODE_SIZE];
};

/**
 * struct arch - an architecture whose kernels can be explored
 * @machine: e_machine of the ELF header
 * @capstone: architecture in capstone's numbering
 * @mode: mode of the disassembler
 * @kernel: physical address to which QEMU loads a kernel
 * @branches_to_itself: an instruction that branches to itself
 * @reads_itself: an instruction that reads its own bytes and has no other effect, where
 *	a watchpoint stops before the read; or empty
 * @second: number of the register with a function's second argument, in gdb's numbering
 * @third: number of the register with the third argument
 * @link: number of the register with a function's return address
 * @link_in_memory: @link has the address of the return address instead
 */
struct arch {
	int machine;
	cs_arch capstone;
	cs_mode mode;
	uint64_t kernel;
	struct code branches_to_itself;
	struct code reads_itself;
	int second;
	int third;
	int link;
	bool link_in_memory;
};

const struct arch *arch_of_elf(int machine);

#endif /* EXPLORE_ARCH_H */
