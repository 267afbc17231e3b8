// SPDX-License-Identifier: GPL-2.0-only
/* Accesses PCI devices, their configuration space and their slots through sysfs. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "pciehp_agent.h"

#include <linux/pci_regs.h>

/* Maximum number of capabilities: they are dword aligned and follow the header. */
#define PCI_CAP_MAX		((256 - PCI_STD_HEADER_SIZEOF) / 4)

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void read_attribute(const char *bdf, const char *name, char *text,
			   size_t size)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), SYSFS_PCI_DEVICES "/%s/%s", bdf, name);
	text[0] = '\0';
	f = fopen(path, "re");
	if (!f)
		return;
	if (!fgets(text, size, f))
		text[0] = '\0';
	fclose(f);
	text[strcspn(text, "\n")] = '\0';
}

/**
 * pci_list() - list the PCI devices in the order of their addresses
 * @answer: receives "BDF VENDOR:DEVICE DRIVER" lines; "-" means no driver
 *
 * Return: 0 or a negative errno.
 */
int pci_list(struct answer *answer)
{
	char path[128], vendor[16], device[16], link[256];
	struct dirent **entries;
	const char *driver;
	ssize_t len;
	int n;

	n = scandir(SYSFS_PCI_DEVICES, &entries, NULL, by_name);
	if (n < 0)
		return -errno;

	for (int i = 0; i < n; i++) {
		const char *bdf = entries[i]->d_name;

		if (bdf[0] == '.') {
			free(entries[i]);
			continue;
		}
		read_attribute(bdf, "vendor", vendor, sizeof(vendor));
		read_attribute(bdf, "device", device, sizeof(device));
		snprintf(path, sizeof(path), SYSFS_PCI_DEVICES "/%.32s/driver",
			 bdf);
		len = readlink(path, link, sizeof(link) - 1);
		link[len < 0 ? 0 : len] = '\0';
		driver = strrchr(link, '/');
		answer_add(answer, "%s %s:%s %s\n", bdf, vendor, device,
			   driver ? driver + 1 : "-");
		free(entries[i]);
	}
	free(entries);

	return 0;
}

static int open_config(const char *bdf, int flags)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), SYSFS_PCI_DEVICES "/%.32s/config", bdf);
	fd = open(path, flags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int config_read(int fd, void *value, size_t size, unsigned int where)
{
	ssize_t len = pread(fd, value, size, where);

	if (len < 0)
		return -errno;

	return (size_t)len == size ? 0 : -EIO;
}

/* Return the offset of a capability, or a negative errno. */
static int find_cap(int fd, int id)
{
	uint8_t header[2], pos;
	int ret;

	ret = config_read(fd, &pos, 1, PCI_CAPABILITY_LIST);
	if (ret)
		return ret;

	for (int i = 0; i < PCI_CAP_MAX && pos >= PCI_STD_HEADER_SIZEOF; i++) {
		ret = config_read(fd, header, sizeof(header), pos & ~3);
		if (ret)
			return ret;
		if (header[0] == id)
			return pos & ~3;
		pos = header[1];
	}

	return -ENODEV;
}

/* Read the runtime PM status of a port, or "-" if there is none. */
static void read_runtime_status(const char *bdf, char *status, size_t size)
{
	read_attribute(bdf, "power/runtime_status", status, size);
	if (!*status)
		snprintf(status, size, "-");
}

/*
 * Read Power Management Control/Status (PCIe Base Spec sec. 7.5.2.2), or 0 if the port has
 * no Power Management capability.
 */
static uint16_t read_power_control(int fd)
{
	int cap = find_cap(fd, PCI_CAP_ID_PM);
	uint16_t value;

	return cap < 0 || config_read(fd, &value, sizeof(value), cap + PCI_PM_CTRL) ?
	       0 : value;
}

/**
 * pci_read_slot_registers() - read the registers of a port's slot
 * @bdf: address of the port
 * @answer: receives "BDF CAPABILITIES CONTROL STATUS LINK-STATUS RUNTIME-STATUS
 *	POWER-CONTROL"
 *
 * Reading them resumes a port only from D3cold. Each access has 16 bits, so that Slot
 * Status, which has write-1-to-clear bits, is accessed on its own (PCIe Base Spec sec.
 * 7.5.3.11).
 *
 * Return: 0; -ENODEV if the device has no PCI Express capability; or another negative
 * errno.
 */
int pci_read_slot_registers(const char *bdf, struct answer *answer)
{
	static const int registers[] = {
		PCI_EXP_SLTCAP, PCI_EXP_SLTCAP + 2, PCI_EXP_SLTCTL,
		PCI_EXP_SLTSTA, PCI_EXP_LNKSTA,
	};
	uint16_t values[ARRAY_SIZE(registers)], power_control;
	int cap, fd, ret = 0;
	char status[32];

	fd = open_config(bdf, O_RDONLY);
	if (fd < 0)
		return fd;

	cap = find_cap(fd, PCI_CAP_ID_EXP);
	if (cap < 0)
		ret = cap;
	for (size_t i = 0; !ret && i < ARRAY_SIZE(registers); i++)
		ret = config_read(fd, &values[i], sizeof(values[i]),
				  cap + registers[i]);
	power_control = read_power_control(fd);
	close(fd);
	read_runtime_status(bdf, status, sizeof(status));
	if (!ret)
		answer_add(answer, "%s %04x%04x %04x %04x %04x %s %04x\n", bdf,
			   values[1], values[0], values[2], values[3],
			   values[4], status, power_control);

	return ret;
}

/**
 * pci_write_slot_control() - write a port's Slot Control
 * @bdf: address of the port
 * @value: the value to write
 *
 * Return: 0; -ENODEV if the device has no PCI Express capability; or another negative
 * errno.
 */
int pci_write_slot_control(const char *bdf, uint16_t value)
{
	int cap, fd, ret = 0;

	fd = open_config(bdf, O_RDWR);
	if (fd < 0)
		return fd;

	cap = find_cap(fd, PCI_CAP_ID_EXP);
	if (cap < 0)
		ret = cap;
	else if (pwrite(fd, &value, sizeof(value), cap + PCI_EXP_SLTCTL) < 0)
		ret = -errno;
	close(fd);

	return ret;
}

/**
 * pci_slot_name() - find the name of the slot with a given address
 * @bdf: address of function 0 of a device in the slot; the slot may be empty
 * @answer: receives the name
 *
 * Return: 0; -ENODEV if no such slot is registered; or another negative errno.
 */
int pci_slot_name(const char *bdf, struct answer *answer)
{
	char path[300], address[32];
	struct dirent *entry;
	int ret = -ENODEV;
	FILE *f;
	DIR *dir;

	dir = opendir("/sys/bus/pci/slots");
	if (!dir)
		return -errno;

	while (ret && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "/sys/bus/pci/slots/%s/address",
			 entry->d_name);
		f = fopen(path, "re");
		if (!f)
			continue;
		/* the slot's address has no function: "0000:01:00" */
		if (fscanf(f, "%31s", address) == 1 &&
		    !strncmp(address, bdf, strlen(address))) {
			answer_add(answer, "%s", entry->d_name);
			ret = 0;
		}
		fclose(f);
	}
	closedir(dir);

	return ret;
}
