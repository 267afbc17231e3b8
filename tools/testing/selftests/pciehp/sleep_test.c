// SPDX-License-Identifier: GPL-2.0-only
/* Cards that come and go while the guest, or the port alone, sleeps. */
#include "guest_fixture.h"

/* Guest time. */
#define SLEEP_S		"20"
#define SUSPEND_MS	5000

/* For every device this is the last step asleep. */
#define LAST_MOMENT	"dpm_resume_noirq"

FIXTURE(suspend)
{
	struct guest guest;
	struct plug card;
	struct plug other;
};

FIXTURE_VARIANT(suspend)
{
	const char *port;
};

FIXTURE_VARIANT_ADD(suspend, ioh3420) { .port = PORT_IOH3420 };
FIXTURE_VARIANT_ADD(suspend, pcie_root_port) { .port = PORT_PCIE_ROOT_PORT };
FIXTURE_VARIANT_ADD(suspend, xio3130) { .port = PORT_XIO3130 };

FIXTURE_SETUP(suspend)
{
	self->card = e1000e("dev0");
	self->other = virtio_net(0, 0);
	self->other.id = "other";
	boot_guest(_metadata, variant, &self->guest,
		   &(struct guest_setup){ .port = variant->port });
}

FIXTURE_TEARDOWN(suspend)
{
	end_guest(_metadata, &self->guest);
}

static const char *cannot_wake_up(struct guest *guest, uint64_t *last_moment)
{
	const char *why = guest_cannot_wake(guest);

	if (why)
		return why;
	if (guest_find_symbol(guest, LAST_MOMENT, last_moment))
		return "the kernel tells no addresses of its functions";
	if (guest_request(guest, "write /sys/class/rtc/rtc0/wakealarm +%s",
			  SLEEP_S))
		return "the guest's clock cannot wake it";

	return NULL;
}

/* Suspend to idle; the machine stops as the guest has just woken up. */
static bool fall_asleep(struct guest *guest)
{
	uint64_t last_moment;
	const char *why;

	why = cannot_wake_up(guest, &last_moment);
	if (why) {
		result_skip(&guest->result, "%s", why);
		return false;
	}

	return !guest_request_to(guest, last_moment,
				 "write /sys/power/state freeze");
}

