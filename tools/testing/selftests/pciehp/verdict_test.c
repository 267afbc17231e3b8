// SPDX-License-Identifier: GPL-2.0-only
/* What a verdict rests on: which events of the guest's kernel count, and when they came. */
#include "guest_fixture.h"

/* Guest time. */
#define SETTLE_MS	500
#define NOTHING_MS	3000
#define LATE_MS		4000

FIXTURE(verdict)
{
	struct guest guest;
	struct plug card;
	char bdf[BDF_SIZE];
};

FIXTURE_SETUP(verdict)
{
	self->card = virtio_net(0, 0);
	boot_guest(_metadata, NULL, &self->guest,
		   &(struct guest_setup){ .port = PORT_PCIE_ROOT_PORT });
	slot_function_bdf(&self->guest, 0, 0, self->bdf);
}

FIXTURE_TEARDOWN(verdict)
{
	end_guest(_metadata, &self->guest);
}

/* The card is removed and added by sysfs: that is no answer to what comes later. */
TEST_F_TIMEOUT(verdict, event_of_before_is_no_answer, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_EQ(0, slot_hot_add(guest, &self->card));
	ASSERT_EQ(0, guest_request(guest, "write /sys/bus/pci/devices/%s/remove 1",
				   self->bdf));
	ASSERT_EQ(0, guest_request(guest, "write /sys/bus/pci/rescan 1"));
	ASSERT_EQ(0, guest_request(guest, "sleep %d", SETTLE_MS));
	since = guest->agent.now;
	EXPECT_EQ(-ETIMEDOUT, guest_wait_event(guest, "remove", self->bdf, since,
					       NOTHING_MS));
	EXPECT_EQ(-ETIMEDOUT, guest_wait_event(guest, "add", self->bdf, since,
					       NOTHING_MS));
	ASSERT_EQ(0, slot_hot_remove(guest, &self->card));
}

/* Nor is an event that has been waited for the answer to a second request. */
TEST_F_TIMEOUT(verdict, event_answers_once, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since = guest->agent.now;

	ASSERT_EQ(0, slot_hot_add(guest, &self->card));
	EXPECT_EQ(-ETIMEDOUT, guest_wait_event(guest, "add", self->bdf, since,
					       NOTHING_MS));
}

/* An event has the time at which it came, and not that at which somebody asked. */
TEST_F_TIMEOUT(verdict, event_has_its_own_time, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since = guest->agent.now;
	json_t *step;

	ASSERT_EQ(0, slot_plug(guest, &self->card));
	ASSERT_EQ(0, guest_request(guest, "sleep %d", LATE_MS));
	ASSERT_EQ(0, slot_wait_added(guest, &self->card, since));
	step = json_array_get(guest->result.steps, 0);
	EXPECT_LT(json_integer_value(json_object_get(step, "to_ns")),
		  since.ns + LATE_MS * 1000000LL);
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
