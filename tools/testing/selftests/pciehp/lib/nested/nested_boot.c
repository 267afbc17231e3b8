// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "guest/request.h"
#include "nested/nested_boot.h"
#include "qemu/machine_needs.h"
#include "qemu/topology.h"
#include "util/environment.h"

#define PF			"0000:00:08.0"
#define SYSFS_PCI		"/sys/bus/pci"
#define SYSFS_PF		SYSFS_PCI "/devices/" PF
#define SYSFS_VF		SYSFS_PCI "/devices/" NESTED_VF
#define SYSFS_NETWORK_VF	SYSFS_PCI "/devices/" NESTED_NETWORK_VF

/* One virtual function, and enough queues and interrupts to assign some to it. */
#define NVME_VFS "sriov_max_vfs=1,sriov_vq_flexible=2,sriov_vi_flexible=1,max_ioqpairs=4,msix_qsize=5"

/* MiB. The host needs room for the guest's memory, and for its own files twice at boot. */
#define HOST_MEMORY		768
#define GUEST_MEMORY		256
#define HOST_MEMORY_AS_REPORTED	1536
#define GUEST_MEMORY_AS_REPORTED 1024

/* Bytes. */
#define DISK_SIZE		(64 << 20)

/* Host time. */
#define GUEST_BOOT_TIMEOUT_MS	120000
#define REPLY_TIMEOUT_MS	60000

/*
 * The resources of a function are queues and interrupts. Virtualization Management (NVMe
 * Base Spec 2.0 sec. 5.28) takes them from the primary controller, which takes effect at
 * its reset, and gives the secondary controller an admin queue, an I/O queue and one
 * interrupt. Command Dword 10 contains the controller in its upper half, the kind of
 * resource in bits 10:8 (0 for queues, 1 for interrupts) and the action in bits 3:0 (1 to
 * set the number of the primary controller, 8 to assign that number to a secondary
 * controller, 9 to bring a secondary controller online).
 */
static const char *const assign_vf[] = {
	"nvme-admin /dev/nvme0 0x1c 0x00000001 0",
	"nvme-admin /dev/nvme0 0x1c 0x00000101 0",
	"write /sys/class/nvme/nvme0/reset_controller 1",
	"write " SYSFS_PF "/sriov_drivers_autoprobe 0",
	"write " SYSFS_PF "/sriov_numvfs 1",
	"nvme-admin /dev/nvme0 0x1c 0x00010008 2",
	"nvme-admin /dev/nvme0 0x1c 0x00010108 1",
	"nvme-admin /dev/nvme0 0x1c 0x00010009 0",
	"write " SYSFS_VF "/driver_override vfio-pci",
	"write " SYSFS_PCI "/drivers/vfio-pci/bind " NESTED_VF,
	NULL
};

/*
 * The driver of the physical function answers the mailbox of a virtual function only while
 * its interface is up.
 */
static const char *const assign_network_vf[] = {
	"network-up eth0 10000",
	"write " SYSFS_PF "/sriov_drivers_autoprobe 0",
	"write " SYSFS_PF "/sriov_numvfs 1",
	"write " SYSFS_NETWORK_VF "/driver_override vfio-pci",
	"write " SYSFS_PCI "/drivers/vfio-pci/bind " NESTED_NETWORK_VF,
	NULL
};

static const char *const nvme[] = {
	"-device", "nvme-subsys,id=subsystem",
	"-device", "nvme,id=nvme0,addr=8,subsys=subsystem,serial=1," NVME_VFS,
	"-device", "nvme-ns,drive=disk,bus=nvme0",
	NULL
};

/*
 * QEMU 10.0 treats the BARs of igb's virtual functions as 32 bits wide. If the kernel
 * assigns an address above 4 GiB, QEMU uses another one. highmem-mmio=off avoids that.
 */
static const char *const igb[] = {
	"-machine", "highmem-mmio=off",
	"-netdev", "user,id=network,restrict=on",
	"-device", "igb,addr=8,netdev=network,mac=52:54:00:00:00:01,romfile=",
	NULL
};

/**
 * nested_missing() - check what is needed to boot a guest in a guest
 *
 * Return: the reason to skip, or NULL if nothing is missing.
 */
