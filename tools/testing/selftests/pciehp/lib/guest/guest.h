/* SPDX-License-Identifier: GPL-2.0-only */
/* A guest under test: its machine, the link to its agent and the result. */
#ifndef LIBPCIEHP_GUEST_GUEST_H
#define LIBPCIEHP_GUEST_GUEST_H

#include <stdbool.h>

#include "guest/agent.h"
#include "qemu/pci_tree.h"
#include "qemu/topology.h"
#include "qemu/vm.h"
#include "util/result.h"

/**
 * enum interrupt - how a port signals events to the kernel
 * @INTERRUPT_MESSAGE: MSI-X or MSI, depending on the model of the port
 * @INTERRUPT_GICV2M: the same, through a GICv2m frame
 * @INTERRUPT_THREADED: as @INTERRUPT_MESSAGE, but the kernel forces interrupt handlers
 *	to run in threads, as PREEMPT_RT does
 * @INTERRUPT_INTX: INTx
 * @INTERRUPT_POLLING: no interrupt; the driver polls Slot Status
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
 * @name: its name in the initramfs
 * @path: path of the file with its data
 */
struct guest_file {
	const char *name;
	const char *path;
};

/**
 * struct guest_setup - the guest that a case needs; 0 or NULL means the default
 * @machine: the kind of machine; default: the one that can boot KERNEL
 * @kernel: path of the kernel image; default: KERNEL
 * @initrd: path of the initramfs; default: machine_initrd()
 * @port: QEMU's name of the ports with a slot; NULL: only the ports in @options
 * @port_properties: properties of each port, see topology_build()
 * @root_port: root ports above switches, see topology_build()
 * @slots: number of ports with a slot; default: 1
 * @slots_per_switch: see topology_build()
 * @nested: there is a switch in the slot of port 0, see topology_nest()
 * @no_button: the kernel is made to believe that the slots have no attention button
 * @no_power: the slots have no power controller, see @port_properties
 * @device: argument of -device, for the device that is plugged at boot
 * @device_before: argument of -device, for a device that is added before @device
 * @iommu: PCI devices are behind an IOMMU
 * @interrupt: how the ports signal events
 * @cpus: number of CPUs; default: 1
 * @memory_mib: memory in MiB; default: 256
 * @real_time: guest time is host time
 * @migrates: guest_migrate() will be called
 * @reboots: the guest may reboot
 * @suffix: added to the name of the case in file names
 * @own_boot: the state of the booted machine is not saved
 * @cmdline: added to the kernel's command line
 * @options: further arguments of QEMU, see struct vm_config
 * @fds: see struct vm_config
 * @archive: path of a cpio archive that is added to the initramfs
 * @files: files that are added to the initramfs, one without a name after the last
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
 * @setup: the guest that the case needs
 * @config: the configuration of its machine
 * @cmdline: buffer of @config.cmdline
 * @topology: the devices in @config
 * @host: the guest that this guest runs in, or NULL
 * @initrd: memory file of the initramfs if files were added to it, or -1
 * @initrd_path: path of @initrd
 * @vm: its machine
 * @agent: the link to its agent
 * @explain_failure: records why the link failed, or NULL for the default; used for a
 *	guest in a guest
 * @result: the result of the case
 * @ports: the ports with a slot
 * @n_ports: number of ports
 * @log: the kernel messages that were fetched so far, one per line
 * @log_len: length of @log in bytes
 * @trace: the trace events of pciehp that were fetched so far, one per line
 * @trace_len: length of @trace in bytes
 * @surprise_removed: a card was removed by surprise
 * @alive: the guest has booted, and the link has not failed since
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
