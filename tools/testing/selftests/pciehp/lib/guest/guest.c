// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest/guest.h"
#include "qemu/console.h"
#include "qemu/machine_needs.h"
#include "qemu/state.h"
#include "util/cpio.h"
#include "util/environment.h"

/* Host time. A distribution's kernel takes some seconds on a busy host. */
#define BOOT_TIMEOUT_MS	120000

#define TAIL_LINES	12

/**
 * guest_start() - start the machine with its CPUs stopped
 * @guest: from guest_prepare()
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int guest_start(struct guest *guest)
{
	const struct vm_config *config = &guest->config;
	const char *qemu = environment_get("QEMU") ?: config->machine->qemu;
	char how[128];
	int ret;

	ret = vm_start(&guest->vm, config);
	if (ret == -EPIPE) {
		vm_collect(&guest->vm, how, sizeof(how));
		result_error(&guest->result, "start %s: it %s", qemu, how);
		console_print_tail(guest->vm.errors, TAIL_LINES);
	} else if (ret) {
		result_error(&guest->result, "start %s: %s", qemu,
			     guest->vm.qmp.error[0] ? guest->vm.qmp.error :
			     strerror(-ret));
	}

	return ret;
}

/**
 * guest_explain_failure() - record why the link to the guest failed
 * @guest: the guest; no more requests are sent to it
 */
void guest_explain_failure(struct guest *guest)
{
	char how[128];

	guest->alive = false;
	if (guest->explain_failure) {
		guest->explain_failure(guest);
	} else if (guest->agent.failure == -EPIPE) {
		vm_collect(&guest->vm, how, sizeof(how));
		result_error(&guest->result, "%s: QEMU %s", guest->agent.error,
			     how);
		console_print_tail(guest->vm.errors, TAIL_LINES);
	} else {
		result_error(&guest->result, "%s", guest->agent.error);
	}
}

/* Writing its present value to a compare register starts the timer. */
static int start_timers(struct guest *guest)
{
	uint64_t addr = guest->config.machine->timers, time;
	struct gdbstub *gdb = &guest->vm.gdb;
	int ret;

	if (!addr)
		return 0;
	ret = gdb_set_physical(gdb, true);
	for (int cpu = 0; !ret && cpu < guest->config.cpus; cpu++) {
		ret = gdb_read(gdb, addr, &time, sizeof(time)) ?:
		      gdb_write(gdb, addr, &time, sizeof(time));
		addr += sizeof(time);
	}

	return ret ?: gdb_set_physical(gdb, false);
}

static int connect_agent(struct guest *guest)
{
	const struct vm_config *config = &guest->config;
	int ret;

	if (config->load || config->incoming)
		ret = agent_attach(&guest->agent, &guest->vm.gdb) ?:
		      start_timers(guest);
	else
		ret = agent_init(&guest->agent, &guest->vm.gdb,
				 BOOT_TIMEOUT_MS);

	if (ret == -ENOLINK)
		guest_explain_failure(guest);
	else if (ret)
		result_error(&guest->result, "the agent cannot start in the guest: %s",
			     strerror(-ret));
	if (ret)
		return ret;

	guest->alive = true;
	guest->result.booted = true;
	/* a boot that is only saved is not part of the case's time line */
	if (!config->save) {
		result_request(&guest->result, "boot");
		result_answer(&guest->result, 0, guest->agent.time_ns,
			      guest->agent.now.ns);
	}

	return 0;
}

/**
 * guest_bring_up() - start the machine and connect to its agent
 * @guest: from guest_prepare()
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int guest_bring_up(struct guest *guest)
{
	return guest_start(guest) ?: connect_agent(guest);
}

/*
 * The first case that needs a machine boots it and saves its state. All cases that need
 * the same machine load the state, including the first one. A case that needs it before
 * it is saved waits for the lock.
 */
static int make_state(struct guest *guest, const char *state)
{
	struct vm_config *config = &guest->config;
	char path[PATH_MAX + 8];
	int lock, ret = 0;

	snprintf(path, sizeof(path), "%s.lock", state);
	lock = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0 || flock(lock, LOCK_EX)) {
		ret = -errno;
		result_error(&guest->result, "lock %s: %s", path,
			     strerror(errno));
	} else if (access(state, R_OK)) {
		config->save = state;
		state_prepare(state);
		ret = guest_bring_up(guest);
		if (!ret) {
			ret = state_save(&guest->vm.qmp, guest->vm.console,
					 guest->vm.bus_log, config);
			if (ret)
				result_error(&guest->result,
					     "save the machine's state: %s",
					     strerror(-ret));
			vm_cleanup(&guest->vm);
			guest->alive = false;
		}
		config->save = NULL;
	}
	if (lock >= 0)
		close(lock);
	config->load = state;

	return ret;
}

