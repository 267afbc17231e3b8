// SPDX-License-Identifier: GPL-2.0-only
#include <elf.h>

#include "arch.h"

#include "util/compiler.h"

static const struct arch archs[] = {
	{
		.machine = EM_AARCH64,
		.capstone = CS_ARCH_ARM64,
		.mode = CS_MODE_LITTLE_ENDIAN,
		.kernel = 0x40200000,
		.branches_to_itself = { 4, { 0x00, 0x00, 0x00, 0x14 } },
		/* "ldr xzr, .": reads 8 bytes and discards them */
		.reads_itself = { 4, { 0x1f, 0x00, 0x00, 0x58 } },
		.second = 1,
		.third = 2,
		.link = 30,
	}, {
		.machine = EM_X86_64,
		.capstone = CS_ARCH_X86,
		.mode = CS_MODE_64,
		.kernel = 0x1000000,
		.branches_to_itself = { 2, { 0xeb, 0xfe } },
		.second = 4,
		.third = 3,
		.link = 7,
		.link_in_memory = true,
	},
};

/**
 * arch_of_elf() - find the architecture of a kernel
 * @machine: e_machine of its ELF header
 *
 * Return: the architecture, or NULL if it cannot be explored.
 */
const struct arch *arch_of_elf(int machine)
{
	for (size_t i = 0; i < ARRAY_SIZE(archs); i++) {
		if (archs[i].machine == machine)
			return &archs[i];
	}

	return NULL;
}
