// SPDX-License-Identifier: GPL-2.0-only
/* Hot-remove of a card that has a virtual function. */
#include "guest_fixture.h"

/* Guest time in which the writers end; the removal of the card is part of it. */
#define WRITERS_END_MS	60000

/* QEMU's NVMe has virtual functions only if it is in a subsystem, which is in no slot. */
static const char *const with_subsystem[] = {
	"-device", "nvme-subsys,id=subsystem", NULL
};

static const struct plug_property one_vf[] = {
	{ "subsys", "subsystem" }, { "serial", "1" },
	{ "sriov_max_vfs", "1", true }, { "sriov_vq_flexible", "2", true },
	{ "sriov_vi_flexible", "1", true }, { "max_ioqpairs", "4", true },
	{ "msix_qsize", "5", true }, { }
};

FIXTURE(sriov)
{
	struct guest guest;
	struct plug pf;
	struct plug vf;
	char numvfs[SLOT_PATH_SIZE];	/* path of the number of @pf's virtual functions */
	int error;
};

/*
 * Add the card, and keep the kernel from binding a driver to its virtual function. That
 * is offline, as its controller has no queues.
 */
static int add_card(FIXTURE_DATA(sriov) *self)
{
	struct guest *guest = &self->guest;
	char autoprobe[SLOT_PATH_SIZE];
	bool has_vfs;
	int ret;

	sysfs_function_file(guest, &self->pf, "sriov_numvfs", self->numvfs);
	sysfs_function_file(guest, &self->pf, "sriov_drivers_autoprobe",
			    autoprobe);
	ret = slot_hot_add(guest, &self->pf) ?:
	      guest_has_file(guest, self->numvfs, &has_vfs);
	if (!ret && !has_vfs) {
		result_skip(&guest->result, "the kernel lacks CONFIG_PCI_IOV");
		return -EOPNOTSUPP;
	}

	return ret ?: guest_write(guest, autoprobe, "0");
}

FIXTURE_SETUP(sriov)
{
	struct guest_setup setup = {
		.port = PORT_PCIE_ROOT_PORT,
		.options = with_subsystem,
	};
	struct guest *guest = &self->guest;

	self->pf = (struct plug){
		.model = "nvme", .driver = "nvme", .id = "dev0",
		.properties = one_vf,
	};
	self->vf = (struct plug){ .model = "nvme", .function = 1 };
	boot_guest(_metadata, variant, guest, &setup);
	if (!guest->alive)
		return;
	self->error = add_card(self);
	if (guest->result.skip[0]) {
		case_end(guest);
		SKIP(return, "%s", guest->result.skip);
	}
}

FIXTURE_TEARDOWN(sriov)
{
	end_guest(_metadata, &self->guest);
}

TEST_F_TIMEOUT(sriov, hot_remove_with_vf, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(self->error);
	since = guest->agent.now;
	ASSERT_OK(guest_write(guest, self->numvfs, "1"));
	ASSERT_OK(slot_wait_added(guest, &self->vf, since));
	since = guest->agent.now;
	ASSERT_OK(slot_request_unplug(guest, &self->pf));
	ASSERT_OK(slot_wait_gone(guest, &self->vf, since));
	ASSERT_OK(slot_wait_removed(guest, &self->pf, since));
	ASSERT_OK(slot_hot_add(guest, &self->pf));
}

/*
 * A write to sriov_numvfs takes the device's lock, and then pci_rescan_remove_lock. The
 * removal takes them in the other order.
 */
TEST_F_TIMEOUT(sriov, hot_remove_while_vf_comes_and_goes, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;
	char bdf[BDF_SIZE];
	int ret;

	ASSERT_OK(self->error);
	since = guest->agent.now;
	ASSERT_OK(slot_request_unplug(guest, &self->pf));
	ASSERT_OK(guest_sleep(guest, ALMOST_REMOVED_MS));
	for (int i = 0; i < 2; i++)
		ASSERT_OK(guest_start_write_times(guest, 1000000, self->numvfs,
						  i ? "1" : "0"));
	ret = guest_join(guest, WRITERS_END_MS);
	if (ret == -ETIMEDOUT)
		result_lost(&guest->result, "a write to sriov_numvfs never ends");
	ASSERT_TRUE(!ret || ret == -ETIMEDOUT);
	/* the case proves something only if there was a virtual function */
	slot_function_bdf(guest, self->vf.port, self->vf.function, bdf);
	EXPECT_EQ(0, guest_wait_event(guest, "add", bdf, since, 0));
	ASSERT_OK(slot_wait_removed(guest, &self->pf, since));
	ASSERT_OK(slot_hot_add(guest, &self->pf));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