TEST_F_TIMEOUT(suspend, card_stays, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;
	char bdf[BDF_SIZE];

	ASSERT_OK(slot_hot_add(guest, &self->card));
	since = guest->agent.now;
	if (!fall_asleep(guest))
		SKIP(return, "%s", guest->result.skip);
	ASSERT_OK(guest_resume(guest));
	slot_function_bdf(guest, 0, 0, bdf);
	EXPECT_EQ(-ETIMEDOUT, guest_wait_event(guest, "remove", bdf, since,
					       3000));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

TEST_F_TIMEOUT(suspend, card_added, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	if (!fall_asleep(guest))
		SKIP(return, "%s", guest->result.skip);
	since = guest->agent.now;
	ASSERT_OK(slot_plug(guest, &self->card));
	ASSERT_OK(guest_resume(guest));
	ASSERT_OK(slot_wait_added(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* Only the driver's own look at the slot tells it of the card. */
TEST_F_TIMEOUT(suspend, card_added_without_event, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	if (!fall_asleep(guest))
		SKIP(return, "%s", guest->result.skip);
	since = guest->agent.now;
	ASSERT_OK(slot_plug(guest, &self->card));
	ASSERT_OK(slot_clear_events(guest, 0));
	ASSERT_OK(guest_resume(guest));
	ASSERT_OK(slot_wait_added(guest, &self->card, since));
}

TEST_F_TIMEOUT(suspend, card_removed, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	if (!fall_asleep(guest))
		SKIP(return, "%s", guest->result.skip);
	since = guest->agent.now;
	ASSERT_OK(slot_surprise_remove(guest, &self->card));
	ASSERT_OK(guest_resume(guest));
	ASSERT_OK(slot_wait_gone(guest, &self->card, since));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

/* As in slot_use.*.swapped, QEMU takes the other card away with the slot's power. */
TEST_F_TIMEOUT(suspend, card_swapped, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	if (!fall_asleep(guest))
		SKIP(return, "%s", guest->result.skip);
	since = guest->agent.now;
	ASSERT_OK(slot_surprise_remove(guest, &self->card));
	ASSERT_OK(slot_plug(guest, &self->other));
	ASSERT_OK(guest_resume(guest));
	ASSERT_OK(slot_wait_gone(guest, &self->card, since));
	ASSERT_OK(slot_wait_deleted(guest, &self->other));
	ASSERT_OK(slot_hot_add(guest, &self->other));
}

/* A switch with a slot of its own, which leaves while the guest sleeps. */
FIXTURE(suspend_nested)
{
	struct guest guest;
	struct plug card;
	struct plug inner;
};

FIXTURE_VARIANT(suspend_nested)
{
	const char *inner_card;
	bool inner_leaves_first;
};

FIXTURE_VARIANT_ADD(suspend_nested, empty) { };
FIXTURE_VARIANT_ADD(suspend_nested, occupied) {
	.inner_card = "e1000e,id=inner,bus=port1,romfile=",
};

FIXTURE_VARIANT_ADD(suspend_nested, emptied) {
	.inner_card = "e1000e,id=inner,bus=port1,romfile=",
	.inner_leaves_first = true,
};

FIXTURE_SETUP(suspend_nested)
{
	struct guest_setup setup = {
		.port = PORT_IOH3420,
		.nested = true,
		.device = variant->inner_card,
	};

	self->card = nested_switch();
	self->inner = e1000e("inner");
	self->inner.port = 1;
	boot_guest(_metadata, variant, &self->guest, &setup);
}

FIXTURE_TEARDOWN(suspend_nested)
{
	end_guest(_metadata, &self->guest);
}

/* Nothing may be expected of the port that is gone with the switch. */
TEST_F_TIMEOUT(suspend_nested, switch_removed, TIMEOUT_S)
{
	struct plug card = e1000e("dev0");
	struct guest *guest = &self->guest;
	struct moment since;

	if (!fall_asleep(guest))
		SKIP(return, "%s", guest->result.skip);
	since = guest->agent.now;
	ASSERT_OK(variant->inner_leaves_first ? slot_surprise_remove(guest,
								     &self->inner) : 0);
	ASSERT_OK(slot_surprise_remove(guest, &self->card));
	ASSERT_OK(guest_resume(guest));
	ASSERT_OK(slot_wait_gone(guest, &self->card, since));
	ASSERT_OK(guest_find_ports(guest));
	ASSERT_EQ(1, guest->n_ports);
	ASSERT_OK(slot_hot_add(guest, &card));
}

FIXTURE(runtime_suspend)
{
	struct guest guest;
	struct fake_pm pm;
	struct plug card;
};

FIXTURE_VARIANT(runtime_suspend)
{
	const char *port;
};

FIXTURE_VARIANT_ADD(runtime_suspend, ioh3420) { .port = PORT_IOH3420 };
FIXTURE_VARIANT_ADD(runtime_suspend, pcie_root_port) { .port = PORT_PCIE_ROOT_PORT };
FIXTURE_VARIANT_ADD(runtime_suspend, xio3130) { .port = PORT_XIO3130 };

FIXTURE_SETUP(runtime_suspend)
{
	struct guest_setup setup = {
		.port = variant->port,
		.cmdline = "pcie_port_pm=force",
	};

	self->card = virtio_net(0, 0);
	boot_guest(_metadata, variant, &self->guest, &setup);
}

FIXTURE_TEARDOWN(runtime_suspend)
{
	end_guest(_metadata, &self->guest);
}

static int port_power(struct guest *guest, const char *control)
{
	return guest_request(guest,
			     "write /sys/bus/pci/devices/%s/power/control %s",
			     guest->ports[0].bdf, control);
}

static bool is_suspended(struct guest *guest)
{
	struct port_regs regs;

	return !port_read_regs(guest, 0, &regs) && regs.runtime_suspended;
}

/*
 * Whether the port suspends is the kernel's choice. It allows D3 for the port when a card
 * that can be in D3cold has been added, and suspends it when the card has gone.
 */
static int let_port_suspend(struct guest *guest, const struct plug *card)
{
	return slot_hot_add(guest, card) ?: slot_hot_remove(guest, card) ?:
	       port_power(guest, "auto") ?:
	       guest_request(guest, "sleep %d", SUSPEND_MS);
}

/* A port without a Power Management capability can only interrupt. */
TEST_F_TIMEOUT(runtime_suspend, card_added, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(let_port_suspend(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

TEST_F_TIMEOUT(runtime_suspend, awake_again, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(let_port_suspend(guest, &self->card));
	ASSERT_OK(slot_check_can_signal(guest, 0));
	ASSERT_OK(slot_write_attribute(guest, 0, "attention", "1"));
	ASSERT_OK(port_power(guest, "on"));
	ASSERT_FALSE(is_suspended(guest));
	ASSERT_OK(slot_check_attention(guest, 0, PCI_EXP_SLTCTL_ATTN_IND_ON));
	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/*
 * The kernel does not look for PME below a port that is suspended. The ports above may
 * be, though they have no Power Management capability.
 */
static int keep_switch_awake(struct guest *guest)
{
	if (!topology_is_switch(guest->setup.port))
		return 0;

	return guest_request(guest,
			     "write /sys/bus/pci/devices/%s/../power/control on",
			     guest->ports[0].bdf);
}

/* The kernel finds the port with a Power Management capability. */
static int find_port_with_pm(FIXTURE_DATA(runtime_suspend) *self,
			     uint16_t pme_support)
{
	struct guest *guest = &self->guest;
	const char *bdf = guest->ports[0].bdf;

	return keep_switch_awake(guest) ?: port_power(guest, "on") ?:
	       fake_pm_init(&self->pm, guest, 0, pme_support) ?:
	       guest_request(guest, "write /sys/bus/pci/devices/%s/remove 1",
			     bdf) ?:
	       guest_request(guest, "write /sys/bus/pci/rescan 1");
}

static int lose_pm(FIXTURE_DATA(runtime_suspend) *self)
{
	return port_power(&self->guest, "on") ?: fake_pm_cleanup(&self->pm);
}

/* It signals PME for the card, and the kernel wakes it. */
TEST_F_TIMEOUT(runtime_suspend, port_with_pme_wakes, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct port_regs regs;
	int ret;

	ret = find_port_with_pm(self, PCI_PM_CAP_PME_D0 | PCI_PM_CAP_PME_D3hot);
	if (guest->result.skip[0])
		SKIP(return, "%s", guest->result.skip);
	ASSERT_OK(ret);

	for (int i = 0; i < 2; i++) {
		ASSERT_OK(let_port_suspend(guest, &self->card));
		ASSERT_OK(port_read_regs(guest, 0, &regs));
		ASSERT_TRUE(regs.runtime_suspended);
		EXPECT_TRUE(regs.can_signal_pme);
		EXPECT_EQ(0, regs.slot_control & PCI_EXP_SLTCTL_HPIE);
		self->pm.signals = 0;
		ASSERT_OK(slot_hot_add(guest, &self->card));
		EXPECT_FALSE(is_suspended(guest));
		EXPECT_EQ(1, self->pm.signals);
		ASSERT_OK(slot_hot_remove(guest, &self->card));
	}
	ASSERT_OK(lose_pm(self));
}

/* In D3hot, Slot Control can be written. It is restored as the port wakes. */
TEST_F_TIMEOUT(runtime_suspend, attention_written_while_suspended, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	int ret;

	ret = find_port_with_pm(self, PCI_PM_CAP_PME_D0 | PCI_PM_CAP_PME_D3hot);
	if (guest->result.skip[0])
		SKIP(return, "%s", guest->result.skip);
	ASSERT_OK(ret);

	ASSERT_OK(let_port_suspend(guest, &self->card));
	ASSERT_TRUE(is_suspended(guest));
	ASSERT_OK(slot_write_attribute(guest, 0, "attention", "1"));
	EXPECT_TRUE(is_suspended(guest));
	ASSERT_OK(lose_pm(self));
	ASSERT_OK(slot_check_attention(guest, 0, PCI_EXP_SLTCTL_ATTN_IND_ON));
}

/* What must be so of a port that could signal no event if it were suspended. */
static void check_stays_awake(struct __test_metadata *_metadata,
			      FIXTURE_DATA(runtime_suspend) *self,
			      uint16_t pme_support)
{
	struct guest *guest = &self->guest;
	int ret;

	ret = find_port_with_pm(self, pme_support);
	if (guest->result.skip[0])
		SKIP(return, "%s", guest->result.skip);
	ASSERT_OK(ret);
	ASSERT_OK(let_port_suspend(guest, &self->card));
	EXPECT_FALSE(is_suspended(guest));
	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(lose_pm(self));
}

TEST_F_TIMEOUT(runtime_suspend, port_without_pme_stays_awake, TIMEOUT_S)
{
	check_stays_awake(_metadata, self, 0);
}

/* In D0 a port signals no PME for its slot, and nothing takes this one to D3cold. */
TEST_F_TIMEOUT(runtime_suspend, port_with_pme_in_other_states_stays_awake, TIMEOUT_S)
{
	check_stays_awake(_metadata, self,
			  PCI_PM_CAP_PME_D0 | PCI_PM_CAP_PME_D3cold);
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
