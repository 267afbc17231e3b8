// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cards that come and go behind an IOMMU, which refuses them all memory that their
 * drivers have not mapped; it says so in the kernel's log, see I5.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest_fixture.h"

/* Where QEMU's virt machine has it, as the kernel's driver calls it. */
#define SMMU		"/sys/class/iommu/smmu3.0x0000000009050000"

#define DISK		"/dev/nvme0n1"
#define DISK_SIZE	(8 << 20)
#define BLOCKS		64

/* Guest time. */
#define DISK_MS		10000
#define BUTTON_MS	4500
#define JOIN_MS		30000

FIXTURE(iommu)
{
	struct guest guest;
	struct plug card;
	struct plug disk;
	char blockdev[96];
	int fd;
};

FIXTURE_VARIANT(iommu)
{
	const char *port;
};

FIXTURE_VARIANT_ADD(iommu, pcie_root_port) { .port = PORT_PCIE_ROOT_PORT };
FIXTURE_VARIANT_ADD(iommu, xio3130) { .port = PORT_XIO3130 };

FIXTURE_SETUP(iommu)
{
	/* virtio-pci asks for what the IOMMU maps only if it is told to */
	static const struct plug_property mapped[] = {
		{ "iommu_platform", "true", true }, { }
	};
	static const struct plug_property drive[] = {
		{ "drive", "disk" }, { "serial", "1" }, { }
	};
	/*
	 * Guest time leaps while a thread of QEMU reads the file. A filter with a timer
	 * keeps each leap short, and the driver is told to wait for long.
	 */
	const char *const with_disk[] = {
		"-blockdev", self->blockdev,
		"-netdev", "hubport,id=tick,hubid=0",
		"-object", "filter-buffer,id=ticking,netdev=tick,interval=20000",
		NULL
	};
	struct guest_setup setup = {
		.port = variant->port,
		.iommu = true,
		.cmdline = "nvme_core.io_timeout=3600",
		.options = with_disk,
		/* the disk is a file of this process */
		.own_boot = true,
	};
	struct guest *guest = &self->guest;

	self->fd = memfd_create("disk", MFD_CLOEXEC);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, ftruncate(self->fd, DISK_SIZE));
	snprintf(self->blockdev, sizeof(self->blockdev),
		 "driver=file,node-name=disk,filename=/proc/%d/fd/%d",
		 getpid(), self->fd);
	self->card = virtio_net(0, 0);
	self->card.properties = mapped;
	self->disk = (struct plug){
		.model = "nvme", .driver = "nvme", .id = "disk0",
		.properties = drive,
	};
	boot_guest(_metadata, variant, guest, &setup);
	if (!guest->alive)
		return;
	ASSERT_OK(guest_request(guest, "exists " SMMU));
	if (strcmp(guest->agent.text, "yes")) {
		result_skip(&guest->result, "the kernel has no driver for the SMMU");
		case_end(guest);
		SKIP(return, "%s", guest->result.skip);
	}
}

FIXTURE_TEARDOWN(iommu)
{
	end_guest(_metadata, &self->guest);
	close(self->fd);
}

/* Without a group, the device would reach all of memory. */
static int add_to_group(struct guest *guest, const struct plug *card)
{
	char bdf[BDF_SIZE];
	int ret;

	slot_function_bdf(guest, card->port, card->function, bdf);
	ret = slot_hot_add_and_settle(guest, card) ?:
	      guest_request(guest, "exists /sys/bus/pci/devices/%s/iommu_group",
			    bdf);
	if (!ret && strcmp(guest->agent.text, "yes"))
		result_problem(&guest->result, "%s is in no IOMMU group", bdf);

	return ret;
}

TEST_F_TIMEOUT(iommu, hot_add_remove_add, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(add_to_group(guest, &self->card));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(add_to_group(guest, &self->card));
}

static int add_disk(struct guest *guest, const struct plug *disk)
{
	return add_to_group(guest, disk) ?:
	       guest_request(guest, "appears " DISK " %d", DISK_MS) ?:
	       guest_request(guest, "write-and-compare " DISK " %d", BLOCKS);
}

TEST_F_TIMEOUT(iommu, disk_keeps_what_is_written, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(add_disk(guest, &self->disk));
	ASSERT_OK(slot_hot_remove(guest, &self->disk));
	ASSERT_OK(add_disk(guest, &self->disk));
}

/* What a write in flight has mapped must be so until the disk is done with it. */
TEST_F_TIMEOUT(iommu, disk_removed_while_written, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(add_disk(guest, &self->disk));
	since = guest->agent.now;
	ASSERT_OK(slot_request_unplug(guest, &self->disk));
	ASSERT_OK(guest_request(guest, "sleep %d", BUTTON_MS));
	ASSERT_OK(guest_request(guest, "start write-until-error " DISK));
	ASSERT_OK(slot_wait_removed(guest, &self->disk, since));
	ASSERT_OK(guest_request(guest, "join %d", JOIN_MS));
	expect_writes_ended(_metadata, guest, 1);
	ASSERT_OK(add_disk(guest, &self->disk));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
