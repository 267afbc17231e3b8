// SPDX-License-Identifier: GPL-2.0-only
/* Ports and cards that are removed by sysfs and found again by a rescan. */
#include "guest_fixture.h"

#define ROUNDS		30
#define RESCANS		50

FIXTURE(rescan)
{
	struct guest guest;
	struct plug card;
};

FIXTURE_VARIANT(rescan)
{
	const char *port;
};

FIXTURE_VARIANT_ADD(rescan, ioh3420) { .port = PORT_IOH3420 };
FIXTURE_VARIANT_ADD(rescan, pcie_root_port) { .port = PORT_PCIE_ROOT_PORT };
FIXTURE_VARIANT_ADD(rescan, xio3130) { .port = PORT_XIO3130 };

FIXTURE_SETUP(rescan)
{
	self->card = virtio_net(0, 0);
	boot_guest(_metadata, variant, &self->guest,
		   &(struct guest_setup){ .port = variant->port });
}

FIXTURE_TEARDOWN(rescan)
{
	end_guest(_metadata, &self->guest);
}

/* Wait for a write that takes locks, and must not wait for them for ever. */
static int join_writer(struct guest *guest, const char *what)
{
	int ret = guest_join(guest, JOIN_MS);

	if (ret == -ETIMEDOUT)
		result_lost(&guest->result, "%s never ends", what);
	else if (!ret && !guest_joined_without_error(guest))
		result_problem(&guest->result, "%s fails: %s", what,
			       guest->agent.text);

	return ret;
}

static int remove_device(struct guest *guest, const char *bdf)
{
	char remove[SLOT_PATH_SIZE];

	sysfs_device_file(bdf, "remove", remove);

	return guest_start_write(guest, remove, "1") ?:
	       join_writer(guest, "the removal");
}

static int find_devices(struct guest *guest)
{
	return guest_start_write(guest, SYSFS_RESCAN, "1") ?:
	       join_writer(guest, "the rescan");
}

/* Remove the port, and the card if there is one, and find them again. */
static int remove_and_find_port(struct guest *guest)
{
	return remove_device(guest, guest->ports[0].bdf) ?: find_devices(guest) ?:
	       guest_find_ports(guest);
}

/* The card must not be added more often than the case has waited for. */
static void check_not_added_again(struct guest *guest, struct moment since)
{
	char bdf[BDF_SIZE];

	slot_function_bdf(guest, 0, 0, bdf);
	if (guest_wait_event(guest, "add", bdf, since, NOTICED_MS) !=
	    -ETIMEDOUT)
		result_problem(&guest->result, "%s was added more than once",
			       bdf);
}

TEST_F_TIMEOUT(rescan, port_found_again, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(remove_and_find_port(guest));
	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

TEST_F_TIMEOUT(rescan, port_found_again_with_card, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	since = guest->agent.now;
	ASSERT_OK(remove_and_find_port(guest));
	ASSERT_OK(slot_wait_added(guest, &self->card, since));
	check_not_added_again(guest, since);
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* A press of the button must have no effect on the card if its port is removed. */
TEST_F_TIMEOUT(rescan, port_found_again_after_button, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	ASSERT_OK(press_button(guest, &self->card));
	since = guest->agent.now;
	ASSERT_OK(remove_and_find_port(guest));
	ASSERT_OK(slot_wait_added(guest, &self->card, since));
	ASSERT_OK(slot_check_kept(guest, &self->card, guest->agent.now));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

TEST_F_TIMEOUT(rescan, card_found_again_and_again, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment first, since;
	char bdf[BDF_SIZE];

	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	slot_function_bdf(guest, 0, 0, bdf);
	first = guest->agent.now;
	for (int i = 0; i < ROUNDS; i++) {
		since = guest->agent.now;
		ASSERT_OK(remove_device(guest, bdf));
		ASSERT_OK(guest_wait_event(guest, "remove", bdf, since,
					   NOTICED_MS));
		ASSERT_OK(find_devices(guest));
		ASSERT_OK(slot_wait_added(guest, &self->card, since));
	}
	check_not_added_again(guest, first);
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* The rescans and the driver find the card at the same time. */
TEST_F_TIMEOUT(rescan, card_plugged_meanwhile, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since = guest->agent.now;

	ASSERT_OK(guest_start_write_times(guest, RESCANS, SYSFS_RESCAN, "1"));
	ASSERT_OK(slot_plug(guest, &self->card));
	ASSERT_OK(slot_wait_added(guest, &self->card, since));
	ASSERT_OK(join_writer(guest, "the rescans"));
	check_not_added_again(guest, since);
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