const char *nested_missing(void)
{
	static char why[256];
	const char *const needed[] = {
		"PCIEHP_HOST_KERNEL", "PCIEHP_HOST_FILES",
	};
	const struct machine *machine;

	if (machine_missing())
		return machine_missing();
	machine = machine_of_kernel(environment_get("KERNEL"), why,
				    sizeof(why));
	if (strcmp(machine->arch, machine_arm64_host.arch)) {
		snprintf(why, sizeof(why),
			 "KVM in the %s host cannot boot a kernel for %s",
			 machine_arm64_host.arch, machine->arch);
		return why;
	}
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		const char *path = environment_get(needed[i]);

		if (path && !access(path, R_OK))
			continue;
		snprintf(why, sizeof(why),
			 "%s is not set to a readable file: make vfio sets it",
			 needed[i]);
		return why;
	}

	return NULL;
}

/* Make a socket pair. Return one end, and store that for QEMU in @nested->fds[n]. */
static int make_socket(struct nested *nested, int n)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return -errno;
	nested->fds[n] = fds[1];

	return fds[0];
}

__printf(3, 4)
static void describe(struct nested *nested, int n, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(nested->chardevs[n], sizeof(nested->chardevs[n]), fmt, ap);
	va_end(ap);
}

static int make_channels(struct nested *nested)
{
	struct vm *vm = &nested->guest.vm;

	nested->fds[0] = -1;
	nested->fds[1] = -1;
	nested->fds[2] = -1;
	nested->control = make_socket(nested, 0);
	vm->qmp.fd = make_socket(nested, 1);
	vm->console = memfd_create("console", MFD_CLOEXEC);
	vm->errors = memfd_create("errors", MFD_CLOEXEC);
	nested->disk = memfd_create("disk", MFD_CLOEXEC);
	if (nested->control < 0 || vm->qmp.fd < 0 || vm->console < 0 ||
	    vm->errors < 0 || nested->disk < 0 ||
	    ftruncate(nested->disk, DISK_SIZE))
		return -errno;

	describe(nested, 0, "socket,id=control,fd=%d", nested->fds[0]);
	describe(nested, 1, "socket,id=monitor,fd=%d", nested->fds[1]);
	describe(nested, 2, "file,id=guest,append=on,path=/proc/%d/fd/%d",
		 getpid(), vm->console);
	describe(nested, 3, "file,id=errors,append=on,path=/proc/%d/fd/%d",
		 getpid(), vm->errors);
	describe(nested, 4, "driver=file,node-name=disk,filename=/proc/%d/fd/%d",
		 getpid(), nested->disk);

	return 0;
}

/* nr= is the port number in the host: nr=1 is /dev/vport0p1, and so on. */
static void describe_host(struct nested *nested, bool network)
{
	const char *const options[] = {
		"-chardev", nested->chardevs[0],
		"-chardev", nested->chardevs[1],
		"-chardev", nested->chardevs[2],
		"-chardev", nested->chardevs[3],
		"-blockdev", nested->chardevs[4],
		"-device", "virtio-serial-pci,max_ports=8",
		"-device", "virtserialport,nr=1,chardev=control",
		"-device", "virtserialport,nr=2,chardev=monitor",
		"-device", "virtserialport,nr=3,chardev=guest",
		"-device", "virtserialport,nr=4,chardev=errors",
	};
	const char *const *devices = network ? igb : nvme;
	size_t n = ARRAY_SIZE(options);

	memcpy(nested->options, options, sizeof(options));
	do
		nested->options[n++] = *devices;
	while (*devices++);
}

static int boot_host(struct nested *nested, const char *name,
		     const struct nested_setup *setup)
{
	const struct machine *machine = &machine_arm64_host;
	struct guest_setup host = {
		.machine = machine,
		.kernel = environment_get("PCIEHP_HOST_KERNEL"),
		.initrd = machine_agent(machine),
		.archive = environment_get("PCIEHP_HOST_FILES"),
		.files = nested->files,
		.options = nested->options,
		.fds = nested->fds,
		.memory_mib = setup->as_reported ? HOST_MEMORY_AS_REPORTED :
			      HOST_MEMORY,
		.own_boot = true,
		.suffix = ".host",
		.cmdline = "iommu.passthrough=1 mitigations=off",
	};

	nested->files[0] = (struct guest_file){
		"kernel", environment_get("KERNEL"),
	};
	nested->files[1] = (struct guest_file){
		"initrd", machine_initrd(machine),
	};
	describe_host(nested, setup->network);

	return guest_boot(&nested->host, name, &host);
}

