// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hot resets of a card by its port (PCIe Base Spec sec. 6.6.1), for which the kernel asks
 * the slot's driver. Unlike in reset_test.c, the port itself is not reset.
 */
#include "guest_fixture.h"

/* Guest time. A reset waits for a card that is gone, for more than a minute. */
#define GONE_MS		2000
#define LATE_MS		300000
#define JOIN_MS		100000
#define BUSY_MS		500

#define FEW_RESETS	20
#define MANY_RESETS	200

/*
 * Wait for the writers that were started. One that never ends has locked the port's
 * configuration space: any read of it, also by our checks, waits for ever, too.
 */
static int join_writers(struct guest *guest, const char *attribute)
{
	int ret = guest_request(guest, "join %d", JOIN_MS);

	if (ret == -ETIMEDOUT) {
		result_lost(&guest->result, "a write to %s never returns",
			    attribute);
		guest->n_ports = 0;
	}

	return ret;
}

/* The port is asked for it, which may be busy with a card that has just come. */
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
}

FIXTURE_TEARDOWN(port_reset)
{
	end_guest(_metadata, &self->guest);
}

/* The write may fail, but must end. The card must come, stay, and go when asked to. */
static void plug_and_reset(struct __test_metadata *_metadata,
			   struct guest *guest, const struct plug *card,
			   int delay_ms)
{
	char reset[SLOT_PATH_SIZE];
	struct moment since;
	int ended, added;

	snprintf(reset, sizeof(reset),
		 "/sys/bus/pci/devices/%s/reset_subordinate",
		 guest->ports[0].bdf);
	ASSERT_OK(guest_request(guest, "exists %s", reset));
	if (strcmp(guest->agent.text, "yes"))
		SKIP(return, "%s",
		     result_skip(&guest->result,
				 "the kernel has no reset_subordinate"));

	since = guest->agent.now;
	ASSERT_OK(slot_plug(guest, card));
	ASSERT_OK(guest_request(guest, "sleep %d", delay_ms));
	ASSERT_OK(guest_request(guest, "start write %s 1", reset));
	ended = join_writers(guest, "reset_subordinate");
	added = slot_wait_added(guest, card, since);
	ASSERT_OK(ended ?: added);
	ASSERT_OK(slot_check_stays(guest, card, since));
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

/* The card is asked for it. */
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

/* A card that has been reset by its bus once; the kernel would rather reset a function. */
static int add_and_reset(FIXTURE_DATA(card_reset) *self)
{
	struct guest *guest = &self->guest;
	char method[SLOT_PATH_SIZE];
	char bdf[BDF_SIZE];
	int ret;

	slot_function_bdf(guest, 0, 0, bdf);
	snprintf(self->reset, sizeof(self->reset),
		 "/sys/bus/pci/devices/%s/reset", bdf);
	snprintf(method, sizeof(method),
		 "/sys/bus/pci/devices/%s/reset_method", bdf);
	ret = slot_hot_add_and_settle(guest, &self->card) ?:
	      guest_request(guest, "exists %s", method);
	if (ret)
		return ret;
	if (strcmp(guest->agent.text, "yes")) {
		result_skip(&guest->result,
			    "the kernel does not let choose how to reset a card");
		return -EOPNOTSUPP;
	}

	return guest_request(guest, "write %s bus", method) ?:
	       guest_request(guest, "write %s 1", self->reset);
}

FIXTURE_SETUP(card_reset)
{
	struct guest *guest = &self->guest;

	self->card = e1000e("dev0");
	boot_guest(_metadata, variant, guest,
		   &(struct guest_setup){ .port = variant->port });
	if (!guest->alive)
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

/* Two who reset the card again and again, as long as there is one. */
static int start_resets(FIXTURE_DATA(card_reset) *self, int resets)
{
	struct guest *guest = &self->guest;
	int ret = self->error;

	for (int i = 0; !ret && i < 2; i++)
		ret = guest_request(guest, "start repeat %d write %s 1", resets,
				    self->reset);

	return ret ?: guest_request(guest, "sleep %d", BUSY_MS);
}

TEST_F_TIMEOUT(card_reset, twenty_times, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since = guest->agent.now;

	ASSERT_OK(start_resets(self, FEW_RESETS));
	ASSERT_OK(join_writers(guest, "reset"));
	EXPECT_EQ(NULL, strstr(guest->agent.text, "error"));
	ASSERT_OK(slot_check_stays(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* Also if the card does not go, a writer that hangs must be known. */
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
	ASSERT_OK(guest_request(guest, "start write %s 0", power));
	ASSERT_OK(wait_gone_and_join(self, "reset or power", since));
	ASSERT_OK(slot_wait_deleted(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

/* The card is still in its slot, and found again. */
TEST_F_TIMEOUT(card_reset, against_remove, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;
	char bdf[BDF_SIZE];

	slot_function_bdf(guest, 0, 0, bdf);
	ASSERT_OK(start_resets(self, MANY_RESETS));
	since = guest->agent.now;
	ASSERT_OK(guest_request(guest,
				"start write /sys/bus/pci/devices/%s/remove 1",
				bdf));
	ASSERT_OK(wait_gone_and_join(self, "reset or remove", since));
	ASSERT_OK(guest_request(guest, "write /sys/bus/pci/rescan 1"));
	ASSERT_OK(slot_wait_added(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* Who waits for the card to be ready again must not do so when it is gone. */
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
	gone = guest_wait_event(guest, "remove", bdf, since, LATE_MS);
	took_ms = (guest->agent.time_ns - since.ns) / 1000000;
	if (gone || took_ms > GONE_MS)
		result_lost(&guest->result,
			    "%s was taken away, and the guest %s it %lld ms later",
			    bdf, gone ? "still has" : "lets go of", took_ms);
	ASSERT_OK(join_writers(guest, "reset") ?: gone);
	ASSERT_OK(guest_request(guest, "sleep %d", SLOT_POWER_OFF_MS));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
