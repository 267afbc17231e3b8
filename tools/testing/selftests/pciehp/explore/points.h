/* SPDX-License-Identifier: GPL-2.0-only */
/* Injection points: instructions of the kernel at which the machine can stop. */
#ifndef EXPLORE_POINTS_H
#define EXPLORE_POINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch.h"

/**
 * enum point_kind - place of a point in its function
 * @POINT_ENTRY: the first instruction
 * @POINT_CALL: an instruction that calls another function
 * @POINT_RETURNED: the instruction after a call
 * @POINT_OTHER: any other instruction
 */
enum point_kind {
	POINT_ENTRY,
	POINT_CALL,
	POINT_RETURNED,
	POINT_OTHER,
};

/**
 * struct point - an instruction at which the machine can stop
 * @addr: its virtual address
 * @function: name of its function
 * @offset: bytes from the start of the function
 * @kind: its place in the function
 * @group: index into sources[] of the function's source
 * @file: source file, relative to the kernel's top directory, or NULL
 * @line: line in @file, or 0
 * @code: the first bytes of the instruction
 * @code_len: number of bytes in @code
 * @text: the disassembled instruction
 */
struct point {
	uint64_t addr;
	const char *function;
	unsigned int offset;
	enum point_kind kind;
	int group;
	const char *file;
	int line;
	uint8_t code[CODE_SIZE];
	size_t code_len;
	char text[48];
};

/**
 * struct range - addresses of a function
 * @addr: virtual address
 * @len: length in bytes
 */
struct range {
	uint64_t addr;
	uint64_t len;
};

/**
 * struct points - injection points of a kernel
 * @all: the points, ordered by address
 * @n: number of points
 * @ranges: addresses of the functions that have the points
 * @n_ranges: number of ranges
 * @idle: address of arch_cpu_idle(), or 0
 * @read_dword: address of pcie_capability_read_dword(), or 0
 * @rescan_remove_lock: address of the mutex pci_rescan_remove_lock, or 0
 * @text: address of the start of the kernel
 * @arch: architecture of the kernel
 * @strings: memory of function and file names
 */
struct points {
	struct point *all;
	size_t n;
	struct range *ranges;
	size_t n_ranges;
	uint64_t idle;
	uint64_t read_dword;
	uint64_t rescan_remove_lock;
	uint64_t text;
	const struct arch *arch;
	struct strings *strings;
};

/**
 * struct source - functions of one source file that have points
 * @group: name of the group of these functions
 * @file: source file, relative to the kernel's top directory
 * @functions: pattern of the functions' names
 */
struct source {
	const char *group;
	const char *file;
	const char *functions;
};

extern const struct source sources[];
extern const size_t n_sources;

int points_load(struct points *points, const char *vmlinux, char *why,
		size_t size);
void points_free(struct points *points);
const struct point *points_at(const struct points *points, uint64_t addr);
const struct point *points_find(const struct points *points,
				const char *function, unsigned int offset);

#endif /* EXPLORE_POINTS_H */