static const char *interrupt_option(enum interrupt interrupt)
{
	switch (interrupt) {
	case INTERRUPT_THREADED:
		return " threadirqs";
	case INTERRUPT_INTX:
		return " pci=nomsi";
	case INTERRUPT_POLLING:
		return " pciehp.pciehp_poll_mode=1 pciehp.pciehp_poll_time=1";
	default:
		return "";
	}
}

static int build_topology(struct guest *guest)
{
	const struct guest_setup *setup = &guest->setup;
	int ret = 0;

	if (setup->port)
		ret = topology_build(&guest->topology, setup->port,
				     setup->root_port, setup->slots ?: 1,
				     setup->slots_per_switch,
				     setup->port_properties);
	if (!ret && setup->nested)
		ret = topology_nest(&guest->topology);
	if (!ret && setup->device_before)
		ret = topology_add(&guest->topology, setup->device_before);
	if (!ret && setup->device)
		ret = topology_add(&guest->topology, setup->device);
	if (ret)
		result_error(&guest->result, "build the list of devices: %s",
			     strerror(-ret));

	return ret;
}

static const char *machine_type(const struct machine *machine,
				const struct guest_setup *setup)
{
	if (setup->iommu)
		return machine->type_iommu;

	return setup->interrupt == INTERRUPT_GICV2M ? machine->type_gicv2m :
						      machine->type;
}

/* Fill in @guest->config. */
static int configure(struct guest *guest)
{
	const struct guest_setup *setup = &guest->setup;
	struct vm_config *config = &guest->config;
	/* CMDLINE is for the kernel under test, and not for the kernel of a host */
	const char *cmdline = setup->kernel ? NULL : environment_get("CMDLINE");
	char why[PATH_MAX + 128];

	*config = (struct vm_config){
		.machine = setup->machine,
		.kernel = setup->kernel ?: environment_get("KERNEL"),
		.cmdline = guest->cmdline,
		.cpus = setup->cpus ?: 1,
		.memory_mib = setup->memory_mib ?: 256,
		.real_time = setup->real_time,
		.migrates = setup->migrates,
		.reboots = setup->reboots,
		.options = setup->options,
		.fds = setup->fds,
		.devices = guest->topology.devices,
	};
	if (!config->machine)
		config->machine = machine_of_kernel(config->kernel, why,
						    sizeof(why));
	if (!config->machine) {
		result_error(&guest->result, "%s", why);
		return -ENOEXEC;
	}
	config->initrd = setup->initrd ?: machine_initrd(config->machine);
	config->type = machine_type(config->machine, setup);
	if (!config->type) {
		result_skip(&guest->result, "%s has no %s",
			    config->machine->arch,
			    setup->iommu ? "SMMU" : "GICv2m");
		return -EOPNOTSUPP;
	}
	if (config->machine->spin_starves_others && config->cpus > 1 && !config->real_time) {
		result_skip(&guest->result,
			    "a CPU of %s that spins starves the others in QEMU's guest time",
			    config->machine->arch);
		return -EOPNOTSUPP;
	}
	snprintf(guest->cmdline, sizeof(guest->cmdline), "%s %s%s",
		 cmdline ?: "", setup->cmdline ?: "",
		 interrupt_option(setup->interrupt));

	return build_topology(guest);
}

static int write_initrd(struct guest *guest, int fd)
{
	const struct guest_file *file = guest->setup.files;
	int ret;

	ret = cpio_append_archive(fd, guest->config.initrd);
	if (!ret && guest->setup.archive)
		ret = cpio_append_archive(fd, guest->setup.archive);
	for (; !ret && file && file->name; file++)
		ret = cpio_append_file(fd, file->name, 0400, file->path);

	return ret ?: cpio_append_end(fd);
}

