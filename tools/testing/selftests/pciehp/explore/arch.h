/* SPDX-License-Identifier: GPL-2.0-only */
/* What the explorer has to know of the instructions of an architecture. */
#ifndef EXPLORE_ARCH_H
#define EXPLORE_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <capstone/capstone.h>

#define CODE_SIZE	4

/**
 * struct code - an instruction
 * @len: bytes of it
 * @bytes: the bytes
 */
struct code {
	size_t len;
	uint8_t bytes[CODE_SIZE];
};

/**
 * struct arch - an architecture whose kernels can be explored
 * @machine: as in the ELF header
 * @capstone: as capstone calls it
 * @mode: likewise
 * @kernel: physical address to which QEMU loads a kernel
 * @branches_to_itself: an instruction that does
 * @reads_itself: one that reads itself and does nothing else, where a watchpoint stops
 *	before the read; or none
 * @second: number of the register that has a function's second argument, as gdb has it
 * @third: likewise of the third
 * @link: of the one that tells where a function returns to
 * @link_in_memory: by the address at which that is
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
