// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slot capabilities that QEMU's ports lack. The driver reads the capabilities once, in
 * pcie_init(). There, the values that it has read are changed in its memory.
 */
#include <errno.h>
#include <string.h>

#include <linux/pci_regs.h>

#include "arch.h"
#include "points.h"
#include "registers.h"

#include "guest/guest.h"
#include "guest/stop.h"
#include "qemu/gdbstub.h"

/**
 * struct call - a call of pcie_capability_read_dword()
 * @offset: offset of the register in the PCI Express Capability
 * @value: address that receives the register's value
 * @back: return address
 */
struct call {
	unsigned int offset;
	uint64_t value;
	uint64_t back;
};

static int read_call(struct guest *guest, const struct points *points,
		     struct call *call)
{
	const struct arch *arch = points->arch;
	uint64_t registers[GDB_REGISTERS_MAX];
	int ret;

	ret = gdb_read_registers(&guest->vm.gdb, registers, arch->link + 1);
	if (ret)
		return ret;
	call->offset = registers[arch->second];
	call->value = registers[arch->third];
	call->back = registers[arch->link];

	/* guest and host are both little endian */
	return !arch->link_in_memory ? 0 :
	       gdb_read(&guest->vm.gdb, call->back, &call->back,
			sizeof(call->back));
}

/* Runs the guest until pcie_init() is about to read the register at an offset. */
static int run_to_call(struct guest *guest, const struct points *points,
		       unsigned int offset, struct call *call)
{
	const struct point *back;
	int ret;

	for (;;) {
		ret = guest_run_to(guest, points->read_dword) ?:
		      read_call(guest, points, call);
		if (ret)
			return ret;
		back = points_at(points, call->back);
		if (back && !strcmp(back->function, "pcie_init") &&
		    call->offset == offset)
			return 0;
		ret = guest_run_to(guest, call->back);
		if (ret)
			return ret;
	}
}

static int change(struct guest *guest, const struct points *points,
		  unsigned int offset, uint32_t cleared, uint32_t set)
{
	struct gdbstub *gdb = &guest->vm.gdb;
	struct call call;
	uint32_t value;
	int ret;

	ret = run_to_call(guest, points, offset, &call) ?:
	      guest_run_to(guest, call.back) ?:
	      gdb_read(gdb, call.value, &value, sizeof(value));
	if (ret)
		return ret;
	value = (value & ~cleared) | set;

	return gdb_write(gdb, call.value, &value, sizeof(value));
}

/**
 * registers_change() - change the slot capabilities that the driver reads
 * @guest: the guest, which has stopped in its boot before the slot's port is probed
 * @points: injection points of the kernel
 * @registers: the changes
 *
 * Return: 0; -EOPNOTSUPP if the kernel has no symbol pcie_capability_read_dword(); or
 * another negative errno.
 */
int registers_change(struct guest *guest, const struct points *points,
		     const struct registers *registers)
{
	if (!points->read_dword)
		return -EOPNOTSUPP;

	return change(guest, points, PCI_EXP_SLTCAP, registers->cleared,
		      registers->set) ?:
	       change(guest, points, PCI_EXP_SLTCAP2, 0, registers->set2);
}
