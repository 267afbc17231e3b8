// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emulates a Power Management capability in a port (PCIe Base Spec sec. 7.5.2), because
 * QEMU's ports have none. The host sets watchpoints on the registers in the port's
 * configuration space. When the guest is about to access one, the machine stops, and the
 * host executes the load or store itself.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "guest/request.h"
#include "guest/stop.h"
#include "slot/config_space.h"
#include "slot/fake_pm.h"
#include "slot/slot.h"

/* The power state D3hot, as a value of PCI_PM_CTRL_STATE_MASK. */
#define D3HOT		3

/* Version of the capability (PCIe Base Spec sec. 7.5.2.1). */
#define VERSION		3

/* Offset of the capability, which QEMU's ports do not use. */
#define CAPABILITY	0xf0

/* The Capabilities Pointer and the reserved bytes after it. */
#define POINTER_SIZE	4

/*
 * The kernel function that maps a register of a device, and the numbers of the CPU registers
 * with its arguments and its return value.
 */
#define MAP		"pci_ecam_map_bus"
#define MAP_DEVFN	1
#define MAP_WHERE	2
#define MAP_ADDRESS	0

/* gdb's numbers of the arm64 registers. */
#define LINK		30
#define ZERO		31
#define PC		32
#define N_REGISTERS	33

/**
 * struct access - a load or store that the CPU is about to execute
 * @registers: registers of the CPU
 * @address: virtual address of the access
 * @size: size of the access in bytes
 * @data: number of the CPU register that it loads or stores
 * @is_load: it is a load
 */
struct access {
	uint64_t registers[N_REGISTERS];
	uint64_t address;
	unsigned int size;
	unsigned int data;
	bool is_load;
};

static int fail(struct fake_pm *pm, const char *doing, int error)
{
	result_error(&pm->guest->result,
		     "fake a Power Management capability: %s: %s", doing,
		     strerror(-error));

	return error;
}

/*
 * The instructions that readb() to writel() use: LDR, LDAR, STR and STLR and their
 * variants for bytes and half-words, with no offset or an immediate offset.
 */
static int decode(uint32_t code, struct access *access)
{
	const uint64_t base = access->registers[code >> 5 & 0x1f];
	const unsigned int scale = code >> 30;

	access->data = code & 0x1f;
	access->size = 1 << scale;
	access->is_load = code & 1 << 22;
	if ((code & 0x3f800000) == 0x39000000)
		access->address = base + ((uint64_t)(code >> 10 & 0xfff) << scale);
	else if ((code & 0x3fbffc00) == 0x089ffc00)
		access->address = base;
	else
		return -EOPNOTSUPP;

	return access->size > 4 ? -EOPNOTSUPP : 0;
}

/* Return -ENOENT if the CPU is in user space: the agent has written to the doorbell. */
static int read_access(struct gdbstub *gdb, struct access *access)
{
	uint32_t code;
	int ret;

	ret = gdb_read_registers(gdb, access->registers, N_REGISTERS);
	/* addresses of the kernel have bit 63 set */
	if (ret || !(access->registers[PC] >> 63))
		return ret ?: -ENOENT;

	return gdb_read(gdb, access->registers[PC], &code, sizeof(code)) ?:
	       decode(code, access);
}

static int read_enabled_events(struct fake_pm *pm, uint16_t *events)
{
	const char *bdf = pm->guest->ports[pm->port].bdf;
	struct port_regs regs;
	int offset, ret;

	ret = config_find_capability(pm->guest, bdf, PCI_CAP_ID_EXP, &offset) ?:
	      config_read16(pm->guest, bdf, offset + PCI_EXP_SLTCTL,
			    &regs.slot_control) ?:
	      config_read16(pm->guest, bdf, offset + PCI_EXP_SLTSTA,
			    &regs.slot_status);
	if (!ret)
		*events = port_pending_events(&regs);

	return ret;
}

static bool can_signal(const struct fake_pm *pm)
{
	return (pm->status & PCI_PM_CTRL_STATE_MASK) == D3HOT &&
	       pm->status & PCI_PM_CTRL_PME_ENABLE;
}

