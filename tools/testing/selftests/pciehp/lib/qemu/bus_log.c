// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/pci_regs.h>

#include "qemu/bus_log.h"
#include "qemu/topology.h"
#include "util/compiler.h"
#include "util/environment.h"

/**
 * bus_log_open() - open the files of the log
 * @config: the machine
 * @log: receives the file that QEMU writes, or is not changed if there is no log
 * @boot_log: receives the file of the boot, or is not changed if no state is loaded
 *
 * There is a log if the results of a case are written, too. QEMU truncates the file that
 * it opens, so what was logged before a state was saved stays in a file of its own.
 *
 * Return: 0 or a negative errno.
 */
int bus_log_open(const struct vm_config *config, int *log, int *boot_log)
{
	char path[PATH_MAX];

	if (!environment_get("PCIEHP_RESULTS"))
		return 0;
	*log = memfd_create("bus log", MFD_CLOEXEC);
	if (*log < 0)
		return -errno;
	if (!config->load)
		return 0;
	snprintf(path, sizeof(path), "%s" BUS_LOG_OF_STATE, config->load);
	*boot_log = open(path, O_RDONLY | O_CLOEXEC);

	return *boot_log < 0 ? -errno : 0;
}

/**
 * struct traced_port - a port with a slot, as far as the log describes it
 * @bdf: its address, without the segment
 * @next: capability whose header the kernel reads next as it walks the list, or 0
 * @pcie: offset of its PCI Express Capability, or 0 while that is not known
 * @pm: offset of its Power Management Capability, or 0 while that is not known
 */
struct traced_port {
	char bdf[BDF_SIZE];
	int next;
	int pcie;
	int pm;
};

/**
 * struct writer - what the lines so far have told
 * @ports: the ports with a slot
 * @n_ports: number of @ports
 * @in_reset: address of the bridge that resets the bus below it, or empty
 * @stopped: the machine is stopped
 * @out: file to write to
 */
struct writer {
	struct traced_port ports[SLOTS_MAX];
	int n_ports;
	char in_reset[BDF_SIZE];
	bool stopped;
	FILE *out;
};

static struct traced_port *find_port(struct writer *writer, const char *bdf)
{
	for (int i = 0; i < writer->n_ports; i++) {
		if (!strcmp(writer->ports[i].bdf, bdf))
			return &writer->ports[i];
	}

	return NULL;
}

/* The kernel finds the capabilities by a walk of their list, so the log has it. */
static void follow_list(struct traced_port *port, int offset, unsigned int value)
{
	if (offset == PCI_CAPABILITY_LIST) {
		port->next = value & 0xfc;
	} else if (port->next && offset == port->next) {
		if ((value & 0xff) == PCI_CAP_ID_EXP)
			port->pcie = offset;
		else if ((value & 0xff) == PCI_CAP_ID_PM)
			port->pm = offset;
		port->next = value >> 8 & 0xfc;
	}
}

static const char *register_name(const struct traced_port *port, int offset)
{
	if (port->pcie && offset == port->pcie + PCI_EXP_SLTCTL)
		return "Slot Control";
	if (port->pcie && offset == port->pcie + PCI_EXP_SLTSTA)
		return "Slot Status";
	if (port->pm && offset == port->pm + PCI_PM_CTRL)
		return "Power Management Control/Status";

	return NULL;
}

/* Any bridge above a slot may reset it. */
static void write_bus_reset(struct writer *writer, long long ns, const char *bdf,
			    unsigned int value)
{
	bool was = !strcmp(writer->in_reset, bdf);
	bool is = value & PCI_BRIDGE_CTL_BUS_RESET;

	if (was == is)
		return;
	fprintf(writer->out, "%lld 0000:%s bus reset %s\n", ns, bdf,
		is ? "begins" : "ends");
	snprintf(writer->in_reset, BDF_SIZE, "%s", is ? bdf : "");
}

