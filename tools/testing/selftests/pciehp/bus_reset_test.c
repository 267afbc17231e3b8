// SPDX-License-Identifier: GPL-2.0-only
/*
 * Resets of the bus above a switch. They clear the registers of the switch's ports. The
 * kernel restores Slot Control with its enables first, and the port's MSI later.
 * Afterwards the slot's power, card and indicators must be as before, and no event
 * during the reset may be lost.
 */
#include "guest_fixture.h"

/* The kernel resets a bus with devices on it by the attribute of the bridge above. */
static int find_reset(struct guest *guest, char path[SLOT_PATH_SIZE],
		      bool *has_reset)
{
	char bdf[BDF_SIZE];
	int ret;

	ret = pci_tree_find(&guest->vm.qmp, ROOT_PORT_ID, bdf);
	if (ret) {
		result_error(&guest->result, "find %s: %s", ROOT_PORT_ID,
			     strerror(-ret));
		return ret;
	}
	sysfs_device_file(bdf, "reset_subordinate", path);

	return guest_has_file(guest, path, has_reset);
}

/* The last step of a fixture's setup, as it may skip the test. */
static void boot_and_find_reset(struct __test_metadata *_metadata,
				const void *variant, struct guest *guest,
				const struct guest_setup *setup,
				char path[SLOT_PATH_SIZE])
{
	bool has_reset;

	boot_guest(_metadata, variant, guest, setup);
	need_e1000e(_metadata, guest);
	if (!guest->alive || guest->result.skip[0])
		return;
	ASSERT_OK(find_reset(guest, path, &has_reset));
	if (!has_reset)
		SKIP(return, "%s",
		     result_skip(&guest->result, "the kernel has no reset_subordinate"));
}

FIXTURE(bus_reset)
{
	struct guest guest;
	struct plug card;
	char reset[SLOT_PATH_SIZE];
};

FIXTURE_VARIANT(bus_reset)
{
	const char *root_port;
	enum interrupt interrupt;
};

FIXTURE_VARIANT_ADD(bus_reset, msi)
	{ PORT_PCIE_ROOT_PORT, INTERRUPT_MESSAGE };
FIXTURE_VARIANT_ADD(bus_reset, msi_below_ioh3420)
	{ PORT_IOH3420, INTERRUPT_MESSAGE };
FIXTURE_VARIANT_ADD(bus_reset, msi_threaded)
	{ PORT_PCIE_ROOT_PORT, INTERRUPT_THREADED };
FIXTURE_VARIANT_ADD(bus_reset, polling)
	{ PORT_PCIE_ROOT_PORT, INTERRUPT_POLLING };

FIXTURE_SETUP(bus_reset)
{
	struct guest_setup setup = {
		.port = PORT_XIO3130,
		.root_port = variant->root_port,
		.interrupt = variant->interrupt,
	};

	self->card = e1000e("dev0");
	boot_and_find_reset(_metadata, variant, &self->guest, &setup,
			    self->reset);
}

FIXTURE_TEARDOWN(bus_reset)
{
	end_guest(_metadata, &self->guest);
}

