// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guests whose time is the host's and whose CPUs run side by side: what interleaves
 * by chance here never does in virtual time. Nothing about time is exact.
 */
#include <stdlib.h>

#include "guest_fixture.h"

/* Guest time. */
#define DISK_MS		10000
#define JOIN_MS		30000
#define POWERED_ON_MS	3000

#define WRITERS		2

static const char *const with_disk[] = {
	"-blockdev", "driver=null-co,node-name=disk,size=67108864,read-zeroes=on",
	NULL
};

FIXTURE(realtime)
{
	struct guest guest;
	struct plug card;
	struct plug disk;
};

FIXTURE_VARIANT(realtime)
{
	const char *port;
	int cpus;
};

FIXTURE_VARIANT_ADD(realtime, ioh3420_1cpu) { PORT_IOH3420, 1 };
FIXTURE_VARIANT_ADD(realtime, ioh3420_4cpu) { PORT_IOH3420, 4 };
FIXTURE_VARIANT_ADD(realtime, pcie_root_port_2cpu) { PORT_PCIE_ROOT_PORT, 2 };
FIXTURE_VARIANT_ADD(realtime, xio3130_2cpu) { PORT_XIO3130, 2 };

FIXTURE_SETUP(realtime)
{
	static const struct plug_property drive[] = {
		{ "drive", "disk" }, { "serial", "1" }, { }
	};
	struct guest_setup setup = {
		.port = variant->port,
		.cpus = variant->cpus,
		.real_time = true,
		.options = with_disk,
		.own_boot = !strcmp(_metadata->name, "boot_then_hot_remove"),
	};

	if (!strcmp(_metadata->name, "boot_then_hot_remove"))
		setup.device = "virtio-net-pci,id=dev0,bus=port0,romfile=";
	self->card = virtio_net(0, 0);
	self->disk = (struct plug){
		.model = "nvme", .driver = "nvme", .id = "disk0",
		.properties = drive,
	};
	boot_guest(_metadata, variant, &self->guest, &setup);
}

FIXTURE_TEARDOWN(realtime)
{
	end_guest(_metadata, &self->guest);
}

/*
 * A slot that is still being powered on cannot be powered off: the driver's commands have
 * to wait for those of the writers after the card is bound.
 */
static int power_off(struct guest *guest, const struct plug *card)
{
	int64_t until_ns = guest->agent.now.ns + POWERED_ON_MS * 1000000LL;
	char path[SLOT_PATH_SIZE];
	struct moment since;
	int ret;

	ret = slot_attribute(guest, 0, "power", path);
	if (ret)
		return ret;
	do {
		since = guest->agent.now;
		ret = guest_request(guest, "write %s 0", path);
	} while (ret == -ENODEV && guest->agent.now.ns < until_ns &&
		 !guest_request(guest, "sleep 20"));

	return ret ?: slot_wait_removed(guest, card, since);
}

TEST_F_TIMEOUT(realtime, boot_then_hot_remove, TIMEOUT_S)
{
	ASSERT_OK(slot_hot_remove(&self->guest, &self->card));
}

TEST_F_TIMEOUT(realtime, hot_add_remove_add, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

/* Writers on every CPU, with power and presence changing under them. */
TEST_F_TIMEOUT(realtime, commands_against_hotplug, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	char path[SLOT_PATH_SIZE];

	ASSERT_OK(slot_attribute(guest, 0, "attention", path));
	for (int i = 0; i < 4; i++)
		ASSERT_OK(guest_request(guest, "start repeat 2000 write %s %d",
					path, i % 2));
	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(power_off(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(guest_request(guest, "join %d", JOIN_MS));
	EXPECT_EQ(NULL, strstr(guest->agent.text, "error"));
}

/* Two writers; writes in flight end in an error, every one, and nobody hangs. */
static int start_writing(struct guest *guest)
{
	int ret;

	ret = guest_request(guest, "appears /dev/nvme0n1 %d", DISK_MS);
	for (int i = 0; !ret && i < WRITERS; i++)
		ret = guest_request(guest, "start write-until-error /dev/nvme0n1");

	return ret ?: guest_request(guest, "sleep 300");
}

TEST_F_TIMEOUT(realtime, disk_removed_while_written, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_hot_add(guest, &self->disk));
	ASSERT_OK(start_writing(guest));
	ASSERT_OK(power_off(guest, &self->disk));
	ASSERT_OK(guest_request(guest, "join %d", JOIN_MS));
	expect_writes_ended(_metadata, guest, WRITERS);
	ASSERT_OK(slot_hot_add(guest, &self->disk));
}

TEST_F_TIMEOUT(realtime, disk_surprise_removed_while_written, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &self->disk));
	ASSERT_OK(start_writing(guest));
	since = guest->agent.now;
	ASSERT_OK(slot_surprise_remove(guest, &self->disk));
	ASSERT_OK(slot_wait_gone(guest, &self->disk, since));
	ASSERT_OK(guest_request(guest, "join %d", JOIN_MS));
	expect_writes_ended(_metadata, guest, WRITERS);
	ASSERT_OK(slot_hot_add(guest, &self->disk));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
