// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hot resets of a card by its port (PCIe Base Spec sec. 6.6.1). The kernel calls the
 * slot's driver for them. Unlike in reset_test.c, the port itself is not reset.
 */
#include "guest_fixture.h"

/*
 * Guest time. A reset of a card that has gone waits for it for more than a minute. The
 * kernel must notice within the first time that the card has gone; the second is far
 * more than it takes at worst.
 */
#define GONE_MS			2000
#define GONE_AT_LAST_MS		300000

/* Guest time in which processes that reset a card end, also if the card has gone. */
#define RESETS_END_MS		100000

/* Guest time in which the processes have begun to reset the card. */
#define RESETS_BEGIN_MS		500

#define FEW_RESETS	20
#define MANY_RESETS	200

/*
 * Wait for the processes that write to an attribute. A write that never ends has locked
 * the port's configuration space. A read of that, as the checks at the end of the case
 * make, would never end, either; so the checks are told that there is no port.
 */
static int join_writers(struct guest *guest, const char *attribute)
{
	int ret = guest_join(guest, RESETS_END_MS);

	if (ret == -ETIMEDOUT) {
		result_lost(&guest->result, "a write to %s never returns",
			    attribute);
		guest->n_ports = 0;
	}

	return ret;
}

/* The reset is written to the port, whose driver may be busy with a hot-add. */
FIXTURE(port_reset)
{
	struct guest guest;
	struct plug card;
};

FIXTURE_VARIANT(port_reset)
{
	const char *port;
};

FIXTURE_VARIANT_ADD(port_reset, pcie_root_port) { .port = PORT_PCIE_ROOT_PORT };
FIXTURE_VARIANT_ADD(port_reset, xio3130) { .port = PORT_XIO3130 };

FIXTURE_SETUP(port_reset)
{
	self->card = e1000e("dev0");
	boot_guest(_metadata, variant, &self->guest,
		   &(struct guest_setup){ .port = variant->port });
	need_e1000e(_metadata, &self->guest);
}

FIXTURE_TEARDOWN(port_reset)
{
	end_guest(_metadata, &self->guest);
}

/*
 * The write may fail, but must end. The card must be added, must not be removed by the
 * reset, and must be removed when the attention button is pressed.
 */
static void plug_and_reset(struct __test_metadata *_metadata,
			   struct guest *guest, const struct plug *card,
			   int delay_ms)
{
	char reset[SLOT_PATH_SIZE];
	struct moment since;
	int ended, added;
	bool has_reset;

	sysfs_device_file(guest->ports[0].bdf, "reset_subordinate", reset);
	ASSERT_OK(guest_has_file(guest, reset, &has_reset));
	if (!has_reset)
		SKIP(return, "%s",
		     result_skip(&guest->result,
				 "the kernel has no reset_subordinate"));

	since = guest->agent.now;
	ASSERT_OK(slot_plug(guest, card));
	ASSERT_OK(guest_sleep(guest, delay_ms));
	ASSERT_OK(guest_start_write(guest, reset, "1"));
	ended = join_writers(guest, "reset_subordinate");
	added = slot_wait_added(guest, card, since);
	ASSERT_OK(ended ?: added);
	ASSERT_OK(slot_check_kept(guest, card, since));
	ASSERT_OK(slot_hot_remove(guest, card));
}

TEST_F_TIMEOUT(port_reset, card_plugged_10_ms_before, TIMEOUT_S)
{
	plug_and_reset(_metadata, &self->guest, &self->card, 10);
}

TEST_F_TIMEOUT(port_reset, card_plugged_300_ms_before, TIMEOUT_S)
{
	plug_and_reset(_metadata, &self->guest, &self->card, 300);
}

TEST_F_TIMEOUT(port_reset, card_plugged_1050_ms_before, TIMEOUT_S)
{
	plug_and_reset(_metadata, &self->guest, &self->card, 1050);
}

/* The reset is written to the card. */
FIXTURE(card_reset)
{
	struct guest guest;
	struct plug card;
	char reset[SLOT_PATH_SIZE];
	int error;
};

FIXTURE_VARIANT(card_reset)
{
	const char *port;
};

FIXTURE_VARIANT_ADD(card_reset, pcie_root_port) { .port = PORT_PCIE_ROOT_PORT };
FIXTURE_VARIANT_ADD(card_reset, xio3130) { .port = PORT_XIO3130 };

/*
 * Add a card, choose a reset of its bus, and reset it once. Without the choice, the
 * kernel would reset the function.
 */
