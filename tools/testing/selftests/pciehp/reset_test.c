// SPDX-License-Identifier: GPL-2.0-only
/*
 * Resets of the bus above a switch. The switch's ports forget their registers, and
 * the kernel restores them: Slot Control with its enables first, the port's MSI
 * later. What the slot, its card and its indicators were, they must be again; and
 * what happened meanwhile must not be lost.
 */
#include "guest_fixture.h"

/* Guest time. PCIe Base Spec sec. 6.7.1.5 gives the attention button 5 s. */
#define BUTTON_MS	5000
/* A driver that polls looks once a second. */
#define NOTICED_MS	2000
#define JOIN_MS		30000

/* QEMU's ids, see topology_build(). */
#define ROOT_PORT	"root0"

static int reset_path(struct guest *guest, char path[SLOT_PATH_SIZE])
{
	char bdf[BDF_SIZE];
	int ret;

	ret = pci_tree_find(&guest->vm.qmp, ROOT_PORT, bdf);
	if (ret) {
		result_error(&guest->result, "find %s: %s", ROOT_PORT,
			     strerror(-ret));
		return ret;
	}
	snprintf(path, SLOT_PATH_SIZE,
		 "/sys/bus/pci/devices/%s/reset_subordinate", bdf);

	return guest_request(guest, "exists %s", path);
}

/* Of devices with others below them, the kernel resets none but in this way. */
static void boot_and_find_reset(struct __test_metadata *_metadata,
				const void *variant, struct guest *guest,
				const struct guest_setup *setup,
				char path[SLOT_PATH_SIZE])
{
	boot_guest(_metadata, variant, guest, setup);
	if (!guest->alive)
		return;
	ASSERT_OK(reset_path(guest, path));
	if (strcmp(guest->agent.text, "yes"))
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

	ASSERT_OK(guest_request(guest, "write %s 1", self->reset));
	ASSERT_OK(slot_check_power(guest, 0, false));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* The card stays where it is, though its link goes down and up. */
TEST_F_TIMEOUT(bus_reset, slot_occupied, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	since = guest->agent.now;
	ASSERT_OK(guest_request(guest, "write %s 1", self->reset));
	ASSERT_OK(slot_check_stays(guest, &self->card, since));
	ASSERT_OK(slot_check_power(guest, 0, true));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
}

TEST_F_TIMEOUT(bus_reset, fifty_times, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(guest_request(guest, "repeat 50 write %s 1", self->reset));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	since = guest->agent.now;
	ASSERT_OK(slot_write_attribute(guest, 0, "attention", "1"));
	ASSERT_OK(guest_request(guest, "repeat 50 write %s 1", self->reset));
	ASSERT_OK(slot_check_stays(guest, &self->card, since));
	ASSERT_OK(slot_check_attention(guest, 0, PCI_EXP_SLTCTL_ATTN_IND_ON));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/*
 * While the switch is in reset, a command reaches nobody; and one that comes before
 * the registers are restored is overwritten then. Both must be made up for.
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

		ASSERT_OK(guest_request(guest, "start write %s 1",
					self->reset));
		ASSERT_OK(guest_request(guest, "sleep %d", moments_ms[i]));
		ASSERT_OK(guest_request(guest, "write %s %s", attention,
					states[state].value));
		ASSERT_OK(guest_request(guest, "join %d", JOIN_MS));
		ASSERT_EQ(NULL, strstr(guest->agent.text, "error"));
		ASSERT_OK(slot_check_attention(guest, 0,
					       states[state].indicator));
	}
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
}

/* Commands all along, of which some meet the reset wherever it is. */
TEST_F_TIMEOUT(bus_reset, attention_written_all_along, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;
	char attention[SLOT_PATH_SIZE];

	ASSERT_OK(slot_attribute(guest, 0, "attention", attention));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	since = guest->agent.now;
	ASSERT_OK(guest_request(guest, "start repeat 10 write %s 1",
				self->reset));
	ASSERT_OK(guest_request(guest, "start repeat 400 write %s 1",
				attention));
	ASSERT_OK(guest_request(guest, "start repeat 400 write %s 1",
				attention));
	ASSERT_OK(guest_request(guest, "join %d", JOIN_MS));
	ASSERT_EQ(NULL, strstr(guest->agent.text, "error"));
	ASSERT_OK(slot_check_attention(guest, 0, PCI_EXP_SLTCTL_ATTN_IND_ON));
	ASSERT_OK(slot_check_stays(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* The button was pressed for the card to go: once, and when its 5 s are over. */
TEST_F_TIMEOUT(bus_reset, while_button_pending, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	char bdf[BDF_SIZE];
	struct moment since;

	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	since = guest->agent.now;
	ASSERT_OK(slot_request_unplug(guest, &self->card));
	ASSERT_OK(guest_request(guest, "sleep %d", NOTICED_MS));
	ASSERT_OK(guest_request(guest, "write %s 1", self->reset));
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

/* QEMU takes a card away when its slot's power goes off; so it has none to control. */
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

/* What somebody has turned off stays so until it is turned on. */
TEST_F_TIMEOUT(bus_reset_no_power, card_turned_off_stays_so, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	char bdf[BDF_SIZE];

	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	ASSERT_OK(slot_write_attribute(guest, 0, "power", "0"));
	ASSERT_OK(guest_request(guest, "write %s 1", self->reset));
	ASSERT_OK(guest_request(guest, "sleep %d", NOTICED_MS));
	slot_function_bdf(guest, 0, 0, bdf);
	ASSERT_OK(guest_request(guest, "exists /sys/bus/pci/devices/%s", bdf));
	EXPECT_STREQ("no", guest->agent.text);
	ASSERT_OK(slot_write_attribute(guest, 0, "power", "1"));
	ASSERT_OK(slot_wait_present(guest, &self->card));
}

/*
 * A moment of the reset: where the kernel is when it has reach these in order. All
 * are functions that compilers do not inline into those that call them.
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
	/* the port is still to be reset, and forgets what happens */
	bool is_before;
};

FIXTURE_VARIANT_ADD(reset_moment, before_reset)
{
	.symbols = { "pcibios_reset_secondary_bus" },
	.is_before = true,
};

/* The port above is restored, so that this one can be reached. */
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

/* Reset up to the moment, at which the machine stops. */
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
				 "QEMU powers it on, and takes it as off is restored"));
	ASSERT_OK(slot_wait_added(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

TEST_F_TIMEOUT(reset_moment, card_removed, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	if (!reset_to(self, variant))
		SKIP(return, "%s", guest->result.skip);
	since = guest->agent.now;
	ASSERT_OK(slot_surprise_remove(guest, &self->card));
	ASSERT_OK(guest_resume(guest));
	ASSERT_OK(slot_wait_gone(guest, &self->card, since));
	ASSERT_OK(slot_check_power(guest, 0, false));
	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
}

/* As in slot_use.*.swapped, QEMU takes the other card away with the slot's power. */
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
				 "a reset makes a port forget that its button was pressed"));
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
