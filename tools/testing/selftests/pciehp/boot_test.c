// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hot-add and hot-remove while the guest boots, at moments before and after the driver
 * probes the port.
 */
#include "guest_fixture.h"

FIXTURE(boot_moment)
{
	struct guest guest;
	struct plug card;
};

FIXTURE_VARIANT(boot_moment)
{
	const char *port;
	const char *symbol;
};

/*
 * The boot stops at the call of the function @symbol, or if that is NULL, before the
 * first instruction. The moments are in the order of a boot.
 */
FIXTURE_VARIANT_ADD(boot_moment, ioh3420_before_boot)
	{ PORT_IOH3420, NULL };
FIXTURE_VARIANT_ADD(boot_moment, ioh3420_before_bus_is_scanned)
	{ PORT_IOH3420, "pci_host_probe" };
FIXTURE_VARIANT_ADD(boot_moment, ioh3420_before_devices_are_added)
	{ PORT_IOH3420, "pci_bus_add_devices" };
FIXTURE_VARIANT_ADD(boot_moment, ioh3420_before_controller_init)
	{ PORT_IOH3420, "pcie_init" };
FIXTURE_VARIANT_ADD(boot_moment, ioh3420_before_notification)
	{ PORT_IOH3420, "pcie_init_notification" };
FIXTURE_VARIANT_ADD(boot_moment, ioh3420_before_slot_is_published)
	{ PORT_IOH3420, "pci_hp_add" };
FIXTURE_VARIANT_ADD(boot_moment, ioh3420_before_init)
	{ PORT_IOH3420, "free_initmem" };
FIXTURE_VARIANT_ADD(boot_moment, pcie_root_port_before_boot)
	{ PORT_PCIE_ROOT_PORT, NULL };
FIXTURE_VARIANT_ADD(boot_moment, pcie_root_port_before_bus_is_scanned)
	{ PORT_PCIE_ROOT_PORT, "pci_host_probe" };
FIXTURE_VARIANT_ADD(boot_moment, pcie_root_port_before_devices_are_added)
	{ PORT_PCIE_ROOT_PORT, "pci_bus_add_devices" };
FIXTURE_VARIANT_ADD(boot_moment, pcie_root_port_before_controller_init)
	{ PORT_PCIE_ROOT_PORT, "pcie_init" };
FIXTURE_VARIANT_ADD(boot_moment, pcie_root_port_before_notification)
	{ PORT_PCIE_ROOT_PORT, "pcie_init_notification" };
FIXTURE_VARIANT_ADD(boot_moment, pcie_root_port_before_slot_is_published)
	{ PORT_PCIE_ROOT_PORT, "pci_hp_add" };
FIXTURE_VARIANT_ADD(boot_moment, pcie_root_port_before_init)
	{ PORT_PCIE_ROOT_PORT, "free_initmem" };
FIXTURE_VARIANT_ADD(boot_moment, xio3130_before_boot)
	{ PORT_XIO3130, NULL };
FIXTURE_VARIANT_ADD(boot_moment, xio3130_before_bus_is_scanned)
	{ PORT_XIO3130, "pci_host_probe" };
FIXTURE_VARIANT_ADD(boot_moment, xio3130_before_devices_are_added)
	{ PORT_XIO3130, "pci_bus_add_devices" };
FIXTURE_VARIANT_ADD(boot_moment, xio3130_before_controller_init)
	{ PORT_XIO3130, "pcie_init" };
FIXTURE_VARIANT_ADD(boot_moment, xio3130_before_notification)
	{ PORT_XIO3130, "pcie_init_notification" };
FIXTURE_VARIANT_ADD(boot_moment, xio3130_before_slot_is_published)
	{ PORT_XIO3130, "pci_hp_add" };
FIXTURE_VARIANT_ADD(boot_moment, xio3130_before_init)
	{ PORT_XIO3130, "free_initmem" };

/* Boot once, to find the address of the function at which the next boot is to stop. */
static int find_moment(struct guest *guest, const char *name,
		       const struct guest_setup *setup, const char *symbol,
		       uint64_t *addr)
{
	int ret;

	ret = guest_boot(guest, name, setup);
	if (!ret)
		ret = guest_find_symbol(guest, symbol, addr);
	if (ret == -ENOENT)
		result_skip(&guest->result, "the kernel has no %s()", symbol);
	if (ret) {
		case_end(guest);
		return ret;
	}
	guest_cleanup(guest);
	result_cleanup(&guest->result);

	return 0;
}

/* The last step of the fixture's setup, as it may skip the test. */
static void boot_to(struct __test_metadata *_metadata, const void *variant,
		    struct guest *guest, const struct guest_setup *setup,
		    const char *symbol)
{
	uint64_t addr = 0;
	char name[128];
	int ret = 0;

	if (machine_missing())
		SKIP(return, "%s", machine_missing());
	test_name(_metadata, variant, name, sizeof(name));
	if (symbol)
		ret = find_moment(guest, name, setup, symbol, &addr);
	if (ret == -ENOENT)
		SKIP(return, "%s", guest->result.skip);
	ASSERT_OK(ret);

	ret = guest_prepare(guest, name, setup) ?: guest_boot_to(guest, addr);
	if (ret == -ENOENT) {
		result_skip(&guest->result, "this boot does not reach %s()",
			    symbol);
		case_end(guest);
		SKIP(return, "%s", guest->result.skip);
	}
	if (ret)
		case_end(guest);
	ASSERT_OK(ret);
}

FIXTURE_SETUP(boot_moment)
{
	bool occupied = !strcmp(_metadata->name, "hot_remove");
	struct guest_setup setup = {
		.port = variant->port,
		.device = occupied ? VIRTIO_NET_AT_BOOT : NULL,
	};

	self->card = virtio_net(0, 0);
	boot_to(_metadata, variant, &self->guest, &setup, variant->symbol);
}

FIXTURE_TEARDOWN(boot_moment)
{
	end_guest(_metadata, &self->guest);
}

TEST_F_TIMEOUT(boot_moment, hot_add, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_plug(guest, &self->card));
	ASSERT_OK(guest_finish_boot(guest));
	ASSERT_OK(slot_wait_present(guest, &self->card));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/*
 * A press of the button before the driver is bound may be lost. The slot must still work
 * afterwards.
 */
TEST_F_TIMEOUT(boot_moment, hot_remove, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	bool has_card;

	ASSERT_OK(slot_request_unplug(guest, &self->card));
	ASSERT_OK(guest_finish_boot(guest));
	ASSERT_OK(guest_sleep(guest, AFTER_BUTTON_MS));
	ASSERT_OK(sysfs_has_function(guest, &self->card, &has_card));
	ASSERT_OK(has_card ? slot_hot_remove(guest, &self->card) :
		  slot_wait_deleted(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