/* QEMU has inherited them by now, or was not started. */
static void close_host_ends(struct nested *nested)
{
	for (int i = 0; i < 2; i++) {
		if (nested->fds[i] >= 0)
			close(nested->fds[i]);
		nested->fds[i] = -1;
	}
}

static int assign(struct guest *host, const char *const *requests)
{
	int ret = 0;

	for (; !ret && *requests; requests++) {
		ret = guest_request(host, "%s", *requests);
		if (ret && ret != -ENOLINK)
			result_error(&host->result, "request '%s': %s %s", *requests,
				     strerror(-ret), host->agent.text);
	}

	return ret;
}

__printf(2, 3)
static void add(struct nested *nested, const char *fmt, ...)
{
	size_t len = strlen(nested->args);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(nested->args + len, sizeof(nested->args) - len, fmt, ap);
	va_end(ap);
}

/*
 * The command line of the report, plus what the test needs: channels, ids, and that QEMU
 * exits when the guest panics.
 */
static void describe_guest(struct nested *nested,
			   const struct nested_setup *setup)
{
	const char *cmdline = environment_get("CMDLINE");

	nested->args[0] = '\0';
	add(nested, "/usr/bin/qemu-system-aarch64");
	add(nested, "\t-machine\tvirt,kernel_irqchip=on,gic-version=3");
	add(nested, "\t-cpu\thost\t-enable-kvm\t-net\tnone\t-nographic");
	add(nested, "\t-m\t%d", setup->as_reported ? GUEST_MEMORY_AS_REPORTED :
	    GUEST_MEMORY);
	add(nested, "\t-device\t%s,id=port0", PORT_IOH3420);
	if (setup->device)
		add(nested, "\t-device\t%s", setup->device);
	add(nested, "\t-kernel\t/kernel\t-initrd\t/initrd");
	add(nested, "\t-serial\tfile:/dev/vport0p3\t-no-reboot");
	add(nested, "\t-chardev\tpipe,id=qmp,path=/dev/vport0p2");
	add(nested, "\t-mon\tchardev=qmp,mode=control");
	add(nested, "\t-append\tconsole=ttyAMA0 %s panic=-1 " VM_CMDLINE " "
	    AGENT_NESTING_LEVEL "=%d %s",
	    setup->as_reported ?
	    "root=/dev/vda -m 4096 rw pciehp.pciehp_debug=1 searlycon=pl011,0x9000000" :
	    "quiet", NESTED_GUEST_LEVEL, cmdline ?: "");
}

static int start_guest(struct nested *nested, const struct nested_setup *setup)
{
	struct guest *host = &nested->host;
	int ret;

	describe_guest(nested, setup);
	ret = guest_request(host, "spawn /dev/vport0p4\t%s", nested->args);
	if (ret && ret != -ENOLINK)
		result_error(&host->result, "start QEMU in the host: %s",
			     strerror(-ret));

	return ret ?: nested_boot_guest(nested, GUEST_BOOT_TIMEOUT_MS);
}

static int connect_monitor(struct nested *nested)
{
	struct guest *guest = &nested->guest;
	int ret;

	ret = qmp_init_halted(&guest->vm.qmp, guest->vm.qmp.fd,
			      REPLY_TIMEOUT_MS, nested_run_slice, nested);
	if (ret)
		result_error(&guest->result, "connect to the monitor of QEMU in the host: %s",
			     guest->vm.qmp.error);

	return ret;
}

/**
 * nested_boot() - boot a host, bind a virtual function to vfio-pci, and boot a guest
 * @nested: the host and the guest, which are initialised
 * @name: name of the case
 * @setup: the guest that the case needs
 *
 * Return: 0, or a negative errno, printed to stderr; call nested_end() in either case.
 */
int nested_boot(struct nested *nested, const char *name,
		const struct nested_setup *setup)
{
	int ret;

	nested_init(nested, name);
	ret = make_channels(nested);
	if (ret)
		result_error(&nested->guest.result,
			     "make channels to the host: %s", strerror(-ret));
	ret = ret ?: boot_host(nested, name, setup);
	close_host_ends(nested);
	ret = ret ?: assign(&nested->host,
			    setup->network ? assign_network_vf : assign_vf) ?:
	      start_guest(nested, setup) ?: connect_monitor(nested);

	return ret ?: guest_find_ports(&nested->guest);
}
