// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Power Management capability for a port of QEMU's (PCIe Base Spec sec. 7.5.2). The
 * host watches the registers in the port's configuration space. When the guest is
 * about to access one, the machine stops, and the host executes the load or store in
 * the port's place.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "guest/request.h"
#include "guest/stop.h"
#include "slot/config_space.h"
#include "slot/fake_pm.h"
#include "slot/slot.h"

/* A power state, as PCI_PM_CTRL_STATE_MASK has it. */
#define D3HOT		3

/* That of the capability (PCIe Base Spec sec. 7.5.2.1). */
#define VERSION		3

/* In configuration space, where QEMU's ports have nothing. */
#define CAPABILITY	0xf0

/* Capabilities Pointer and what is reserved beside it; the capability. */
#define POINTER_SIZE	4

/* Maps a register of a device on a bus: its arguments, and the address it returns. */
#define MAP		"pci_ecam_map_bus"
#define MAP_DEVFN	1
#define MAP_WHERE	2
#define MAP_ADDRESS	0

/* Registers of arm64, as gdb numbers them. */
#define LINK		30
#define ZERO		31
#define PC		32
#define N_REGISTERS	33

/**
 * struct access - a load or a store that is about to be executed
 * @registers: of the CPU
 * @address: what it accesses
 * @size: how many bytes of it
 * @data: number of the register from or to which it moves them
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
 * As readb() to writel() have them: LDR, LDAR, STR and STLR and those for bytes and
 * half-words, with no offset or an immediate one.
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

/* -ENOENT if user space has stopped: at the watchpoint by which the agent answers. */
static int read_access(struct gdbstub *gdb, struct access *access)
{
	uint32_t code;
	int ret;

	ret = gdb_read_registers(gdb, access->registers, N_REGISTERS);
	/* the kernel has the upper half of all addresses */
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
 * A port signals PME when an event occurs that Slot Control enables, whether or not it
 * may interrupt for it (PCIe Base Spec sec. 6.7.3.4).
 */
static int look_for_event(struct fake_pm *pm)
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

/* What stands at an offset that is a multiple of 4. */
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
		ret = look_for_event(pm) ?: execute(pm, &access) ?:
		      gdb_continue_at(gdb, access.registers[PC] +
				      sizeof(uint32_t));

	return ret ? fail(pm, "execute an access", ret) : -EAGAIN;
}

/*
 * The kernel accesses configuration space with interrupts off, in which the machine can
 * stop only once, see guest_request_to(). So the same is asked for twice: the first
 * tells where the address is returned to, the second the address.
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
			    "the kernel tells no addresses of its functions");
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

	/* no other device is the bridge to that bus */
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
			return ret ?: fail(pm, "find a place", -EBUSY);
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
 * @pm: to be initialised; stays where it is until fake_pm_cleanup()
 * @guest: the guest, in which the port and those above it are awake
 * @port: number of the port
 * @pme_support: states from which it can signal PME, PCI_PM_CAP_PME_D3hot and others
 *
 * The kernel looks for it when it finds the port, as when that has been removed and
 * the bus is scanned again. No interrupt comes with PME, but the kernel looks for it
 * once a second. While the guest is on its way to an answer, accesses are served;
 * while it is on its way to a breakpoint, as by guest_request_to(), it must not do any.
 *
 * Return: 0; -EOPNOTSUPP when it cannot be done, and the result has the reason to skip
 * the case; or another negative errno, recorded in the result.
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
			    "only in guests of arm64 can a port be given a Power Management capability");
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
 * fake_pm_cleanup() - take the capability away; all its registers are 0 from now on
 * @pm: from fake_pm_init(), of a port that is awake and stays so
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int fake_pm_cleanup(struct fake_pm *pm)
{
	pm->guest->agent.serve = NULL;

	return change_watchpoints(pm, gdb_clear_watchpoint);
}