/*
 * A port signals PME when an event occurs that Slot Control enables, even if Hot-Plug
 * Interrupt Enable is clear (PCIe Base Spec sec. 6.7.3.4).
 */
static int check_for_event(struct fake_pm *pm)
{
	uint16_t events;
	int ret;

	if (!can_signal(pm))
		return 0;
	ret = read_enabled_events(pm, &events);
	if (!ret && events & ~pm->old_events) {
		pm->status |= PCI_PM_CTRL_PME_STATUS;
		pm->signals++;
		pm->old_events |= events;
	}

	return ret;
}

/* The value at an offset that is a multiple of 4. */
static uint32_t read_registers(const struct fake_pm *pm, int offset)
{
	switch (offset) {
	case PCI_CAPABILITY_LIST:
		return CAPABILITY;
	case CAPABILITY:
		return (uint32_t)pm->capabilities << 16 | pm->next << 8 |
		       PCI_CAP_ID_PM;
	}

	return pm->status;
}

static int write_status(struct fake_pm *pm, uint16_t value, uint16_t written)
{
	const uint16_t writable = written & (PCI_PM_CTRL_STATE_MASK |
					     PCI_PM_CTRL_PME_ENABLE);
	const bool could_signal = can_signal(pm);

	pm->status = (pm->status & ~writable) | (value & writable);
	pm->status &= ~(value & written & PCI_PM_CTRL_PME_STATUS);

	return could_signal || !can_signal(pm) ? 0 :
	       read_enabled_events(pm, &pm->old_events);
}

static int execute(struct fake_pm *pm, const struct access *access)
{
	const int offset = access->address - pm->address;
	const unsigned int shift = offset % 4 * 8;
	const uint32_t mask = 0xffffffff >> (32 - 8 * access->size);
	struct gdbstub *gdb = &pm->guest->vm.gdb;
	uint64_t value;

	if (!access->is_load) {
		value = access->data == ZERO ? 0 :
			access->registers[access->data];
		return offset < CAPABILITY + PCI_PM_CTRL ? 0 :
		       write_status(pm, (value & mask) << shift, mask << shift);
	}

	if (access->data == ZERO)
		return 0;
	value = read_registers(pm, offset & ~3) >> shift & mask;

	return gdb_write_register(gdb, access->data, value);
}

static bool is_faked(const struct fake_pm *pm, uint64_t address)
{
	const uint64_t offset = address - pm->address;

	return offset - PCI_CAPABILITY_LIST < POINTER_SIZE ||
	       offset - CAPABILITY < PCI_PM_SIZEOF;
}

static int serve(void *context)
{
	struct fake_pm *pm = context;
	struct gdbstub *gdb = &pm->guest->vm.gdb;
	struct access access;
	int ret;

	ret = read_access(gdb, &access);
	if (ret == -ENOENT)
		return 0;
	if (!ret && !is_faked(pm, access.address))
		ret = -EFAULT;
	if (!ret)
		ret = check_for_event(pm) ?: execute(pm, &access) ?:
		      gdb_continue_at(gdb, access.registers[PC] +
				      sizeof(uint32_t));

	return ret ? fail(pm, "execute an access", ret) : -EAGAIN;
}

/*
 * The kernel accesses configuration space with interrupts disabled. There the machine can
 * stop only once, see guest_request_to(). Therefore the same request is made twice. The
 * first stops at the call of MAP and reads the return address. The second stops at the
 * return address and reads the address that MAP has returned.
 */
