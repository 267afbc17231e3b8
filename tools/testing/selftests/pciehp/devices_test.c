// SPDX-License-Identifier: GPL-2.0-only
/* Hot-add and hot-remove of devices of many kinds. */
#include <stdlib.h>

#include "guest_fixture.h"

/* Size and alignment of the large BAR. The port must reserve more, because of the latter. */
#define LARGE_BAR		0x40000000ULL
#define RESERVE_WINDOW		"pci=hpmmioprefsize=2G"

static const char *const with_disk[] = { "-blockdev", ZERO_DISK, NULL };

FIXTURE(device)
{
	struct guest guest;
};

FIXTURE_VARIANT(device)
{
	const char *model;
	const char *driver;
	int functions;
	uint64_t largest_bar;	/* its least size, in bytes */
	struct plug_property properties[3];
};

FIXTURE_VARIANT_ADD(device, virtio_net_pci)
{
	.model = "virtio-net-pci",
	.driver = "virtio-pci",
	.functions = 1,
	.largest_bar = 4096,
};

FIXTURE_VARIANT_ADD(device, e1000e)
{
	.model = "e1000e",
	.driver = "e1000e",
	.functions = 1,
	.largest_bar = 4096,
};

FIXTURE_VARIANT_ADD(device, nvme)
{
	.model = "nvme",
	.driver = "nvme",
	.functions = 1,
	.largest_bar = 4096,
	.properties = { { "drive", "disk" }, { "serial", "1" } },
};

FIXTURE_VARIANT_ADD(device, virtio_blk_pci)
{
	.model = "virtio-blk-pci",
	.driver = "virtio-pci",
	.functions = 1,
	.largest_bar = 4096,
	.properties = { { "drive", "disk" } },
};

FIXTURE_VARIANT_ADD(device, multifunction)
{
	.model = "virtio-net-pci",
	.driver = "virtio-pci",
	.functions = 2,
	.largest_bar = 4096,
};

FIXTURE_VARIANT_ADD(device, large_bar)
{
	.model = "pci-testdev",
	.functions = 1,
	.largest_bar = LARGE_BAR,
	.properties = { { "membar", "1073741824", true } },
};

FIXTURE_SETUP(device)
{
	struct guest_setup setup = {
		.port = PORT_PCIE_ROOT_PORT,
		.cmdline = RESERVE_WINDOW,
		.options = with_disk,
	};

	boot_guest(_metadata, variant, &self->guest, &setup);
}

FIXTURE_TEARDOWN(device)
{
	end_guest(_metadata, &self->guest);
}

static struct plug function_of(const FIXTURE_VARIANT(device) *variant,
			       int function)
{
	struct plug plug = virtio_net(0, function);

	plug.model = variant->model;
	plug.driver = variant->driver;
	plug.properties = variant->properties;
	plug.multifunction = variant->functions > 1 && !function;

	return plug;
}

/* Function 0 comes last, as the slot is empty until it is there. */
static int hot_add(struct guest *guest, const FIXTURE_VARIANT(device) *variant)
{
	struct moment since = guest->agent.now;
	struct plug plug;
	int ret = 0;

	for (int i = variant->functions - 1; !ret && i >= 0; i--) {
		plug = function_of(variant, i);
		ret = slot_plug(guest, &plug);
	}
	for (int i = 0; !ret && i < variant->functions; i++) {
		plug = function_of(variant, i);
		ret = slot_wait_added(guest, &plug, since);
	}

	return ret;
}

/* QEMU removes all functions of a card when one is to be removed. */
static int hot_remove(struct guest *guest,
		      const FIXTURE_VARIANT(device) *variant)
{
	struct moment since = guest->agent.now;
	struct plug plug = function_of(variant, 0);
	int ret;

	ret = slot_request_unplug(guest, &plug);
	for (int i = 0; !ret && i < variant->functions; i++) {
		plug = function_of(variant, i);
		ret = slot_wait_removed(guest, &plug, since);
	}

	return ret;
}

TEST_F_TIMEOUT(device, hot_add_remove_add, TIMEOUT_S)
{
	ASSERT_OK(hot_add(&self->guest, variant));
	ASSERT_OK(hot_remove(&self->guest, variant));
	ASSERT_OK(hot_add(&self->guest, variant));
}

/*
 * The size of a BAR in bytes, from its line of the sysfs attribute "resource"; 0 when
 * there is no such BAR.
 */
static uint64_t bar_size(struct __test_metadata *_metadata, const char *resource,
			 int bar)
{
	unsigned long long start, end, flags;
	int fields;

	while (bar--)
		resource = strchrnul(resource, '\n') + 1;
	fields = sscanf(resource, "%llx %llx %llx", &start, &end, &flags);
	ASSERT_EQ(3, fields);
	if (!flags)
		return 0;
	EXPECT_NE(0ULL, start);

	return end - start + 1;
}

TEST_F_TIMEOUT(device, has_its_bars, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	char bdf[BDF_SIZE];
	uint64_t size = 0;

	ASSERT_OK(hot_add(guest, variant));
	slot_function_bdf(guest, 0, 0, bdf);
	ASSERT_OK(guest_request(guest, "read /sys/bus/pci/devices/%s/resource",
				bdf));
	for (int bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		uint64_t one = bar_size(_metadata, guest->agent.text, bar);

		size = one > size ? one : size;
	}
	EXPECT_LE(variant->largest_bar, size);
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
