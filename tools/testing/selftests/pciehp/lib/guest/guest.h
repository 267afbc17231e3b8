/* SPDX-License-Identifier: GPL-2.0-only */
/* A booted guest under test: machine, agent and findings in one. */
#ifndef LIBPCIEHP_GUEST_GUEST_H
#define LIBPCIEHP_GUEST_GUEST_H

#include <stdbool.h>

#include "guest/agent.h"
#include "qemu/pci_tree.h"
#include "qemu/topology.h"
#include "qemu/vm.h"
#include "util/result.h"

/**
 * enum interrupt - how a port tells the kernel of events
 * @INTERRUPT_MESSAGE: by MSI-X or MSI, whichever it has
 * @INTERRUPT_GICV2M: the same through another interrupt controller
 * @INTERRUPT_THREADED: as by @INTERRUPT_MESSAGE, but the kernel forces interrupt
 *	handlers to be threads, as it does for real time
 * @INTERRUPT_INTX: by its interrupt pin
 * @INTERRUPT_POLLING: not at all, the driver looks now and then
 */
enum interrupt {
	INTERRUPT_MESSAGE,
	INTERRUPT_GICV2M,
	INTERRUPT_THREADED,
	INTERRUPT_INTX,
	INTERRUPT_POLLING,
};

/**
 * struct guest_file - a file in a guest's initramfs
 * @name: its name there
 * @path: where its data is
 */
struct guest_file {
	const char *name;
	const char *path;
};

/**
 * struct guest_setup - which guest a case wants; 0 or NULL is the usual
 * @machine: the kind of machine; usually what can boot KERNEL
 * @kernel: its kernel image; usually KERNEL
 * @initrd: its initramfs; usually machine_initrd()
 * @port: QEMU's name of the ports, or NULL for none but those of @options
 * @port_properties: for each, see topology_build()
 * @root_port: of those above switches, see topology_build()
 * @slots: how many ports with a slot there are; usually 1
 * @slots_per_switch: see topology_build()
 * @nested: in the slot of port 0 is a switch, see topology_nest()
 * @no_button: the slots have no attention button, as their driver believes
 * @no_power: they have no power controller, see @port_properties
 * @device: argument of -device, for what is plugged at boot
 * @device_before: likewise, for what comes before @device
 * @iommu: PCI devices are behind an IOMMU
 * @interrupt: how the ports interrupt
 * @cpus: how many; usually 1
 * @memory_mib: MiB of memory; usually 256
 * @real_time: guest time is host time
 * @migrates: guest_migrate() will be called
 * @reboots: the guest may reboot
 * @suffix: added to the case's name in those of files
 * @own_boot: no other case wants the same machine
 * @cmdline: added to the kernel's command line
 * @options: more options of QEMU, see struct vm_config
 * @fds: see struct vm_config
 * @archive: added to its initramfs
 * @files: likewise, one without a name after the last
 */
struct guest_setup {
	const struct machine *machine;
	const char *kernel;
	const char *initrd;
	const char *port;
	const char *port_properties;
	const char *root_port;
	int slots;
	int slots_per_switch;
	bool nested;
	bool no_button;
	bool no_power;
	const char *device;
	const char *device_before;
	bool iommu;
	enum interrupt interrupt;
	int cpus;
	int memory_mib;
	bool real_time;
	bool migrates;
	bool reboots;
	const char *suffix;
	bool own_boot;
	const char *cmdline;
	const char *const *options;
	const int *fds;
	const char *archive;
	const struct guest_file *files;
};

/**
 * struct guest - one guest under test
 * @setup: what was asked for
 * @config: the machine as QEMU was told
 * @cmdline: @config's
 * @topology: @config's devices
 * @host: the guest in which this one is, or NULL
 * @initrd: @config's initramfs when files were added to it, or -1
 * @initrd_path: its name
 * @vm: its machine
 * @agent: the link into it
 * @explain_failure: puts into the result why the link failed, if more than this guest's
 *	own machine can be to blame; or NULL
 * @result: what was found
 * @ports: the ports with a slot
 * @n_ports: how many
 * @log: the kernel's messages fetched so far, one a line
 * @log_len: bytes of @log
 * @trace: pciehp's trace events fetched so far, one a line
 * @trace_len: bytes of @trace
 * @surprise_removed: a card was taken away without the guest's being asked
 * @alive: booted, and the link has not failed since
 */
struct guest {
	struct guest_setup setup;
	struct vm_config config;
	char cmdline[512];
	struct topology topology;
	struct guest *host;
	int initrd;
	char initrd_path[64];
	struct vm vm;
	struct agent agent;
	void (*explain_failure)(struct guest *guest);
	struct result result;
	struct port ports[SLOTS_MAX];
	int n_ports;
	char *log;
	size_t log_len;
	char *trace;
	size_t trace_len;
	bool surprise_removed;
	bool alive;
};

int guest_prepare(struct guest *guest, const char *name,
		  const struct guest_setup *setup);
int guest_boot(struct guest *guest, const char *name,
	       const struct guest_setup *setup);
int guest_start(struct guest *guest);
int guest_bring_up(struct guest *guest);
int guest_find_ports(struct guest *guest);
int guest_migrate(struct guest *guest, const char *device);
void guest_explain_failure(struct guest *guest);
void guest_cleanup(struct guest *guest);

#endif /* LIBPCIEHP_GUEST_GUEST_H */
