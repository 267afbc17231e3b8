// SPDX-License-Identifier: GPL-2.0-only
/*
 * The setup of the report: VFIO assigns a virtual function to a guest of KVM on an arm64
 * host. The function is plugged into the guest. The host is emulated. The virtual
 * function is one of an NVMe or of a network card.
 */
#include "guest_fixture.h"

/* Host time of one test: more than all the waits for a boot and for answers together. */
#define NESTED_TIMEOUT_S	600

/* Guest time from the hot-add of the network card until its link is up. */
#define LINK_MS		10000

#define VFIO_UNBIND	"/sys/bus/pci/drivers/vfio-pci/unbind"

#define BLOCKS		64
#define FRAMES		64

static const struct plug_property host_vf[] = {
	{ "host", NESTED_VF }, { }
};

static const struct plug_property host_network_vf[] = {
	{ "host", NESTED_NETWORK_VF }, { }
};

static struct plug virtual_function(void)
{
	return (struct plug){
		.model = "vfio-pci", .driver = "nvme", .id = "net0",
		.properties = host_vf,
	};
}

static void boot_nested(struct __test_metadata *_metadata, const void *variant,
			struct nested *nested, const struct nested_setup *setup)
{
	char name[128];
	int ret;

	if (nested_missing())
		SKIP(return, "%s", nested_missing());
	test_name(_metadata, variant, name, sizeof(name));
	ret = nested_boot(nested, name, setup);
	if (ret)
		nested_end(nested);
	ASSERT_OK(ret);
}

static void end_nested(struct __test_metadata *_metadata, struct nested *nested)
{
	nested_end(nested);
	EXPECT_TRUE(result_ok(&nested->guest.result));
	result_cleanup(&nested->guest.result);
}

FIXTURE(vfio)
{
	struct nested nested;
	struct guest *guest;
	struct plug vf;
};

FIXTURE_SETUP(vfio)
{
	self->guest = &self->nested.guest;
	self->vf = virtual_function();
	boot_nested(_metadata, variant, &self->nested, &(struct nested_setup){ });
}

FIXTURE_TEARDOWN(vfio)
{
	end_nested(_metadata, &self->nested);
}

/* No command may time out, neither during the boot nor afterwards. */
TEST_F_TIMEOUT(vfio, attention_indicator_on_and_off, NESTED_TIMEOUT_S)
{
	ASSERT_OK(guest_sleep(self->guest, BOOT_COMMANDS_MS));
	ASSERT_OK(slot_write_attribute(self->guest, 0, "attention", "1"));
	ASSERT_OK(slot_write_attribute(self->guest, 0, "attention", "0"));
}

TEST_F_TIMEOUT(vfio, hot_add, NESTED_TIMEOUT_S)
{
	ASSERT_OK(slot_hot_add(self->guest, &self->vf));
}

TEST_F_TIMEOUT(vfio, hot_remove, NESTED_TIMEOUT_S)
{
	ASSERT_OK(slot_hot_add(self->guest, &self->vf));
	ASSERT_OK(slot_hot_remove(self->guest, &self->vf));
}

static int wait_disk(struct guest *guest)
{
	return guest_wait_file(guest, NVME_DISK, DISK_MS);
}

/* Each block is written and then read. Each write and each read has its own interrupt. */
TEST_F_TIMEOUT(vfio, disk_keeps_what_is_written, NESTED_TIMEOUT_S)
{
	unsigned long before, after;

	ASSERT_OK(slot_hot_add(self->guest, &self->vf));
	ASSERT_OK(wait_disk(self->guest));
	ASSERT_OK(guest_count_interrupts(self->guest, "nvme0q", &before));
	ASSERT_OK(guest_write_and_compare(self->guest, NVME_DISK, BLOCKS));
	ASSERT_OK(guest_count_interrupts(self->guest, "nvme0q", &after));
	EXPECT_LE(before + 2 * BLOCKS, after);
}

TEST_F_TIMEOUT(vfio, add_again_ten_times, NESTED_TIMEOUT_S)
{
	ASSERT_OK(slot_hot_add(self->guest, &self->vf));
	for (int i = 0; i < 10; i++) {
		ASSERT_OK(slot_hot_remove(self->guest, &self->vf));
		ASSERT_OK(slot_hot_add(self->guest, &self->vf));
	}
}

/* When the disk is removed, the writer must end with an error, and not hang. */
TEST_F_TIMEOUT(vfio, removed_while_written, NESTED_TIMEOUT_S)
{
	struct guest *guest = self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &self->vf));
	ASSERT_OK(wait_disk(guest));
	since = guest->agent.now;
	ASSERT_OK(slot_request_unplug(guest, &self->vf));
	ASSERT_OK(guest_sleep(guest, ALMOST_REMOVED_MS));
	ASSERT_OK(guest_start_write_until_error(guest, NVME_DISK));
	ASSERT_OK(slot_wait_removed(guest, &self->vf, since));
	ASSERT_OK(guest_join(guest, JOIN_MS));
	expect_writes_ended(_metadata, guest, 1);
}

