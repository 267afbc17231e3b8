// SPDX-License-Identifier: GPL-2.0-only
/* Stops and migrations of the machine during hotplug, and hotplug at two slots at once. */
#include <unistd.h>

#include "guest_fixture.h"

/* Host time: the machine runs and stands still in turn. */
#define RUN_MS		10
#define PAUSE_MS	20

/* Guest time in which a hot-add would be noticed. */
#define REFUSED_MS	3000

/* What QEMU is told of the card when the machine has migrated. */
#define MIGRATED_CARD	"virtio-net-pci,id=dev0,bus=port0,addr=0.0,romfile="

FIXTURE(vm)
{
	struct guest guest;
	struct plug card;
};

FIXTURE_VARIANT(vm)
{
	const char *port;
};

FIXTURE_VARIANT_ADD(vm, ioh3420) { .port = PORT_IOH3420 };
FIXTURE_VARIANT_ADD(vm, pcie_root_port) { .port = PORT_PCIE_ROOT_PORT };
FIXTURE_VARIANT_ADD(vm, xio3130) { .port = PORT_XIO3130 };

FIXTURE_SETUP(vm)
{
	self->card = virtio_net(0, 0);
	boot_guest(_metadata, variant, &self->guest,
		   &(struct guest_setup){ .port = variant->port });
}

FIXTURE_TEARDOWN(vm)
{
	end_guest(_metadata, &self->guest);
}

/* The host stops the machine many times, which must not affect the hot-add. */
TEST_F_TIMEOUT(vm, stopped_again_and_again_in_hot_add, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since = guest->agent.now;
	char request[128], bdf[BDF_SIZE];
	int ret;

	slot_function_bdf(guest, 0, 0, bdf);
	ASSERT_OK(slot_plug(guest, &self->card));
	guest_format_wait(request, sizeof(request), "add", bdf, since,
			  SLOT_ADD_TIMEOUT_MS);
	ASSERT_OK(guest_begin(guest, "%s", request));
	do
		ret = guest_run_and_pause(guest, RUN_MS, PAUSE_MS);
	while (!ret);
	ASSERT_EQ(-EALREADY, ret);
	ret = guest_take_answer(guest);
	if (ret == -ETIMEDOUT)
		result_lost(&guest->result, "hot-add is lost");
	ASSERT_OK(ret);
	result_step(&guest->result, "hot-add", since.ns,
		    guest->agent.time_ns);
}

/* When the machine runs again, the slot is empty, and its button was pressed. */
TEST_F_TIMEOUT(vm, plugged_and_unplugged_while_stopped, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_plug(guest, &self->card));
	ASSERT_OK(slot_request_unplug(guest, &self->card));
	ASSERT_OK(slot_wait_deleted(guest, &self->card));
	ASSERT_OK(guest_sleep(guest, AFTER_BUTTON_MS));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

FIXTURE(migration)
{
	struct guest guest;
	struct plug card;
};

FIXTURE_VARIANT(migration)
{
	const char *port;
};

FIXTURE_VARIANT_ADD(migration, ioh3420) { .port = PORT_IOH3420 };
FIXTURE_VARIANT_ADD(migration, pcie_root_port) { .port = PORT_PCIE_ROOT_PORT };
FIXTURE_VARIANT_ADD(migration, xio3130) { .port = PORT_XIO3130 };

FIXTURE_SETUP(migration)
{
	self->card = virtio_net(0, 0);
	boot_guest(_metadata, variant, &self->guest,
		   &(struct guest_setup){
			   .port = variant->port,
			   .migrates = true,
		   });
}

FIXTURE_TEARDOWN(migration)
{
	end_guest(_metadata, &self->guest);
}

TEST_F_TIMEOUT(migration, with_card, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(guest_migrate(guest, MIGRATED_CARD));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

TEST_F_TIMEOUT(migration, while_button_pending, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	since = guest->agent.now;
	ASSERT_OK(press_button(guest, &self->card));
	ASSERT_OK(guest_migrate(guest, MIGRATED_CARD));
	ASSERT_OK(slot_wait_removed(guest, &self->card, since));
}

FIXTURE(no_hotplug)
{
	struct guest guest;
	struct plug card;
};

FIXTURE_VARIANT(no_hotplug)
{
	const char *port;
};

FIXTURE_VARIANT_ADD(no_hotplug, ioh3420) { .port = PORT_IOH3420 };
FIXTURE_VARIANT_ADD(no_hotplug, pcie_root_port) { .port = PORT_PCIE_ROOT_PORT };
FIXTURE_VARIANT_ADD(no_hotplug, xio3130) { .port = PORT_XIO3130 };

FIXTURE_SETUP(no_hotplug)
{
	struct guest_setup setup = {
		.port = variant->port,
		.port_properties = ",hotplug=off",
	};

	self->card = virtio_net(0, 0);
	boot_guest(_metadata, variant, &self->guest, &setup);
}

FIXTURE_TEARDOWN(no_hotplug)
{
	end_guest(_metadata, &self->guest);
}

/* QEMU must refuse the hot-add, and the guest must have no such slot. */
TEST_F_TIMEOUT(no_hotplug, hot_add_is_refused, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	char bdf[BDF_SIZE];

	guest->ports[0].unbound = true;
	ASSERT_EQ(-EREMOTEIO, slot_try_plug(guest, &self->card));
	EXPECT_NE(NULL, strstr(guest->vm.qmp.error, PORT_ID));
	slot_function_bdf(guest, 0, 0, bdf);
	EXPECT_EQ(-ETIMEDOUT, guest_wait_event(guest, "add", bdf,
					       guest->agent.now, REFUSED_MS));
	EXPECT_EQ(-ENODEV, guest_request(guest, "slot %s", bdf));
}

FIXTURE(two_switches)
{
	struct guest guest;
};

FIXTURE_SETUP(two_switches)
{
	struct guest_setup setup = {
		.port = PORT_XIO3130,
		.slots = 2,
		.slots_per_switch = 1,
	};

	boot_guest(_metadata, variant, &self->guest, &setup);
}

FIXTURE_TEARDOWN(two_switches)
{
	end_guest(_metadata, &self->guest);
}

TEST_F_TIMEOUT(two_switches, at_once, TIMEOUT_S)
{
	struct plug first = virtio_net(0, 0), second = virtio_net(1, 0);
	struct guest *guest = &self->guest;

	for (int i = 0; i < 3; i++) {
		struct moment since = guest->agent.now;

		ASSERT_OK(slot_plug(guest, &first));
		ASSERT_OK(slot_plug(guest, &second));
		ASSERT_OK(slot_wait_added(guest, &first, since));
		ASSERT_OK(slot_wait_added(guest, &second, since));

		since = guest->agent.now;
		ASSERT_OK(slot_request_unplug(guest, &first));
		ASSERT_OK(slot_request_unplug(guest, &second));
		ASSERT_OK(slot_wait_removed(guest, &first, since));
		ASSERT_OK(slot_wait_removed(guest, &second, since));
	}
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