TEST_F_TIMEOUT(bus_reset, slot_empty, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(guest_write(guest, self->reset, "1"));
	ASSERT_OK(slot_check_power(guest, 0, false));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* The card must not be removed, although its link goes down and up. */
TEST_F_TIMEOUT(bus_reset, slot_occupied, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	since = guest->agent.now;
	ASSERT_OK(guest_write(guest, self->reset, "1"));
	ASSERT_OK(slot_check_kept(guest, &self->card, since));
	ASSERT_OK(slot_check_power(guest, 0, true));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
}

TEST_F_TIMEOUT(bus_reset, fifty_times, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(guest_write_times(guest, 50, self->reset, "1"));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	since = guest->agent.now;
	ASSERT_OK(slot_write_attribute(guest, 0, "attention", "1"));
	ASSERT_OK(guest_write_times(guest, 50, self->reset, "1"));
	ASSERT_OK(slot_check_kept(guest, &self->card, since));
	ASSERT_OK(slot_check_attention(guest, 0, PCI_EXP_SLTCTL_ATTN_IND_ON));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* Write the attention indicator so long after a reset has begun. */
static void write_attention_in_reset(struct __test_metadata *_metadata,
				     FIXTURE_DATA(bus_reset) *self,
				     const char *attention, const char *value,
				     int moment_ms)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(guest_start_write(guest, self->reset, "1"));
	ASSERT_OK(guest_sleep(guest, moment_ms));
	ASSERT_OK(guest_write(guest, attention, value));
	ASSERT_OK(guest_join(guest, JOIN_MS));
	ASSERT_TRUE(guest_joined_without_error(guest));
}

/*
 * While the switch is in reset, the port does not receive a command. If the command
 * comes before the registers are restored, it is overwritten. The driver must make up
 * for both.
 */
TEST_F_TIMEOUT(bus_reset, attention_written_meanwhile, TIMEOUT_S)
{
	static const struct {
		const char *value;
		uint16_t indicator;
	} states[] = {
		{ "1", PCI_EXP_SLTCTL_ATTN_IND_ON },
		{ "2", PCI_EXP_SLTCTL_ATTN_IND_BLINK },
		{ "0", PCI_EXP_SLTCTL_ATTN_IND_OFF },
	};
	static const int moments_ms[] = { 0, 1, 2, 3, 10, 40, 80, 100, 150 };
	struct guest *guest = &self->guest;
	char attention[SLOT_PATH_SIZE];

	ASSERT_OK(slot_attribute(guest, 0, "attention", attention));
	for (size_t i = 0; i < ARRAY_SIZE(moments_ms); i++) {
		const int state = i % ARRAY_SIZE(states);
		const uint16_t indicator = states[state].indicator;

		write_attention_in_reset(_metadata, self, attention,
					 states[state].value, moments_ms[i]);
		ASSERT_OK(slot_check_attention(guest, 0, indicator));
	}
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
}

/* So many commands are written that some come at each moment of a reset. */
TEST_F_TIMEOUT(bus_reset, attention_written_all_along, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;
	char attention[SLOT_PATH_SIZE];

	ASSERT_OK(slot_attribute(guest, 0, "attention", attention));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	since = guest->agent.now;
	ASSERT_OK(guest_start_write_times(guest, 10, self->reset, "1"));
	ASSERT_OK(guest_start_write_times(guest, 400, attention, "1"));
	ASSERT_OK(guest_start_write_times(guest, 400, attention, "1"));
	ASSERT_OK(guest_join(guest, JOIN_MS));
	ASSERT_TRUE(guest_joined_without_error(guest));
	ASSERT_OK(slot_check_attention(guest, 0, PCI_EXP_SLTCTL_ATTN_IND_ON));
	ASSERT_OK(slot_check_kept(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* After the press, the card must be removed once, and not come back. */
TEST_F_TIMEOUT(bus_reset, while_button_pending, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	char bdf[BDF_SIZE];
	struct moment since;

	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	since = guest->agent.now;
	ASSERT_OK(slot_request_unplug(guest, &self->card));
	ASSERT_OK(guest_sleep(guest, NOTICED_BY_POLLING_MS));
	ASSERT_OK(guest_write(guest, self->reset, "1"));
	ASSERT_OK(slot_wait_removed(guest, &self->card, since));
	slot_function_bdf(guest, 0, 0, bdf);
	EXPECT_EQ(-ETIMEDOUT, guest_wait_event(guest, "add", bdf, since,
					       BUTTON_MS));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
}

FIXTURE(bus_reset_no_power)
{
	struct guest guest;
	struct plug card;
	char reset[SLOT_PATH_SIZE];
};

FIXTURE_VARIANT(bus_reset_no_power)
{
	enum interrupt interrupt;
};

FIXTURE_VARIANT_ADD(bus_reset_no_power, msi)
	{ INTERRUPT_MESSAGE };
FIXTURE_VARIANT_ADD(bus_reset_no_power, polling)
	{ INTERRUPT_POLLING };

/*
 * QEMU removes a card when its slot is powered off. So the slot has no power controller
 * here.
 */
FIXTURE_SETUP(bus_reset_no_power)
{
	struct guest_setup setup = {
		.port = PORT_XIO3130,
		.port_properties = ",power_controller_present=off",
		.no_power = true,
		.interrupt = variant->interrupt,
	};

	self->card = e1000e("dev0");
	boot_and_find_reset(_metadata, variant, &self->guest, &setup,
			    self->reset);
}

FIXTURE_TEARDOWN(bus_reset_no_power)
{
	end_guest(_metadata, &self->guest);
}

/* After a write to "power", the card must stay off until another write turns it on. */
TEST_F_TIMEOUT(bus_reset_no_power, card_turned_off_stays_so, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	bool has_card;

	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	ASSERT_OK(slot_write_attribute(guest, 0, "power", "0"));
	ASSERT_OK(guest_write(guest, self->reset, "1"));
	ASSERT_OK(guest_sleep(guest, NOTICED_BY_POLLING_MS));
	ASSERT_OK(sysfs_has_function(guest, &self->card, &has_card));
	EXPECT_FALSE(has_card);
	ASSERT_OK(slot_write_attribute(guest, 0, "power", "1"));
	ASSERT_OK(slot_wait_present(guest, &self->card));
}

/*
 * A moment of the reset is given by functions that the kernel calls one after the other:
 * the machine stops at the call of the last. No compiler inlines these functions into
 * their callers.
 */
#define SYMBOLS_MAX	3

FIXTURE(reset_moment)
{
	struct guest guest;
	struct plug card;
	struct plug other;
	char reset[SLOT_PATH_SIZE];
};

FIXTURE_VARIANT(reset_moment)
{
	const char *symbols[SYMBOLS_MAX];
	/* the port is not reset yet, and the reset clears its events */
	bool is_before;
};

FIXTURE_VARIANT_ADD(reset_moment, before_reset)
{
	.symbols = { "pcibios_reset_secondary_bus" },
	.is_before = true,
};

/* The port above is restored, which makes this one accessible. */
FIXTURE_VARIANT_ADD(reset_moment, before_restore)
{
	.symbols = { "pci_restore_msi_state" },
};

FIXTURE_VARIANT_ADD(reset_moment, before_msi_is_restored)
{
	.symbols = { "pci_restore_msi_state", "pci_restore_vc_state",
		     "pci_restore_msi_state" },
};

FIXTURE_VARIANT_ADD(reset_moment, after_restore)
{
	.symbols = { "pci_restore_msi_state", "pci_cfg_access_unlock" },
};

FIXTURE_SETUP(reset_moment)
{
	self->card = e1000e("dev0");
	self->other = virtio_net(0, 0);
	self->other.id = "other";
	boot_and_find_reset(_metadata, variant, &self->guest,
			    &(struct guest_setup){ .port = PORT_XIO3130 },
			    self->reset);
}

FIXTURE_TEARDOWN(reset_moment)
{
	end_guest(_metadata, &self->guest);
}

/* Start a reset, and stop the machine at the moment. */
static bool reset_to(FIXTURE_DATA(reset_moment) *self,
		     const FIXTURE_VARIANT(reset_moment) *variant)
{
	struct guest *guest = &self->guest;
	uint64_t addresses[SYMBOLS_MAX];
	char request[SLOT_PATH_SIZE + 16];
	int n, ret;

	for (n = 0; n < SYMBOLS_MAX && variant->symbols[n]; n++) {
		ret = guest_find_symbol(guest, variant->symbols[n],
					&addresses[n]);
		if (ret == -ENOENT)
			result_skip(&guest->result,
				    "the kernel tells no addresses of its functions");
		if (ret)
			return false;
	}

	snprintf(request, sizeof(request), "write %s 1", self->reset);
	ret = guest_request_to(guest, addresses[0], request);
	for (int i = 1; !ret && i < n; i++)
		ret = guest_run_to(guest, addresses[i]);

	return !ret;
}

TEST_F_TIMEOUT(reset_moment, card_added, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	char bdf[BDF_SIZE];
	struct moment since;

	if (!reset_to(self, variant))
		SKIP(return, "%s", guest->result.skip);
	since = guest->agent.now;
	ASSERT_OK(slot_plug(guest, &self->card));
	ASSERT_OK(guest_resume(guest));
	if (variant->is_before &&
	    pci_tree_find(&guest->vm.qmp, self->card.id, bdf) == -ENODEV)
		SKIP(return, "%s",
		     result_skip(&guest->result,
				 "QEMU removes the card as Slot Control is restored"));
	ASSERT_OK(slot_wait_added(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* Remove the card at the moment, and add it again after the reset. */
static void remove_at_moment(struct __test_metadata *_metadata,
			     FIXTURE_DATA(reset_moment) *self,
			     const FIXTURE_VARIANT(reset_moment) *variant)
{
	struct guest *guest = &self->guest;
	struct moment since;

	if (!reset_to(self, variant))
		SKIP(return, "%s", guest->result.skip);
	since = guest->agent.now;
	ASSERT_OK(slot_surprise_remove(guest, &self->card));
	ASSERT_OK(guest_resume(guest));
	ASSERT_OK(slot_wait_gone(guest, &self->card, since));
	ASSERT_OK(slot_check_power(guest, 0, false));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
}

TEST_F_TIMEOUT(reset_moment, card_removed, TIMEOUT_S)
{
	ASSERT_OK(slot_hot_add_and_settle(&self->guest, &self->card));
	remove_at_moment(_metadata, self, variant);
}

/* The removal does not wait for a driver, so it runs as soon as the reset has ended. */
TEST_F_TIMEOUT(reset_moment, unbound_card_removed, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	char bdf[BDF_SIZE];

	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	slot_function_bdf(guest, 0, 0, bdf);
	ASSERT_OK(guest_write(guest, "/sys/bus/pci/drivers/e1000e/unbind", bdf));
	remove_at_moment(_metadata, self, variant);
}

/* As in slot_use.*.swapped, QEMU removes the other card with the slot's power. */
TEST_F_TIMEOUT(reset_moment, card_swapped, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	if (!reset_to(self, variant))
		SKIP(return, "%s", guest->result.skip);
	since = guest->agent.now;
	ASSERT_OK(slot_surprise_remove(guest, &self->card));
	ASSERT_OK(slot_plug(guest, &self->other));
	ASSERT_OK(guest_resume(guest));
	ASSERT_OK(slot_wait_gone(guest, &self->card, since));
	ASSERT_OK(slot_wait_deleted(guest, &self->other));
	ASSERT_OK(slot_hot_add(guest, &self->other));
}

TEST_F_TIMEOUT(reset_moment, button_pressed, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	if (variant->is_before)
		SKIP(return, "%s",
		     result_skip(&guest->result,
				 "the reset clears Attention Button Pressed"));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	if (!reset_to(self, variant))
		SKIP(return, "%s", guest->result.skip);
	since = guest->agent.now;
	ASSERT_OK(slot_request_unplug(guest, &self->card));
	ASSERT_OK(guest_resume(guest));
	ASSERT_OK(slot_wait_removed(guest, &self->card, since));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
