// SPDX-License-Identifier: GPL-2.0-only
/*
 * interrupt_cost
 *
 * Counts the instructions that the CPU executes on KERNEL for an interrupt of pciehp,
 * from the interrupt vector to the return of pciehp's handler, and those of the handler
 * alone. The interrupt is that of a command that completes, with no trace event enabled.
 * The guest executes single steps. Prints the least of several counts. Only on arm64 do
 * all interrupts have the same vector.
 */
#include <stdio.h>
#include <string.h>

#include "../kselftest.h"

#include "libpciehp.h"
#include "guest/action.h"

/* Arm ARM, "Exception vectors": IRQ from the current EL with its own stack pointer */
#define VECTOR_IRQ	0x280
#define LINK_REGISTER	30

#define TRACE_EVENTS	"/sys/kernel/tracing/events/pciehp/enable"

/* Host time. */
#define STOP_TIMEOUT_MS	20000

/* An interrupt that does not reach the handler in so many instructions is not pciehp's. */
#define INSTRUCTIONS_MAX	4000

/* Interrupts after a command, of which one is pciehp's. */
#define INTERRUPTS_MAX		20

/* More than one, as the kernel may handle a timer before it calls the handler. */
#define COMMANDS	8

/* Addresses of what the guest's kernel executes for a command and its interrupt. */
struct places {
	uint64_t command;
	uint64_t vector;
	uint64_t handler;
};

/* Numbers of instructions. */
struct cost {
	int from_vector;
	int handler;
};

static int find_places(struct guest *guest, struct places *places)
{
	int ret;

	ret = guest_find_symbol(guest, "pcie_do_write_cmd", &places->command) ?:
	      guest_find_symbol(guest, "vectors", &places->vector);
	/* the handler of the series is pciehp_irq(), that of stock pciehp_isr() */
	if (!ret && guest_find_symbol(guest, "pciehp_irq", &places->handler))
		ret = guest_find_symbol(guest, "pciehp_isr", &places->handler);
	places->vector += VECTOR_IRQ;

	return ret;
}

/* They are enabled when the guest has booted. */
static int disable_trace_events(struct guest *guest)
{
	int ret = guest_write(guest, TRACE_EVENTS, "0");

	return ret == -ENOENT ? 0 : ret;
}

static int step(struct guest *guest, uint64_t *pc)
{
	struct gdbstub *gdb = &guest->vm.gdb;

	return gdb_step(gdb) ?: gdb_wait_stop(gdb, STOP_TIMEOUT_MS) ?:
	       gdb_read_register(gdb, guest->config.machine->pc_register, pc);
}

/* Count the instructions of an interrupt; the guest is at the vector. */
static int count_instructions(struct guest *guest, uint64_t handler, struct cost *cost)
{
	uint64_t pc, back = 0;
	int entered = 0, ret;

	for (int n = 1; n <= INSTRUCTIONS_MAX; n++) {
		ret = step(guest, &pc);
		if (ret)
			return ret;
		if (!entered && pc == handler) {
			entered = n;
			ret = gdb_read_register(&guest->vm.gdb, LINK_REGISTER,
						&back);
			if (ret)
				return ret;
		} else if (entered && pc == back) {
			cost->from_vector = n;
			cost->handler = n - entered;
			return 0;
		}
	}

	return -ENOENT;
}

/* Count for the interrupt of one command, which sets the attention indicator. */
static int measure_command(struct guest *guest, const struct places *places,
			   const char *request, struct cost *cost)
{
	int ret;

	ret = guest_request_to(guest, places->command, request);
	if (ret)
		return ret;
	for (int i = 0; i < INTERRUPTS_MAX; i++) {
		ret = guest_run_to(guest, places->vector) ?:
		      count_instructions(guest, places->handler, cost);
		if (ret != -ENOENT)
			return ret ?: guest_resume(guest);
	}

	return ret;
}

static int measure(struct guest *guest, struct cost *least)
{
	char attention[SLOT_PATH_SIZE], request[SLOT_PATH_SIZE + 16];
	struct places places;
	struct cost cost;
	int ret;

	ret = disable_trace_events(guest) ?: find_places(guest, &places) ?:
	      slot_attribute(guest, 0, "attention", attention);
	for (int i = 0; !ret && i < COMMANDS; i++) {
		snprintf(request, sizeof(request), "write %s %d", attention,
			 i % 2);
		ret = measure_command(guest, &places, request, &cost);
		if (!ret && (!i || cost.from_vector < least->from_vector))
			*least = cost;
	}

	return ret;
}

int main(int argc, char **argv)
{
	const struct guest_setup setup = {
		.port = PORT_PCIE_ROOT_PORT,
		/* with -icount, a single step of QEMU never ends */
		.real_time = true,
	};
	struct guest guest;
	struct cost cost = { 0 };
	int ret;

	if (machine_missing())
		ksft_exit_skip("%s\n", machine_missing());
	ret = guest_boot(&guest, "interrupt_cost", &setup);
	if (!ret && strcmp(guest.config.machine->arch, "arm64"))
		ret = -EOPNOTSUPP;
	if (!ret)
		ret = measure(&guest, &cost);
	case_end(&guest);
	if (!ret && result_ok(&guest.result))
		printf("%d instructions to the handler's return, %d its own\n",
		       cost.from_vector, cost.handler);
	else
		fprintf(stderr, "cannot count the instructions of an interrupt on %s: %s\n",
			guest.config.kernel,
			ret ? strerror(-ret) : "an invariant is violated");
	result_cleanup(&guest.result);

	return ret ? KSFT_FAIL : KSFT_PASS;
}
