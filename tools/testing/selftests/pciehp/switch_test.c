// SPDX-License-Identifier: GPL-2.0-only
/* A card that is a switch, and has a slot of its own. */
#include "guest_fixture.h"

/* Guest time in which the nested slot's driver, which may be waiting, has ended. */
#define NESTED_GONE_MS	3000

FIXTURE(nested_slot)
{
	struct guest guest;
	struct plug card;
};

FIXTURE_VARIANT(nested_slot)
{
	const char *inner_card;
	enum interrupt interrupt;
};

FIXTURE_VARIANT_ADD(nested_slot, empty) { };
FIXTURE_VARIANT_ADD(nested_slot, occupied) {
	.inner_card = E1000E_NESTED_AT_BOOT,
};

FIXTURE_VARIANT_ADD(nested_slot, polling) {
	.inner_card = E1000E_NESTED_AT_BOOT,
	.interrupt = INTERRUPT_POLLING,
};

FIXTURE_SETUP(nested_slot)
{
	struct guest_setup setup = {
		.port = PORT_IOH3420,
		.nested = true,
		.device = variant->inner_card,
		.interrupt = variant->interrupt,
	};

	self->card = nested_switch();
	boot_guest(_metadata, variant, &self->guest, &setup);
}

FIXTURE_TEARDOWN(nested_slot)
{
	end_guest(_metadata, &self->guest);
}

/* The port of the nested slot goes with the switch, so no check may use it. */
TEST_F_TIMEOUT(nested_slot, switch_removed, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(guest_find_ports(guest));
	ASSERT_EQ(1, guest->n_ports);
}

TEST_F_TIMEOUT(nested_slot, switch_removed_by_surprise, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since = guest->agent.now;

	ASSERT_OK(slot_surprise_remove(guest, &self->card));
	ASSERT_OK(slot_wait_gone(guest, &self->card, since));
	ASSERT_OK(guest_sleep(guest, NESTED_GONE_MS));
	ASSERT_OK(guest_find_ports(guest));
	ASSERT_EQ(1, guest->n_ports);
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
