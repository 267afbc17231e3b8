// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hot-add and hot-remove behind an IOMMU. It refuses a card all memory that its driver
 * has not mapped. The IOMMU's driver logs an access that it refused, see I5.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest_fixture.h"

/* Its name has the address of the SMMU in QEMU's virt machine. */
#define SMMU		"/sys/class/iommu/smmu3.0x0000000009050000"

#define DISK_SIZE	(8 << 20)
#define BLOCKS		64

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
	/* without this property, virtio-pci bypasses the IOMMU */
	static const struct plug_property mapped[] = {
		{ "iommu_platform", "true", true }, { }
	};
	/*
	 * While a thread of QEMU reads the file, guest time leaps to the next timer. A
	 * filter with a short timer limits each leap, and nvme's timeout is long.
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
		/* the disk is a file of this process alone */
		.own_boot = true,
	};
	struct guest *guest = &self->guest;
	bool has_smmu;

	self->fd = memfd_create("disk", MFD_CLOEXEC);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, ftruncate(self->fd, DISK_SIZE));
	snprintf(self->blockdev, sizeof(self->blockdev),
		 "driver=file,node-name=disk,filename=/proc/%d/fd/%d",
		 getpid(), self->fd);
	self->card = virtio_net(0, 0);
	self->card.properties = mapped;
	self->disk = nvme("disk0");
	boot_guest(_metadata, variant, guest, &setup);
	if (!guest->alive)
		return;
	ASSERT_OK(guest_has_file(guest, SMMU, &has_smmu));
	if (!has_smmu) {
		result_skip(&guest->result,
			    "the kernel has no driver for the SMMU (CONFIG_ARM_SMMU_V3)");
		case_end(guest);
		SKIP(return, "%s", guest->result.skip);
	}
}

FIXTURE_TEARDOWN(iommu)
{
	end_guest(_metadata, &self->guest);
	close(self->fd);
}

/* A device that is in no IOMMU group can access all memory. */
static int add_to_group(struct guest *guest, const struct plug *card)
{
	char bdf[BDF_SIZE], group[SLOT_PATH_SIZE];
	bool has_group;
	int ret;

	slot_function_bdf(guest, card->port, card->function, bdf);
	sysfs_device_file(bdf, "iommu_group", group);
	ret = slot_hot_add_and_settle(guest, card) ?:
	      guest_has_file(guest, group, &has_group);
	if (!ret && !has_group)
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
	       guest_wait_file(guest, NVME_DISK, DISK_MS) ?:
	       guest_write_and_compare(guest, NVME_DISK, BLOCKS);
}

TEST_F_TIMEOUT(iommu, disk_keeps_what_is_written, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(add_disk(guest, &self->disk));
	ASSERT_OK(slot_hot_remove(guest, &self->disk));
	ASSERT_OK(add_disk(guest, &self->disk));
}

/* What a write has mapped must stay mapped until the disk has ended the write. */
TEST_F_TIMEOUT(iommu, disk_removed_while_written, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(add_disk(guest, &self->disk));
	since = guest->agent.now;
	ASSERT_OK(slot_request_unplug(guest, &self->disk));
	ASSERT_OK(guest_sleep(guest, ALMOST_REMOVED_MS));
	ASSERT_OK(guest_start_write_until_error(guest, NVME_DISK));
	ASSERT_OK(slot_wait_removed(guest, &self->disk, since));
	ASSERT_OK(guest_join(guest, JOIN_MS));
	expect_writes_ended(_metadata, guest, 1);
	ASSERT_OK(add_disk(guest, &self->disk));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
