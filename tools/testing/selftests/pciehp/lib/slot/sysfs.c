// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "guest/request.h"
#include "guest/action.h"
#include "slot/sysfs.h"

/**
 * sysfs_device_file() - path of a file of a PCI device
 * @bdf: the device
 * @name: name of the file
 * @path: receives the path
 */
void sysfs_device_file(const char *bdf, const char *name,
		       char path[SLOT_PATH_SIZE])
{
	snprintf(path, SLOT_PATH_SIZE, "/sys/bus/pci/devices/%s/%s", bdf, name);
}

/**
 * sysfs_function_file() - path of a file of a function in a slot
 * @guest: the guest
 * @plug: the function
 * @name: name of the file
 * @path: receives the path
 */
void sysfs_function_file(const struct guest *guest, const struct plug *plug,
			 const char *name, char path[SLOT_PATH_SIZE])
{
	char bdf[BDF_SIZE];

	slot_function_bdf(guest, plug->port, plug->function, bdf);
	sysfs_device_file(bdf, name, path);
}

/**
 * sysfs_has_function() - does the guest have a function in a slot?
 * @guest: the guest
 * @plug: the function
 * @has: receives whether it does; false when the guest cannot be asked
 *
 * Return: 0 or a negative errno.
 */
int sysfs_has_function(struct guest *guest, const struct plug *plug, bool *has)
{
	char bdf[BDF_SIZE], path[SLOT_PATH_SIZE];

	slot_function_bdf(guest, plug->port, plug->function, bdf);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", bdf);

	return guest_has_file(guest, path, has);
}

/**
 * sysfs_remove_device() - make the kernel remove a device, which stays in its slot
 * @guest: the guest
 * @bdf: the device
 *
 * Return: 0 or a negative errno.
 */
int sysfs_remove_device(struct guest *guest, const char *bdf)
{
	char path[SLOT_PATH_SIZE];

	sysfs_device_file(bdf, "remove", path);

	return guest_write(guest, path, "1");
}

/**
 * sysfs_rescan() - make the kernel look for devices on all buses
 * @guest: the guest
 *
 * Return: 0 or a negative errno.
 */
int sysfs_rescan(struct guest *guest)
{
	return guest_write(guest, SYSFS_RESCAN, "1");
}

static int write_service(struct guest *guest, int port, const char *verb)
{
	char request[SLOT_PATH_SIZE];

	slot_service_request(guest, port, verb, request, sizeof(request));

	return guest_request(guest, "%s", request);
}

/**
 * sysfs_bind_pciehp() - bind pciehp to a slot's port
 * @guest: the guest
 * @port: number of the port
 *
 * Return: 0 or a negative errno.
 */
int sysfs_bind_pciehp(struct guest *guest, int port)
{
	return write_service(guest, port, "bind");
}

/**
 * sysfs_unbind_pciehp() - unbind pciehp from a slot's port
 * @guest: the guest
 * @port: number of the port
 *
 * Return: 0 or a negative errno.
 */
int sysfs_unbind_pciehp(struct guest *guest, int port)
{
	return write_service(guest, port, "unbind");
}