static int add_and_reset(FIXTURE_DATA(card_reset) *self)
{
	struct guest *guest = &self->guest;
	char method[SLOT_PATH_SIZE];
	bool has_method;
	int ret;

	sysfs_function_file(guest, &self->card, "reset", self->reset);
	sysfs_function_file(guest, &self->card, "reset_method", method);
	ret = slot_hot_add_and_settle(guest, &self->card) ?:
	      guest_has_file(guest, method, &has_method);
	if (ret)
		return ret;
	if (!has_method) {
		result_skip(&guest->result,
			    "the kernel has no reset_method");
		return -EOPNOTSUPP;
	}

	return guest_write(guest, method, "bus") ?:
	       guest_write(guest, self->reset, "1");
}

FIXTURE_SETUP(card_reset)
{
	struct guest *guest = &self->guest;

	self->card = e1000e("dev0");
	boot_guest(_metadata, variant, guest,
		   &(struct guest_setup){ .port = variant->port });
	need_e1000e(_metadata, guest);
	if (!guest->alive || guest->result.skip[0])
		return;
	self->error = add_and_reset(self);
	if (guest->result.skip[0]) {
		case_end(guest);
		SKIP(return, "%s", guest->result.skip);
	}
}

FIXTURE_TEARDOWN(card_reset)
{
	end_guest(_metadata, &self->guest);
}

/* Start two processes that reset the card again and again, until it has gone. */
static int start_resets(FIXTURE_DATA(card_reset) *self, int resets)
{
	struct guest *guest = &self->guest;
	int ret = self->error;

	for (int i = 0; !ret && i < 2; i++)
		ret = guest_start_write_times(guest, resets, self->reset, "1");

	return ret ?: guest_sleep(guest, RESETS_BEGIN_MS);
}

TEST_F_TIMEOUT(card_reset, twenty_times, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since = guest->agent.now;

	ASSERT_OK(start_resets(self, FEW_RESETS));
	ASSERT_OK(join_writers(guest, "reset"));
	EXPECT_TRUE(guest_joined_without_error(guest));
	ASSERT_OK(slot_check_kept(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* Also if the card is not removed, the result must tell of a write that hangs. */
static int wait_gone_and_join(FIXTURE_DATA(card_reset) *self,
			      const char *attributes, struct moment since)
{
	int gone = slot_wait_gone(&self->guest, &self->card, since);

	return join_writers(&self->guest, attributes) ?: gone;
}

TEST_F_TIMEOUT(card_reset, against_button, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(start_resets(self, MANY_RESETS));
	since = guest->agent.now;
	ASSERT_OK(slot_request_unplug(guest, &self->card));
	ASSERT_OK(wait_gone_and_join(self, "reset", since));
	ASSERT_OK(slot_wait_deleted(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

TEST_F_TIMEOUT(card_reset, against_power_off, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	char power[SLOT_PATH_SIZE];
	struct moment since;

	ASSERT_OK(slot_attribute(guest, 0, "power", power));
	ASSERT_OK(start_resets(self, MANY_RESETS));
	since = guest->agent.now;
	ASSERT_OK(guest_start_write(guest, power, "0"));
	ASSERT_OK(wait_gone_and_join(self, "reset or power", since));
	ASSERT_OK(slot_wait_deleted(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

/* The kernel removes the card, which is still in its slot, and finds it again. */
TEST_F_TIMEOUT(card_reset, against_remove, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	char remove[SLOT_PATH_SIZE];
	struct moment since;

	sysfs_function_file(guest, &self->card, "remove", remove);
	ASSERT_OK(start_resets(self, MANY_RESETS));
	since = guest->agent.now;
	ASSERT_OK(guest_start_write(guest, remove, "1"));
	ASSERT_OK(wait_gone_and_join(self, "reset or remove", since));
	ASSERT_OK(sysfs_rescan(guest));
	ASSERT_OK(slot_wait_added(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* After a reset, the kernel must not wait for a card that has gone to be ready. */
TEST_F_TIMEOUT(card_reset, against_surprise_removal, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;
	long long took_ms;
	char bdf[BDF_SIZE];
	int gone;

	slot_function_bdf(guest, 0, 0, bdf);
	ASSERT_OK(start_resets(self, MANY_RESETS));
	since = guest->agent.now;
	ASSERT_OK(slot_surprise_remove(guest, &self->card));
	gone = guest_wait_event(guest, "remove", bdf, since, GONE_AT_LAST_MS);
	took_ms = (guest->agent.time_ns - since.ns) / 1000000;
	if (gone || took_ms > GONE_MS)
		result_lost(&guest->result,
			    "%s was taken away, and the guest %s it %lld ms later",
			    bdf, gone ? "still has" : "lets go of", took_ms);
	ASSERT_OK(join_writers(guest, "reset") ?: gone);
	ASSERT_OK(guest_sleep(guest, SLOT_POWER_OFF_MS));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
