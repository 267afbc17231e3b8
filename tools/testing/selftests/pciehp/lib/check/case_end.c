// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check/case_end.h"
#include "check/gcov.h"
#include "check/invariants.h"
#include "guest/guest.h"
#include "qemu/bus_log.h"
#include "qemu/console.h"
#include "slot/slot.h"
#include "util/environment.h"
#include "util/text.h"

#define TAIL_LINES	12

/* Of many ports, print only the first. */
#define PORTS_SHOWN	4

/*
 * With PCIEHP_RESULTS, the console of each case is saved there. Else it is saved in the
 * current folder, if @wanted.
 */
static void keep_console(struct guest *guest, bool wanted)
{
	const char *dir = environment_get("PCIEHP_RESULTS");
	char path[PATH_MAX];
	int ret;

	if (!dir && !wanted)
		return;

	snprintf(path, sizeof(path), "%s/console-%s.log", dir ?: ".",
		 guest->result.name);
	ret = console_save(guest->vm.console, path);
	if (ret)
		fprintf(stderr, "# cannot write the console to %s: %s\n", path,
			strerror(-ret));
	else if (wanted)
		fprintf(stderr, "# full console: %s\n", path);
}

/* Print the command that runs this case again. */
static void print_rerun_command(const struct guest *guest)
{
	static const char *const variables[] = {
		"KERNEL", "QEMU", "CMDLINE", "PCIEHP_INITRD",
		"PCIEHP_HOST_KERNEL", "PCIEHP_HOST_FILES",
	};
	const char *name = guest->result.name;
	char program[PATH_MAX];
	ssize_t len;

	/* the runner puts the kernel's label before the test's name */
	if (environment_get("PCIEHP_TEST"))
		name = environment_get("PCIEHP_TEST");
	len = readlink("/proc/self/exe", program, sizeof(program) - 1);
	program[len < 0 ? 0 : len] = '\0';

	fprintf(stderr, "# run this case again:");
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
		if (environment_get(variables[i]))
			fprintf(stderr, " %s='%s'", variables[i],
				environment_get(variables[i]));
	fprintf(stderr, " %s -r %s\n", program, name);
}

static void print_port(struct guest *guest, int i)
{
	struct port_regs regs;

	if (port_read_regs(guest, i, &regs))
		return;
	fprintf(stderr, "# port %s: Slot Capabilities %#010x, Slot Control %#06x, ",
		guest->ports[i].bdf, regs.slot_capabilities, regs.slot_control);
	fprintf(stderr, "Slot Status %#06x, Link Status %#06x\n",
		regs.slot_status, regs.link_status);
}

static void print_output(int fd, const char *title)
{
	if (fd < 0)
		return;
	fprintf(stderr, "# %s:\n", title);
	console_print_tail(fd, TAIL_LINES);
}

/* Print what helps to find the cause of a failure without another run. */
static void describe_failure(struct guest *guest)
{
	for (int i = 0; i < guest->n_ports && i < PORTS_SHOWN; i++)
		print_port(guest, i);
	print_output(guest->vm.console, guest->host ?
		     "last lines of the guest's console" : "last console lines");
	if (guest->host) {
		print_output(guest->vm.errors, "last messages of QEMU in the host");
		print_output(guest->host->vm.console,
			     "last lines of the host's console");
	}
	if (guest->trace) {
		fprintf(stderr, "# last trace events:\n");
		text_print_tail(guest->trace, TAIL_LINES);
	}
	print_rerun_command(guest);
}

static void write_result(struct guest *guest)
{
	const char *dir = environment_get("PCIEHP_RESULTS");
	int ret;

	if (!dir)
		return;
	ret = result_write(&guest->result, dir, guest->vm.peak_kib) ?:
	      result_write_timeline(&guest->result, dir, guest->log) ?:
	      result_write_trace(&guest->result, dir, guest->trace);
	if (ret)
		result_error(&guest->result, "cannot write the result to %s: %s",
			     dir, strerror(-ret));
}

/* Write DIR/NAME.bus. In virtual time, two runs of a case write identical files. */
static void keep_bus_log(struct guest *guest)
{
	const char *dir = environment_get("PCIEHP_RESULTS");
	char path[PATH_MAX];
	FILE *file;

	if (!dir || guest->vm.bus_log < 0)
		return;
	snprintf(path, sizeof(path), "%s/%s.bus", dir, guest->result.name);
	file = fopen(path, "we");
	if (file)
		bus_log_write(guest->vm.boot_bus_log, guest->vm.bus_log,
			      guest->ports, guest->n_ports, file);
	if (!file || fclose(file))
		result_error(&guest->result, "cannot write %s: %s", path,
			     strerror(errno));
}

static void end_machine(struct guest *guest, bool console_wanted)
{
	if (guest->vm.console >= 0)
		keep_console(guest, console_wanted);
	vm_cleanup(&guest->vm);
}

/**
 * case_check() - check the invariants, if the guest is alive and not skipped; save counters
 * @guest: the guest; it may not have been booted
 */
void case_check(struct guest *guest)
{
	if (guest->alive && !guest->result.skip[0])
		invariants_check(guest);
	gcov_save(guest);
}

/**
 * case_close() - write the result, stop the machine and clean up the guest
 * @guest: the guest, after case_check()
 *
 * The result stays valid until result_cleanup().
 */
void case_close(struct guest *guest)
{
	guest->result.complete = guest->alive;
	if (!result_ok(&guest->result))
		describe_failure(guest);
	keep_bus_log(guest);
	end_machine(guest, !result_ok(&guest->result));
	if (guest->host) {
		end_machine(guest->host, !result_ok(&guest->result));
		guest->vm.peak_kib = guest->host->vm.peak_kib;
	}
	write_result(guest);

	guest_cleanup(guest);
}

/**
 * case_end() - case_check() and case_close()
 * @guest: the guest; it may not have been booted
 */
void case_end(struct guest *guest)
{
	case_check(guest);
	case_close(guest);
}
