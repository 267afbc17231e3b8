// SPDX-License-Identifier: GPL-2.0-only
/* Two slots: events in the first must not affect the second. */
#include "guest_fixture.h"

/* The ports' numbers. */
#define FIRST		0
#define SECOND		1

FIXTURE(neighbour)
{
	struct guest guest;
	struct plug neighbour;
};

FIXTURE_VARIANT(neighbour)
{
	const char *port;
};

FIXTURE_VARIANT_ADD(neighbour, two_root_ports) { .port = PORT_PCIE_ROOT_PORT };
FIXTURE_VARIANT_ADD(neighbour, one_switch) { .port = PORT_XIO3130 };

FIXTURE_SETUP(neighbour)
{
	self->neighbour = e1000e("neighbour");
	self->neighbour.port = SECOND;
	boot_guest(_metadata, variant, &self->guest,
		   &(struct guest_setup){ .port = variant->port, .slots = 2 });
}

FIXTURE_TEARDOWN(neighbour)
{
	end_guest(_metadata, &self->guest);
}

/* Remove a card by surprise. Also if the kernel keeps it, the other slot must work. */
static void surprise_remove_card(struct __test_metadata *_metadata,
				 FIXTURE_DATA(neighbour) *self,
				 const struct plug *card)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add_and_settle(guest, card));
	since = guest->agent.now;
	ASSERT_OK(slot_surprise_remove(guest, card));
	EXPECT_EQ(0, slot_wait_gone(guest, card, since));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->neighbour));
	ASSERT_OK(slot_hot_remove(guest, &self->neighbour));
}

TEST_F_TIMEOUT(neighbour, e1000e_removed_by_surprise, TIMEOUT_S)
{
	struct plug card = e1000e("dev0");

	surprise_remove_card(_metadata, self, &card);
}

/*
 * A read where there is no device must return all ones (PCIe Base Spec sec. 2.3.2). In
 * QEMU's q35 it returns 0, which virtio-pci takes for a card that has been reset.
 */
static int read_empty_slot(struct guest *guest, uint32_t *value)
{
	struct gdbstub *gdb = &guest->vm.gdb;
	struct forwarding empty_slot;
	uint64_t addr;
	int ret;

	ret = config_read_forwarding(guest, guest->ports[SECOND].bdf,
				     &empty_slot);
	if (ret)
		return ret;
	addr = (uint64_t)(empty_slot.memory[0] & ~PCI_MEMORY_RANGE_TYPE_MASK) << 16;
	ret = gdb_set_physical(gdb, true) ?:
	      gdb_read(gdb, addr, value, sizeof(*value));

	return gdb_set_physical(gdb, false) ?: ret;
}

TEST_F_TIMEOUT(neighbour, virtio_removed_by_surprise, TIMEOUT_S)
{
	struct plug card = virtio_net(FIRST, 0);
	struct guest *guest = &self->guest;
	uint32_t value;

	ASSERT_OK(read_empty_slot(guest, &value));
	if (value != ~0U)
		SKIP(return, "%s",
		     result_skip(&guest->result,
				 "in QEMU's %s, a read where there is no device returns 0",
				 guest->config.machine->arch));
	surprise_remove_card(_metadata, self, &card);
}

/*
 * Cards that need more memory than a slot has, or resources that most cards do not need:
 * a bus number, I/O ports. The kernel must take none from the other slot.
 */
FIXTURE(card_resources)
{
	struct guest guest;
	struct plug card;
	struct plug usual;
	struct plug neighbour;
};

FIXTURE_VARIANT(card_resources)
{
	const char *port;
	const char *model;
	const char *driver;
	const char *cmdline;
	const char *complaint;	/* the kernel's message when it lacks the resource */
	const char *file;	/* the card's file in sysfs when it has the resource */
	struct plug_property properties[3];
};

FIXTURE_VARIANT_ADD(card_resources, bar_of_1_tib_below_root_port)
{
	.port = PORT_PCIE_ROOT_PORT,
	.model = "pci-testdev",
	.complaint = "[mem size 0x10000000000 64bit pref]",
	.properties = { { "membar", "1099511627776", true } },
};

