// SPDX-License-Identifier: GPL-2.0-only
/* Hot-remove of a card that has a virtual function. */
#include "guest_fixture.h"

/* Guest time. */
#define BUTTON_MS	4500	/* of the attention button's 5 s */
#define JOIN_MS		60000

/* An NVMe's virtual functions are controllers of its subsystem, which has no slot. */
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
	char path[SLOT_PATH_SIZE];	/* of @pf in sysfs */
	int error;
};

/*
 * No driver is to be bound to the virtual function: it is offline, as its controller has
 * been given no queues.
 */
static int add_card(FIXTURE_DATA(sriov) *self)
{
	struct guest *guest = &self->guest;
	char bdf[BDF_SIZE];
	int ret;

	slot_function_bdf(guest, 0, 0, bdf);
	snprintf(self->path, sizeof(self->path), "/sys/bus/pci/devices/%s", bdf);
	ret = slot_hot_add(guest, &self->pf) ?:
	      guest_request(guest, "exists %s/sriov_numvfs", self->path);
	if (!ret && strcmp(guest->agent.text, "yes")) {
		result_skip(&guest->result, "the kernel lacks CONFIG_PCI_IOV");
		return -EOPNOTSUPP;
	}

	return ret ?: guest_request(guest, "write %s/sriov_drivers_autoprobe 0",
				    self->path);
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
	ASSERT_OK(guest_request(guest, "write %s/sriov_numvfs 1", self->path));
	ASSERT_OK(slot_wait_added(guest, &self->vf, since));
	since = guest->agent.now;
	ASSERT_OK(slot_request_unplug(guest, &self->pf));
	ASSERT_OK(slot_wait_gone(guest, &self->vf, since));
	ASSERT_OK(slot_wait_removed(guest, &self->pf, since));
	ASSERT_OK(slot_hot_add(guest, &self->pf));
}

/*
 * A write holds the device's lock as it takes pci_rescan_remove_lock; the removal takes
 * them the other way round.
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
	ASSERT_OK(guest_request(guest, "sleep %d", BUTTON_MS));
	for (int i = 0; i < 2; i++)
		ASSERT_OK(guest_request(guest, "start repeat 1000000 write %s/sriov_numvfs %d",
					self->path, i));
	ret = guest_request(guest, "join %d", JOIN_MS);
	if (ret == -ETIMEDOUT)
		result_lost(&guest->result, "a write to sriov_numvfs never ends");
	ASSERT_TRUE(!ret || ret == -ETIMEDOUT);
	/* without a virtual function, nothing has been tried */
	slot_function_bdf(guest, self->vf.port, self->vf.function, bdf);
	EXPECT_EQ(0, guest_wait_event(guest, "add", bdf, since, 0));
	ASSERT_OK(slot_wait_removed(guest, &self->pf, since));
	ASSERT_OK(slot_hot_add(guest, &self->pf));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
