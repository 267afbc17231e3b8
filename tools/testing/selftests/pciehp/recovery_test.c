// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recovery from a fatal error on the link above a switch, which the kernel learns of by
 * Advanced Error Reporting (PCIe Base Spec sec. 6.2). It resets the bus, and restores the
 * ports' registers. The slot must be as it was before the error, not as it was when
 * the port was probed.
 */
#include "guest_fixture.h"

/* Guest time in which a recovery ends; far more than it takes. */
#define RECOVERY_MS	10000

/* Guest time in which a driver binds to its card. */
#define BINDING_MS	2000

/* The ports "port0", ... are checked when the test is over; not so this one. */
#define PORT_NEIGHBOUR	"neighbour"

static void need_aer(struct __test_metadata *_metadata, struct guest *guest)
{
	need_driver(_metadata, guest, "pci_express/drivers/aer", "CONFIG_PCIEAER");
}

/* Inject an error, and wait for the end of its recovery. There must have been one. */
static int recover(struct guest *guest)
{
	size_t seen = guest->log_len;
	const char *said;
	int ret;

	ret = error_inject_fatal(guest) ?:
	      guest_sleep(guest, RECOVERY_MS) ?: guest_fetch_log(guest);
	if (ret)
		return ret;
	said = guest->log + seen;
	if (!strstr(said, "device recovery successful"))
		result_problem(&guest->result,
			       strstr(said, "device recovery failed") ?
			       "the recovery failed" : "there was no recovery");

	return 0;
}

/*
 * Does the kernel have the card's driver? If a card has no driver that takes part in the
 * recovery, the kernel says that the recovery failed.
 */
static bool can_recover(struct guest *guest, const struct plug *card)
{
	char driver[SLOT_PATH_SIZE];
	bool has_driver;

	snprintf(driver, sizeof(driver), "/sys/bus/pci/drivers/%s",
		 card->driver);
	if (guest_has_file(guest, driver, &has_driver) || has_driver)
		return true;
	result_skip(&guest->result,
		    "the kernel has no driver %s to recover the card (CONFIG_E1000E)",
		    card->driver);

	return false;
}

/* Recover from an error. The port must forward what it did before. */
static int recover_forwarding(struct guest *guest, const char *id)
{
	struct forwarding before, after;
	char bdf[BDF_SIZE];
	int ret;

	ret = pci_tree_find(&guest->vm.qmp, id, bdf) ?:
	      config_read_forwarding(guest, bdf, &before) ?: recover(guest) ?:
	      config_read_forwarding(guest, bdf, &after);
	if (ret)
		return ret;
	if (after.command != before.command)
		result_problem(&guest->result,
			       "the Command register of %s is %#06x, and was %#06x",
			       id, after.command, before.command);
	if (memcmp(after.prefetchable, before.prefetchable,
		   sizeof(before.prefetchable)))
		result_problem(&guest->result,
			       "the prefetchable window of %s ends at %#06x, and ended at %#06x",
			       id, after.prefetchable[1],
			       before.prefetchable[1]);
	if (memcmp(after.buses, before.buses, sizeof(before.buses)) ||
	    memcmp(after.memory, before.memory, sizeof(before.memory)) ||
	    after.io != before.io)
		result_problem(&guest->result,
			       "%s forwards other buses or addresses than before",
			       id);

	return 0;
}

FIXTURE(error_recovery)
{
	struct guest guest;
	struct plug card;
};

FIXTURE_VARIANT(error_recovery)
{
	enum interrupt interrupt;
};

FIXTURE_VARIANT_ADD(error_recovery, msi)
	{ INTERRUPT_MESSAGE };
FIXTURE_VARIANT_ADD(error_recovery, msi_threaded)
	{ INTERRUPT_THREADED };
FIXTURE_VARIANT_ADD(error_recovery, polling)
	{ INTERRUPT_POLLING };

FIXTURE_SETUP(error_recovery)
{
	struct guest_setup setup = {
		.port = PORT_XIO3130,
		.interrupt = variant->interrupt,
	};

	self->card = e1000e("dev0");
	boot_guest(_metadata, variant, &self->guest, &setup);
	need_aer(_metadata, &self->guest);
}

FIXTURE_TEARDOWN(error_recovery)
{
	end_guest(_metadata, &self->guest);
}

