// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "guest/state.h"
#include "guest/stop.h"
#include "qemu/state.h"

/**
 * guest_boot_to_save() - boot a guest whose state is to be saved
 * @guest: from guest_prepare()
 * @state: path to which guest_save() will write the state
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int guest_boot_to_save(struct guest *guest, const char *state)
{
	guest->config.save = state;

	return guest_bring_up(guest) ?: guest_find_ports(guest);
}

/**
 * guest_boot_part_to_save() - the same, but stop at an address in the kernel
 * @guest: from guest_prepare()
 * @state: path to which guest_save() will write the state
 * @addr: the address, which must be reached after the bus numbers are assigned
 *
 * Return: as for guest_boot_to().
 */
int guest_boot_part_to_save(struct guest *guest, const char *state,
			    uint64_t addr)
{
	guest->config.save = state;

	return guest_boot_to(guest, addr) ?: guest_find_ports(guest);
}

/**
 * guest_save() - save the state of a stopped guest, and kill its machine
 * @guest: from guest_boot_to_save() or guest_boot_part_to_save()
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int guest_save(struct guest *guest)
{
	int ret;

	ret = state_save(&guest->vm.qmp, guest->vm.console,
			 guest->vm.bus_log, &guest->config);
	if (ret)
		result_error(&guest->result, "save the machine's state: %s",
			     strerror(-ret));
	vm_cleanup(&guest->vm);
	guest->alive = false;
	guest->config.save = NULL;

	return ret;
}

/**
 * guest_load_part() - load the state of a guest that was saved during its boot
 * @guest: from guest_prepare() with the setup of that guest
 * @state: path of the state
 *
 * guest_begin_boot() resumes the boot.
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int guest_load_part(struct guest *guest, const char *state)
{
	int ret;

	guest->config.load = state;
	ret = guest_boot_to(guest, 0);
	guest->config.load = NULL;

	return ret ?: guest_find_ports(guest);
}

/**
 * guest_load() - load the state of a guest
 * @guest: from guest_prepare() with the setup of that guest
 * @state: path of the state
 * @device: argument of -device, for a device that was hot-added since its boot, or NULL
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int guest_load(struct guest *guest, const char *state, const char *device)
{
	int ret = 0;

	if (device)
		ret = topology_add(&guest->topology, device);
	guest->config.load = state;
	ret = ret ?: guest_bring_up(guest);
	guest->config.load = NULL;

	return ret ?: guest_find_ports(guest);
}
