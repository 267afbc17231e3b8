// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guests whose time is the host's and whose CPUs run in parallel. So code interleaves by
 * chance as it never does in virtual time. No time is exact.
 */
#include "guest_fixture.h"

/* Guest time after the binding in which the driver has powered the slot on. */
#define POWERED_ON_MS	3000

/* For the 8000 commands of the writers: up to 10 ms each with KCSAN on a busy host. */
#define COMMANDS_MS	100000

/* Guest time in which the writers have begun to write. */
#define WRITES_BEGIN_MS	300

#define WRITERS		2

static const char *const with_disk[] = { "-blockdev", ZERO_DISK, NULL };

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
	struct guest_setup setup = {
		.port = variant->port,
		.cpus = variant->cpus,
		.real_time = true,
		.options = with_disk,
		.own_boot = !strcmp(_metadata->name, "boot_then_hot_remove"),
	};

	if (!strcmp(_metadata->name, "boot_then_hot_remove"))
		setup.device = VIRTIO_NET_AT_BOOT;
	self->card = virtio_net(0, 0);
	self->disk = nvme("disk0");
	boot_guest(_metadata, variant, &self->guest, &setup);
	if (strstr(_metadata->name, "disk"))
		need_driver(_metadata, &self->guest, "pci/drivers/nvme",
			    "CONFIG_BLK_DEV_NVME");
}

FIXTURE_TEARDOWN(realtime)
{
	end_guest(_metadata, &self->guest);
}

/*
 * The driver refuses to power a slot off until it has powered it on. That can be after
 * the card is bound, as its commands wait for those of the writers.
 */
static int power_off(struct guest *guest, const struct plug *card)
{
	int64_t until_ns = guest->agent.now.ns + POWERED_ON_MS * 1000000LL;
	char power[SLOT_PATH_SIZE];
	struct moment since;
	int ret;

	ret = slot_attribute(guest, 0, "power", power);
	if (ret)
		return ret;
	do {
		since = guest->agent.now;
		ret = guest_write(guest, power, "0");
	} while (ret == -ENODEV && guest->agent.now.ns < until_ns &&
		 !guest_sleep(guest, 20));

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

/* Every CPU writes commands while a card is added and powered off. */
TEST_F_TIMEOUT(realtime, commands_against_hotplug, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	char attention[SLOT_PATH_SIZE];

	ASSERT_OK(slot_attribute(guest, 0, "attention", attention));
	for (int i = 0; i < 4; i++)
		ASSERT_OK(guest_start_write_times(guest, 2000, attention,
						  i % 2 ? "1" : "0"));
	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(power_off(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(guest_join(guest, COMMANDS_MS));
	EXPECT_TRUE(guest_joined_without_error(guest));
}

/* Start writers. When the disk is removed, each must end with an error, none may hang. */
static int start_writing(struct guest *guest)
{
	int ret;

	ret = guest_wait_file(guest, NVME_DISK, DISK_MS);
	for (int i = 0; !ret && i < WRITERS; i++)
		ret = guest_start_write_until_error(guest, NVME_DISK);

	return ret ?: guest_sleep(guest, WRITES_BEGIN_MS);
}

TEST_F_TIMEOUT(realtime, disk_removed_while_written, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_hot_add(guest, &self->disk));
	ASSERT_OK(start_writing(guest));
	ASSERT_OK(power_off(guest, &self->disk));
	ASSERT_OK(guest_join(guest, JOIN_MS));
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
	ASSERT_OK(guest_join(guest, JOIN_MS));
	expect_writes_ended(_metadata, guest, WRITERS);
	ASSERT_OK(slot_hot_add(guest, &self->disk));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