FIXTURE_VARIANT_ADD(card_resources, bar_of_1_tib_below_switch)
{
	.port = PORT_XIO3130,
	.model = "pci-testdev",
	.complaint = "[mem size 0x10000000000 64bit pref]",
	.properties = { { "membar", "1099511627776", true } },
};

FIXTURE_VARIANT_ADD(card_resources, bridge_without_bus)
{
	.port = PORT_XIO3130,
	.model = "pcie-pci-bridge",
	.complaint = "No bus number available for hot-added bridge",
};

FIXTURE_VARIANT_ADD(card_resources, bridge_with_bus)
{
	.port = PORT_XIO3130,
	.model = "pcie-pci-bridge",
	/* firmware, such as that of q35, leaves no bus numbers between the ports' */
	.cmdline = "pci=assign-busses,hpbussize=4",
	.file = "pci_bus",
};

FIXTURE_VARIANT_ADD(card_resources, legacy_virtio)
{
	.port = PORT_PCIE_ROOT_PORT,
	.model = "virtio-net-pci",
	.driver = "virtio-pci",
	.file = "resource0",
	.properties = {
		{ "disable-legacy", "off" }, { "disable-modern", "true", true },
	},
};

FIXTURE_SETUP(card_resources)
{
	struct guest_setup setup = {
		.port = variant->port,
		.slots = 2,
		.cmdline = variant->cmdline,
	};

	self->card = (struct plug){
		.model = variant->model,
		.driver = variant->driver,
		.id = "card",
		.port = FIRST,
		.properties = variant->properties,
	};
	self->usual = e1000e("usual");
	self->neighbour = virtio_net(SECOND, 0);
	boot_guest(_metadata, variant, &self->guest, &setup);
}

FIXTURE_TEARDOWN(card_resources)
{
	end_guest(_metadata, &self->guest);
}

/* The case proves something only if the card did ask for the resource. */
static void check_resources(struct __test_metadata *_metadata,
			    FIXTURE_DATA(card_resources) *self,
			    const FIXTURE_VARIANT(card_resources) *variant)
{
	struct guest *guest = &self->guest;
	char path[SLOT_PATH_SIZE];
	bool has_resource;

	ASSERT_OK(guest_fetch_log(guest));
	if (variant->complaint)
		EXPECT_NE(NULL, strstr(guest->log, variant->complaint));
	if (!variant->file)
		return;
	sysfs_function_file(guest, &self->card, variant->file, path);
	ASSERT_OK(guest_has_file(guest, path, &has_resource));
	EXPECT_TRUE(has_resource);
}

/* Add the card. The other slot's port must forward what it did before. */
static void add_card(struct __test_metadata *_metadata,
		     FIXTURE_DATA(card_resources) *self,
		     const FIXTURE_VARIANT(card_resources) *variant)
{
	struct guest *guest = &self->guest;
	const char *bdf = guest->ports[SECOND].bdf;
	struct forwarding before, after;

	ASSERT_OK(config_read_forwarding(guest, bdf, &before));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	check_resources(_metadata, self, variant);
	ASSERT_OK(config_read_forwarding(guest, bdf, &after));
	if (memcmp(&before, &after, sizeof(before)))
		result_problem(&guest->result,
			       "%s forwards other buses or addresses than before the card in the other slot came",
			       bdf);
}

TEST_F_TIMEOUT(card_resources, beside_card, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add_and_settle(guest, &self->neighbour));
	since = guest->agent.now;
	add_card(_metadata, self, variant);
	ASSERT_OK(slot_check_kept(guest, &self->neighbour, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->usual));
	ASSERT_OK(slot_hot_remove(guest, &self->neighbour));
}

TEST_F_TIMEOUT(card_resources, beside_empty_slot, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	add_card(_metadata, self, variant);
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->neighbour));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->usual));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