/* VFIO requests the function from QEMU, which presses the attention button for that. */
TEST_F_TIMEOUT(vfio, unbound_in_host, NESTED_TIMEOUT_S)
{
	struct nested *nested = &self->nested;
	struct moment since;

	ASSERT_OK(slot_hot_add(self->guest, &self->vf));
	since = self->guest->agent.now;
	ASSERT_OK(nested_host_request(nested, "start write " VFIO_UNBIND " " NESTED_VF));
	ASSERT_OK(slot_wait_removed(self->guest, &self->vf, since));
	ASSERT_OK(nested_host_request(nested, "join %d", JOIN_MS));
	EXPECT_EQ(0, strncmp(nested->host.agent.text, "ok", strlen("ok")));
}

FIXTURE(vfio_occupied)
{
	struct nested nested;
};

FIXTURE_SETUP(vfio_occupied)
{
	struct nested_setup setup = {
		.device = "vfio-pci,host=" NESTED_VF ",id=net0,bus=port0",
	};

	boot_nested(_metadata, variant, &self->nested, &setup);
}

FIXTURE_TEARDOWN(vfio_occupied)
{
	end_nested(_metadata, &self->nested);
}

TEST_F_TIMEOUT(vfio_occupied, boot_then_hot_remove, NESTED_TIMEOUT_S)
{
	struct plug vf = virtual_function();

	ASSERT_OK(slot_wait_present(&self->nested.guest, &vf));
	ASSERT_OK(slot_hot_remove(&self->nested.guest, &vf));
}

/* All options of the report, and a kernel that prints all messages on a slow console. */
FIXTURE(vfio_as_reported)
{
	struct nested nested;
};

FIXTURE_SETUP(vfio_as_reported)
{
	boot_nested(_metadata, variant, &self->nested,
		    &(struct nested_setup){ .as_reported = true });
}

FIXTURE_TEARDOWN(vfio_as_reported)
{
	end_nested(_metadata, &self->nested);
}

TEST_F_TIMEOUT(vfio_as_reported, hot_add_and_hot_remove, NESTED_TIMEOUT_S)
{
	struct plug vf = virtual_function();

	ASSERT_OK(slot_hot_add(&self->nested.guest, &vf));
	ASSERT_OK(slot_hot_remove(&self->nested.guest, &vf));
}

/* The report's card: a virtual function of a network card. */
FIXTURE(vfio_network)
{
	struct nested nested;
	struct guest *guest;
	struct plug vf;
};

FIXTURE_SETUP(vfio_network)
{
	if (!environment_get("PCIEHP_NETWORK"))
		SKIP(return, "PCIEHP_NETWORK is not set: make vfio NETWORK=1 sets it");
	self->guest = &self->nested.guest;
	self->vf = (struct plug){
		.model = "vfio-pci", .driver = "igbvf", .id = "net0",
		.properties = host_network_vf,
	};
	boot_nested(_metadata, variant, &self->nested,
		    &(struct nested_setup){ .network = true });
}

FIXTURE_TEARDOWN(vfio_network)
{
	end_nested(_metadata, &self->nested);
}

/* Each request waits for its answer, so each answer has an interrupt of its own. */
static void check_traffic(struct __test_metadata *_metadata, struct guest *guest)
{
	unsigned long before, after;

	ASSERT_OK(guest_request(guest, "network-up eth0 %d", LINK_MS));
	ASSERT_OK(guest_count_interrupts(guest, "eth0-rx", &before));
	ASSERT_OK(guest_request(guest, "ask-gateway eth0 %d", FRAMES));
	ASSERT_OK(guest_count_interrupts(guest, "eth0-rx", &after));
	EXPECT_LE(before + FRAMES, after);
}

TEST_F_TIMEOUT(vfio_network, hot_add_passes_traffic, NESTED_TIMEOUT_S)
{
	ASSERT_OK(slot_hot_add(self->guest, &self->vf));
	check_traffic(_metadata, self->guest);
}

TEST_F_TIMEOUT(vfio_network, hot_remove_of_interface_that_is_up, NESTED_TIMEOUT_S)
{
	ASSERT_OK(slot_hot_add(self->guest, &self->vf));
	check_traffic(_metadata, self->guest);
	ASSERT_OK(slot_hot_remove(self->guest, &self->vf));
}

/* The card must also work when it is added again. */
TEST_F_TIMEOUT(vfio_network, add_again_passes_traffic, NESTED_TIMEOUT_S)
{
	ASSERT_OK(slot_hot_add(self->guest, &self->vf));
	ASSERT_OK(slot_hot_remove(self->guest, &self->vf));
	ASSERT_OK(slot_hot_add(self->guest, &self->vf));
	check_traffic(_metadata, self->guest);
}

int main(int argc, char **argv)
{
	if (argc == 1 && nested_missing())
		ksft_exit_skip("%s\n", nested_missing());

	return test_harness_run(argc, argv);
}
