// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "qemu/bus_log.h"
#include "qemu/command_line.h"
#include "util/compiler.h"
#include "util/environment.h"

__printf(2, 3)
static void add(struct command_line *cl, const char *fmt, ...)
{
	va_list ap;

	if (cl->argc == QEMU_ARGS_MAX - 1) {
		cl->error = -E2BIG;
		return;
	}
	va_start(ap, fmt);
	if (vasprintf(&cl->argv[cl->argc], fmt, ap) >= 0)
		cl->argc++;
	else
		cl->error = -ENOMEM;
	va_end(ap);
}

static void add_option(struct command_line *cl, const char *option,
		       const char *value)
{
	add(cl, "%s", option);
	add(cl, "%s", value);
}

/*
 * A machine that is to be saved has its memory in a file. A machine that is loaded
 * from the saved state maps that file copy-on-write.
 */
static void add_memory(struct command_line *cl, const struct vm_config *config)
{
	const char *state = config->load ?: config->save;

	add(cl, "-m");
	add(cl, "%d", config->memory_mib);
	add(cl, "-machine");
	add(cl, "%s,memory-backend=ram", config->type);
	add(cl, "-object");
	if (state)
		add(cl, "memory-backend-file,id=ram,size=%dM,mem-path=%s.ram,share=%s",
		    config->memory_mib, state, config->save ? "on" : "off");
	else
		add(cl, "memory-backend-ram,id=ram,size=%dM",
		    config->memory_mib);
}

/*
 * Guest time is the count of executed instructions and skips idle time. A guest
 * that waits 5 s takes no host time, and all runs have the same guest times.
 */
static void add_virtual_time(struct command_line *cl,
			     const struct vm_config *config)
{
	add(cl, "-icount");
	add(cl, "shift=1,sleep=off%s",
	    vm_config_records(config) ? ",rr=record,rrfile=/dev/null" : "");
}

/* In real time, each CPU has a thread of its own. */
static void add_time(struct command_line *cl, const struct vm_config *config)
{
	add(cl, "-smp");
	add(cl, "%d", config->cpus);
	add(cl, "-accel");
	add(cl, "tcg,tb-size=64,thread=%s",
	    config->real_time ? "multi" : "single");
	if (!config->real_time)
		add_virtual_time(cl, config);
	add_option(cl, "-rtc", "base=2020-01-01,clock=vm");
	add_option(cl, "-seed", "1");
}

static void add_channels(struct command_line *cl, int qmp, int gdb,
			 int console)
{
	add(cl, "-chardev");
	add(cl, "socket,id=qmp,fd=%d", qmp);
	add_option(cl, "-mon", "chardev=qmp,mode=control");
	add(cl, "-chardev");
	add(cl, "socket,id=gdb,fd=%d", gdb);
	add_option(cl, "-gdb", "chardev:gdb");
	add(cl, "-chardev");
	add(cl, "file,id=console,append=on,path=/proc/self/fd/%d", console);
	add_option(cl, "-serial", "chardev:console");
}

static void add_bus_log(struct command_line *cl, int fd)
{
	for (size_t i = 0; i < ARRAY_SIZE(bus_log_events); i++)
		add_option(cl, "-trace", bus_log_events[i]);
	add(cl, "-D");
	add(cl, "/proc/self/fd/%d", fd);
}

/*
 * With panic=-1 and -no-reboot, QEMU exits when the guest panics. A guest that may
 * reboot is started without -no-reboot. With panic=0 it hangs in a panic instead of
 * rebooting.
 */
static void add_kernel(struct command_line *cl, const struct vm_config *config)
{
	if (!config->reboots)
		add(cl, "-no-reboot");
	/* a loaded machine has the kernel in memory, and needs the file only for a reset */
	if ((config->load || config->incoming) && !config->reboots)
		return;
	add_option(cl, "-kernel", config->kernel);
	add_option(cl, "-initrd", config->initrd);
	add(cl, "-append");
	add(cl, "console=%s panic=%d %s %s", config->machine->console,
	    config->reboots ? 0 : -1,
	    kernel_is_preempt_rt(config->kernel) ? VM_CMDLINE_PREEMPT_RT : VM_CMDLINE,
	    config->cmdline);
}

/**
 * command_line_build() - build QEMU's command line for a machine
 * @cl: the command line; command_line_free() frees it
 * @config: the machine
 * @qmp: socket for its monitor
 * @gdb: socket for its gdbstub
 * @console: file for the output of its serial port
 * @bus_log: file for the log of the bus, or -1
 *
 * No device uses ioeventfd. With it, another thread than the CPU's would handle
 * virtio's doorbells, at a moment that depends on the host.
 *
 * Return: 0; -E2BIG if there are more arguments than QEMU_ARGS_MAX allows; or -ENOMEM.
 */
int command_line_build(struct command_line *cl, const struct vm_config *config,
		       int qmp, int gdb, int console, int bus_log)
{
	const struct machine *machine = config->machine;

	cl->argc = 0;
	cl->error = 0;
	add(cl, "%s", environment_get("QEMU") ?: machine->qemu);
	add(cl, "-nodefaults");
	add_option(cl, "-display", "none");
	add(cl, "-S");
	add_memory(cl, config);
	add_option(cl, "-cpu", machine->cpu);
	add_time(cl, config);
	add_option(cl, "-global", "virtio-pci.ioeventfd=off");
	if (machine->global)
		add_option(cl, "-global", machine->global);
	add_channels(cl, qmp, gdb, console);
	if (bus_log >= 0)
		add_bus_log(cl, bus_log);
	add_kernel(cl, config);

	for (int i = 0; config->options && config->options[i]; i++)
		add(cl, "%s", config->options[i]);
	for (int i = 0; config->devices[i]; i++)
		add_option(cl, "-device", config->devices[i]);
	/* state_save() writes no configuration section for a recorded machine */
	if (config->load && vm_config_records(config))
		add_option(cl, "-global", "migration.send-configuration=off");
	if (config->load || config->incoming)
		add_option(cl, "-incoming", "defer");
	cl->argv[cl->argc] = NULL;

	return cl->error;
}

/**
 * command_line_free() - free the arguments of a command line
 * @cl: the command line
 */
void command_line_free(struct command_line *cl)
{
	while (cl->argc)
		free(cl->argv[--cl->argc]);
}