TEST_F_TIMEOUT(error_recovery, slot_empty, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(recover(guest));
	ASSERT_OK(slot_check_power(guest, 0, false));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

TEST_F_TIMEOUT(error_recovery, slot_filled_since_boot, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	if (!can_recover(guest, &self->card))
		SKIP(return, "%s", guest->result.skip);
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	since = guest->agent.now;
	ASSERT_OK(recover(guest));
	ASSERT_OK(slot_check_power(guest, 0, true));
	ASSERT_OK(slot_check_kept(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
}

TEST_F_TIMEOUT(error_recovery, attention_written_since_boot, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_write_attribute(guest, 0, "attention", "1"));
	ASSERT_OK(recover(guest));
	ASSERT_OK(slot_check_attention(guest, 0, PCI_EXP_SLTCTL_ATTN_IND_ON));
}

/*
 * A command is written at several moments of the recovery. In the end the indicator must
 * be as written, whether the command or the reset was first.
 */
TEST_F_TIMEOUT(error_recovery, attention_written_meanwhile, TIMEOUT_S)
{
	static const struct {
		const char *value;
		uint16_t indicator;
	} states[] = {
		{ "1", PCI_EXP_SLTCTL_ATTN_IND_ON },
		{ "0", PCI_EXP_SLTCTL_ATTN_IND_OFF },
	};
	static const int moments_ms[] = { 0, 1, 2, 4, 8, 16 };
	struct guest *guest = &self->guest;
	char attention[SLOT_PATH_SIZE];

	ASSERT_OK(slot_attribute(guest, 0, "attention", attention));
	for (size_t i = 0; i < ARRAY_SIZE(moments_ms); i++) {
		const int state = i % ARRAY_SIZE(states);
		const uint16_t indicator = states[state].indicator;

		ASSERT_OK(error_inject_fatal(guest));
		ASSERT_OK(guest_sleep(guest, moments_ms[i]));
		ASSERT_OK(guest_write(guest, attention, states[state].value));
		ASSERT_OK(guest_sleep(guest, RECOVERY_MS));
		ASSERT_OK(slot_check_attention(guest, 0, indicator));
	}
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
}

TEST_F_TIMEOUT(error_recovery, three_times, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	if (!can_recover(guest, &self->card))
		SKIP(return, "%s", guest->result.skip);
	for (int i = 0; i < 3; i++) {
		ASSERT_OK(recover(guest));
		ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
		since = guest->agent.now;
		ASSERT_OK(recover(guest));
		ASSERT_OK(slot_check_kept(guest, &self->card, since));
		ASSERT_OK(slot_hot_remove(guest, &self->card));
	}
}

/* The bus reset restores what was saved when the port was probed, and discards that. */
TEST_F_TIMEOUT(error_recovery, after_bus_reset, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	char bdf[BDF_SIZE], reset[SLOT_PATH_SIZE];

	ASSERT_OK(pci_tree_find(&guest->vm.qmp, ROOT_PORT_ID, bdf));
	sysfs_device_file(bdf, "reset_subordinate", reset);
	ASSERT_OK(guest_write(guest, reset, "1"));
	ASSERT_OK(recover(guest));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/*
 * The upstream port has no service, so its Bus Master is set after it was probed, and
 * must be set again after the reset.
 */
TEST_F_TIMEOUT(error_recovery, upstream_port_forwards, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(recover_forwarding(guest, UPSTREAM_PORT_ID));
}

/*
 * Another slot of the switch has gone, and a card comes that needs that slot's part of
 * the switch's window.
 */
FIXTURE(error_recovery_two_slots)
{
	struct guest guest;
};

FIXTURE_SETUP(error_recovery_two_slots)
{
	static const char *const with_disk[] = { "-blockdev", ZERO_DISK, NULL };
	struct guest_setup setup = {
		.port = PORT_XIO3130,
		.device = PORT_XIO3130 ",id=" PORT_NEIGHBOUR
			  ",bus=" UPSTREAM_PORT_ID ",addr=1,chassis=2,slot=1",
		/* the driver must bind also if it cannot reach the CMB */
		.cmdline = "nvme.use_cmb_sqs=0",
		.options = with_disk,
	};

	boot_guest(_metadata, variant, &self->guest, &setup);
	need_aer(_metadata, &self->guest);
}

FIXTURE_TEARDOWN(error_recovery_two_slots)
{
	end_guest(_metadata, &self->guest);
}

TEST_F_TIMEOUT(error_recovery_two_slots, window_grown_since_boot, TIMEOUT_S)
{
	/* this needs more than the 2 MiB that a slot has by default */
	const struct plug_property properties[] = {
		{ "drive", "disk" }, { "serial", "1" },
		{ "cmb_size_mb", "4", true }, { }
	};
	struct plug card = {
		.model = "nvme",
		.driver = "nvme",
		.id = "dev0",
		.properties = properties,
	};
	struct guest *guest = &self->guest;
	char neighbour[BDF_SIZE];

	ASSERT_OK(pci_tree_find(&guest->vm.qmp, PORT_NEIGHBOUR, neighbour));
	ASSERT_OK(sysfs_remove_device(guest, neighbour));
	ASSERT_OK(slot_hot_add(guest, &card));
	/* the driver initializes its card after it is bound */
	ASSERT_OK(guest_sleep(guest, BINDING_MS));
	ASSERT_OK(recover_forwarding(guest, PORT_ID));
	/* the rescan needs a lock, which a driver that waits for its card may hold */
	ASSERT_OK(guest_start_write(guest, SYSFS_RESCAN, "1"));
	ASSERT_OK(guest_join(guest, JOIN_MS));
	ASSERT_OK(slot_hot_remove(guest, &card));
}

FIXTURE(error_recovery_with_card)
{
	struct guest guest;
	struct plug card;
};

FIXTURE_VARIANT(error_recovery_with_card)
{
	enum interrupt interrupt;
};

FIXTURE_VARIANT_ADD(error_recovery_with_card, msi)
	{ INTERRUPT_MESSAGE };
FIXTURE_VARIANT_ADD(error_recovery_with_card, polling)
	{ INTERRUPT_POLLING };

FIXTURE_SETUP(error_recovery_with_card)
{
	struct guest_setup setup = {
		.port = PORT_XIO3130,
		.interrupt = variant->interrupt,
		.device = "e1000e,id=dev0,bus=port0,romfile=",
	};

	self->card = e1000e("dev0");
	boot_guest(_metadata, variant, &self->guest, &setup);
	need_aer(_metadata, &self->guest);
}

FIXTURE_TEARDOWN(error_recovery_with_card)
{
	end_guest(_metadata, &self->guest);
}

TEST_F_TIMEOUT(error_recovery_with_card, slot_occupied, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	if (!can_recover(guest, &self->card))
		SKIP(return, "%s", guest->result.skip);
	since = guest->agent.now;
	ASSERT_OK(recover(guest));
	ASSERT_OK(slot_check_power(guest, 0, true));
	ASSERT_OK(slot_check_kept(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
}

TEST_F_TIMEOUT(error_recovery_with_card, slot_emptied_since_boot, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(recover(guest));
	ASSERT_OK(slot_check_power(guest, 0, false));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
}

/* A switch with two slots and a card in the first. The second must work afterwards. */
FIXTURE(error_recovery_neighbour)
{
	struct guest guest;
	struct plug neighbour;
};

FIXTURE_SETUP(error_recovery_neighbour)
{
	self->neighbour = e1000e("neighbour");
	self->neighbour.port = 1;
	boot_guest(_metadata, variant, &self->guest,
		   &(struct guest_setup){ .port = PORT_XIO3130, .slots = 2 });
	need_aer(_metadata, &self->guest);
}

FIXTURE_TEARDOWN(error_recovery_neighbour)
{
	end_guest(_metadata, &self->guest);
}

TEST_F_TIMEOUT(error_recovery_neighbour, card_recovers, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct plug card = e1000e("dev0");

	if (!can_recover(guest, &card))
		SKIP(return, "%s", guest->result.skip);
	ASSERT_OK(slot_hot_add_and_settle(guest, &card));
	ASSERT_OK(recover(guest));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->neighbour));
	ASSERT_OK(slot_hot_remove(guest, &self->neighbour));
}

/* The card may be lost, and the recovery may fail; the ports must still work. */
TEST_F_TIMEOUT(error_recovery_neighbour, card_cannot_recover, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct plug card = virtio_net(0, 0);

	ASSERT_OK(slot_hot_add_and_settle(guest, &card));
	ASSERT_OK(error_inject_fatal(guest));
	ASSERT_OK(guest_sleep(guest, RECOVERY_MS));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->neighbour));
	ASSERT_OK(slot_hot_remove(guest, &self->neighbour));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