static void write_request(struct writer *writer, long long ns, const char *text)
{
	static const char *const wanted[] = {
		"device_add", "device_del", "pcie_aer_inject_error",
	};

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		if (strstr(text, wanted[i]) && strchr(text, '{'))
			fprintf(writer->out, "%lld - request %s %s", ns,
				wanted[i], strchr(text, '{'));
	}
}

/* "MODEL BUS:DEVICE.FUNCTION @OFFSET -> VALUE", or "<-" for a write. */
static void write_access(struct writer *writer, long long ns, const char *text,
			 bool is_write)
{
	struct traced_port *port;
	unsigned int value;
	const char *name;
	char bdf[BDF_SIZE];
	int offset;

	if (sscanf(text, "%*s %15s @%x %*s %x", bdf, &offset, &value) != 3)
		return;
	if (is_write && offset == PCI_BRIDGE_CONTROL)
		write_bus_reset(writer, ns, bdf, value);
	port = find_port(writer, bdf);
	if (!port)
		return;
	if (!is_write)
		follow_list(port, offset, value);
	name = register_name(port, offset);
	/* the debugger reads and writes registers while the machine is stopped */
	if (name && !writer->stopped &&
	    (is_write || offset == port->pcie + PCI_EXP_SLTSTA))
		fprintf(writer->out, "%lld 0000:%s %s %s %#06x\n", ns,
			bdf, is_write ? "write" : "read", name, value);
}

static void write_interrupt(struct writer *writer, long long ns, const char *text)
{
	const char *at = strstr(text, "data ");
	unsigned int data, requester;
	char bdf[BDF_SIZE];

	if (!at || sscanf(at, "data %x size %*d requester_id %x", &data,
			  &requester) != 2)
		return;
	snprintf(bdf, sizeof(bdf), "%02x:%02x.%x", requester >> 8 & 0xff,
		 requester >> 3 & 0x1f, requester & 7);
	if (find_port(writer, bdf))
		fprintf(writer->out, "%lld 0000:%s interrupt %u\n", ns,
			bdf, data);
}

static void write_line(struct writer *writer, char *line)
{
	char name[64], *text;
	long long ns;
	int len;

	if (sscanf(line, "%lld %63s%n", &ns, name, &len) != 2)
		return;
	text = line + len;
	if (!strcmp(name, "pci_cfg_read") || !strcmp(name, "pci_cfg_write"))
		write_access(writer, ns, text, !strcmp(name, "pci_cfg_write"));
	else if (!strcmp(name, "gicv3_its_translation_write"))
		write_interrupt(writer, ns, text);
	else if (!strcmp(name, "vm_state_notify"))
		writer->stopped = !strstr(text, "running 1");
	else if (!strcmp(name, "handle_qmp_command"))
		write_request(writer, ns, text);
}

static void write_file(struct writer *writer, int fd)
{
	char *line = NULL;
	size_t size = 0;
	FILE *file;
	int copy;

	copy = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
	file = copy < 0 ? NULL : fdopen(copy, "r");
	if (!file)
		return;
	rewind(file);
	while (getline(&line, &size, file) > 0)
		write_line(writer, line);
	fclose(file);
	free(line);
}

/**
 * bus_log_write() - write what happened at ports with a slot, one event a line
 * @boot_log: file of the boot, or -1
 * @log: file that QEMU has written
 * @ports: the ports
 * @n_ports: number of @ports
 * @out: file to write to
 */
void bus_log_write(int boot_log, int log, const struct port *ports,
		   int n_ports, FILE *out)
{
	struct writer *writer = calloc(1, sizeof(*writer));

	if (!writer)
		return;
	writer->out = out;
	for (int i = 0; i < n_ports; i++)
		snprintf(writer->ports[writer->n_ports++].bdf, BDF_SIZE, "%s",
			 ports[i].bdf + strlen("0000:"));
	write_file(writer, boot_log);
	write_file(writer, log);
	free(writer);
}