/* Build an initramfs with further files, for a guest that has to run programs. */
static int add_files(struct guest *guest)
{
	struct vm_config *config = &guest->config;
	int fd, ret;

	if (!guest->setup.files && !guest->setup.archive)
		return 0;
	fd = memfd_create("initramfs", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	guest->initrd = fd;
	ret = write_initrd(guest, fd);
	if (ret)
		result_error(&guest->result, "add files to %s: %s",
			     config->initrd, strerror(-ret));
	snprintf(guest->initrd_path, sizeof(guest->initrd_path),
		 "/proc/%d/fd/%d", getpid(), fd);
	config->initrd = guest->initrd_path;

	return ret;
}

/**
 * guest_prepare() - initialise a guest without booting it
 * @guest: the guest
 * @name: name of the case
 * @setup: the guest that the case needs
 *
 * Return: 0; -EOPNOTSUPP if there is no such machine, and the result has the reason to
 * skip; or another negative errno, printed to stderr. Call guest_cleanup() or case_end()
 * in any case.
 */
int guest_prepare(struct guest *guest, const char *name,
		  const struct guest_setup *setup)
{
	char full_name[160];

	*guest = (struct guest){
		.vm = VM_NONE,
		.setup = *setup,
		.initrd = -1,
	};
	snprintf(full_name, sizeof(full_name), "%s%s",
		 environment_get("PCIEHP_CASE") ?: name, setup->suffix ?: "");
	result_init(&guest->result, full_name);

	return configure(guest) ?: add_files(guest);
}

/**
 * guest_find_ports() - read the addresses of the ports, which the guest assigns at boot
 * @guest: the guest
 *
 * Return: 0 or a negative errno.
 */
int guest_find_ports(struct guest *guest)
{
	int n;

	n = pci_tree_find_ports(&guest->vm.qmp, guest->ports, SLOTS_MAX);
	if (n < 0) {
		result_error(&guest->result, "%s", guest->vm.qmp.error);
		return n;
	}
	guest->n_ports = n;

	return 0;
}

/*
 * A state is kept for later runs only if it is the same after each boot: that of a
 * recorded machine.
 */
static const char *folder_of_states(const struct guest *guest)
{
	const char *kept = environment_get("PCIEHP_KEPT_STATES");

	if (guest->setup.own_boot)
		return NULL;

	return kept && vm_config_records(&guest->config) ? kept :
	       environment_get("PCIEHP_STATES");
}

/**
 * guest_boot() - boot a guest and connect to its agent
 * @guest: the guest, which is initialised
 * @name: name of the case
 * @setup: the guest that the case needs
 *
 * If PCIEHP_STATES is set, cases that need the same machine share one boot, and if
 * PCIEHP_KEPT_STATES is set, later runs share it as well. Guest time does not depend on
 * the host, so the guest behaves as after a boot of its own.
 *
 * Return: 0, or a negative errno, printed to stderr; call case_end() in either case.
 */
int guest_boot(struct guest *guest, const char *name,
	       const struct guest_setup *setup)
{
	const char *states;
	char state[PATH_MAX];
	int ret;

	ret = guest_prepare(guest, name, setup);
	if (ret)
		return ret;
	states = folder_of_states(guest);
	if (states) {
		state_path(&guest->config, states, state);
		ret = make_state(guest, state);
	}
	ret = ret ?: guest_bring_up(guest);
	guest->config.load = NULL;

	return ret ?: guest_find_ports(guest);
}

/**
 * guest_migrate() - migrate a guest to another machine through a file
 * @guest: the guest, with @migrates in its setup
 * @device: argument of -device, for the device that was hot-added since the boot
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int guest_migrate(struct guest *guest, const char *device)
{
	int file, ret;

	file = memfd_create("migration", MFD_CLOEXEC);
	if (file < 0)
		return -errno;
	ret = topology_add(&guest->topology, device) ?:
	      state_send(&guest->vm.qmp, file);
	if (ret)
		result_error(&guest->result, "migrate: %s",
			     guest->vm.qmp.error[0] ? guest->vm.qmp.error :
			     strerror(-ret));
	vm_cleanup(&guest->vm);
	guest->alive = false;

	guest->config.incoming = file;
	ret = ret ?: guest_start(guest) ?: connect_agent(guest);
	guest->config.incoming = 0;
	close(file);

	return ret;
}

/**
 * guest_cleanup() - kill the machine and free all of the guest but its result
 * @guest: the guest
 */
void guest_cleanup(struct guest *guest)
{
	vm_cleanup(&guest->vm);
	topology_free(&guest->topology);
	if (guest->initrd >= 0)
		close(guest->initrd);
	guest->initrd = -1;
	free(guest->log);
	guest->log = NULL;
	free(guest->trace);
	guest->trace = NULL;
}