static int find_address(struct fake_pm *pm)
{
	struct guest *guest = pm->guest;
	struct gdbstub *gdb = &guest->vm.gdb;
	const struct port *port = &guest->ports[pm->port];
	uint64_t map, registers[N_REGISTERS], where;
	unsigned int device, function;
	char request[64];
	uint8_t bus;
	int ret;

	if (sscanf(port->bdf, "%*x:%*x:%x.%x", &device, &function) != 2)
		return fail(pm, "find the port", -EINVAL);
	snprintf(request, sizeof(request), "slot-registers %s", port->bdf);

	ret = guest_find_symbol(guest, MAP, &map);
	if (ret == -ENOENT) {
		result_skip(&guest->result,
			    "/proc/kallsyms of the guest does not list " MAP "()");
		return -EOPNOTSUPP;
	}
	ret = ret ?: guest_request_to(guest, map, request) ?:
	      gdb_read_registers(gdb, registers, N_REGISTERS) ?:
	      guest_resume(guest);
	if (ret)
		return ret;
	where = registers[MAP_WHERE] & 0xffffffff;
	if ((registers[MAP_DEVFN] & 0xffffffff) != (device << 3 | function))
		return fail(pm, "find the port's registers", -ENXIO);

	ret = guest_request_to(guest, registers[LINK], request) ?:
	      gdb_read_registers(gdb, registers, N_REGISTERS);
	if (ret)
		return ret;
	pm->address = registers[MAP_ADDRESS] - where;

	/* check that this is the port: only its Secondary Bus Number has this value */
	ret = gdb_read(gdb, pm->address + PCI_SECONDARY_BUS, &bus, 1);
	if (ret || bus != port->bus)
		return fail(pm, "find the port's registers", ret ?: -ENXIO);

	return guest_resume(guest);
}

static int check_unused(struct fake_pm *pm)
{
	const char *bdf = pm->guest->ports[pm->port].bdf;
	uint16_t value;
	int ret;

	for (int i = 0; i < PCI_PM_SIZEOF; i += 2) {
		ret = config_read16(pm->guest, bdf, CAPABILITY + i, &value);
		if (ret || value)
			return ret ?: fail(pm, "find unused configuration space", -EBUSY);
	}
	ret = config_read16(pm->guest, bdf, PCI_CAPABILITY_LIST, &value);
	pm->next = value;

	return ret;
}

static int change_watchpoints(struct fake_pm *pm,
			      int (*change)(struct gdbstub *gdb,
					    enum gdb_access access,
					    uint64_t address, size_t size))
{
	struct gdbstub *gdb = &pm->guest->vm.gdb;
	int ret;

	ret = change(gdb, GDB_ACCESS, pm->address + PCI_CAPABILITY_LIST,
		     POINTER_SIZE) ?:
	      change(gdb, GDB_ACCESS, pm->address + CAPABILITY, PCI_PM_SIZEOF);

	return ret ? fail(pm, "watch the registers", ret) : 0;
}

/**
 * fake_pm_init() - give a port a Power Management capability
 * @pm: the capability; must not be moved until fake_pm_cleanup()
 * @guest: the guest; the port and the ports above it must be in D0
 * @port: number of the port
 * @pme_support: states from which it can signal PME: PCI_PM_CAP_PME_D3hot and others
 *
 * The kernel detects the capability when it enumerates the port: remove the port and
 * rescan the bus. PME does not cause an interrupt, but the kernel polls PME Status once
 * a second. Accesses are emulated only while the host waits for an answer. While it
 * waits for a breakpoint, for example in guest_request_to(), the guest must not access
 * the registers.
 *
 * Return: 0; -EOPNOTSUPP if this is not possible, and the result has the reason to skip;
 * or another negative errno, recorded in the result.
 */
int fake_pm_init(struct fake_pm *pm, struct guest *guest, int port,
		 uint16_t pme_support)
{
	int ret;

	*pm = (struct fake_pm){
		.guest = guest,
		.port = port,
		.capabilities = pme_support | VERSION,
		.status = PCI_PM_CTRL_NO_SOFT_RESET,
	};
	if (strcmp(guest->config.machine->arch, "arm64")) {
		result_skip(&guest->result,
			    "a Power Management capability can be faked on arm64 only");
		return -EOPNOTSUPP;
	}
	ret = find_address(pm) ?: check_unused(pm) ?:
	      change_watchpoints(pm, gdb_set_watchpoint);
	if (ret)
		return ret;
	guest->agent.serve = serve;
	guest->agent.serve_context = pm;

	return 0;
}

/**
 * fake_pm_cleanup() - remove the capability, so that its registers read as 0
 * @pm: from fake_pm_init(); the port must be in D0 and stay there
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int fake_pm_cleanup(struct fake_pm *pm)
{
	pm->guest->agent.serve = NULL;

	return change_watchpoints(pm, gdb_clear_watchpoint);
}
