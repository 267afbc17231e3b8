/* SPDX-License-Identifier: GPL-2.0-only */
/* Injection points: instructions of the kernel at which the machine can stop. */
#ifndef EXPLORE_POINTS_H
#define EXPLORE_POINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch.h"

/**
 * enum point_kind - where in its function a point is
 * @POINT_ENTRY: its first instruction
 * @POINT_CALL: about to call another function
 * @POINT_RETURNED: back from one
 * @POINT_OTHER: any other instruction
 */
enum point_kind {
	POINT_ENTRY,
	POINT_CALL,
	POINT_RETURNED,
	POINT_OTHER,
};

/**
 * struct point - one instruction
 * @addr: its virtual address
 * @function: the function that it is in
 * @offset: bytes from the function's beginning
 * @kind: where it is
 * @group: index into sources[] of what its function is in
 * @file: its source file, from the kernel's top directory, or NULL
 * @line: its line there, or 0
 * @code: the instruction, or its beginning
 * @code_len: bytes of that
 * @text: the same, for people
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
 * struct range - where the functions of one source file are
 * @addr: virtual address
 * @len: bytes
 */
struct range {
	uint64_t addr;
	uint64_t len;
};

/**
 * struct points - what a kernel can be stopped at, ordered by address
 * @all: the points
 * @n: how many
 * @ranges: of the functions that they are in
 * @n_ranges: how many
 * @idle: where a CPU that has nothing to do reaches, or 0
 * @read_dword: the function that reads a register of the PCI Express Capability, or 0
 * @rescan_remove_lock: the mutex that all rescans and removals take, or 0
 * @text: where the kernel begins
 * @arch: the architecture
 * @strings: what the points' texts are in
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
 * struct source - functions of one source file
 * @group: the name of the group that they are in
 * @file: the source file, from the kernel's top directory
 * @functions: a pattern of their names
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
