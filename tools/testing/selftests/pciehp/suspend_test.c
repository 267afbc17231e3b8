// SPDX-License-Identifier: GPL-2.0-only
/* Hot-add and hot-remove while the guest or only the port is suspended. */
#include "guest_fixture.h"

/* Guest time, in seconds, after which the clock wakes the guest. */
#define SLEEP_S		"20"

/* Guest time in which a port that is idle suspends. */
#define SUSPEND_MS	5000

/* Guest time after the resume in which a wrong removal would come. */
#define RESUMED_MS	3000

/* The kernel calls it to resume devices, when all of them are still suspended. */
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

/* Set the clock that wakes the guest. Return NULL, or why that is not possible. */
static const char *prepare_wakeup(struct guest *guest, uint64_t *last_moment)
{
	const char *why = guest_cannot_wake(guest);

	if (why)
		return why;
	if (guest_find_symbol(guest, LAST_MOMENT, last_moment))
		return "the kernel tells no addresses of its functions";
	if (guest_write(guest, "/sys/class/rtc/rtc0/wakealarm", "+" SLEEP_S))
		return "the guest's clock cannot wake it";

	return NULL;
}

/* Suspend to idle. The machine stops after the clock has woken the guest. */
static bool suspend_to_last_moment(struct guest *guest)
{
	uint64_t last_moment;
	const char *why;

	why = prepare_wakeup(guest, &last_moment);
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
	if (!suspend_to_last_moment(guest))
		SKIP(return, "%s", guest->result.skip);
	ASSERT_OK(guest_resume(guest));
	slot_function_bdf(guest, 0, 0, bdf);
	EXPECT_EQ(-ETIMEDOUT, guest_wait_event(guest, "remove", bdf, since,
					       RESUMED_MS));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

TEST_F_TIMEOUT(suspend, card_added, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	if (!suspend_to_last_moment(guest))
		SKIP(return, "%s", guest->result.skip);
	since = guest->agent.now;
	ASSERT_OK(slot_plug(guest, &self->card));
	ASSERT_OK(guest_resume(guest));
	ASSERT_OK(slot_wait_added(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* No event tells the driver of the card: it must look at the slot when it resumes. */
TEST_F_TIMEOUT(suspend, card_added_without_event, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	if (!suspend_to_last_moment(guest))
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
	if (!suspend_to_last_moment(guest))
		SKIP(return, "%s", guest->result.skip);
	since = guest->agent.now;
	ASSERT_OK(slot_surprise_remove(guest, &self->card));
	ASSERT_OK(guest_resume(guest));
	ASSERT_OK(slot_wait_gone(guest, &self->card, since));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

/* As in slot_use.*.swapped, QEMU removes the other card with the slot's power. */
TEST_F_TIMEOUT(suspend, card_swapped, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	if (!suspend_to_last_moment(guest))
		SKIP(return, "%s", guest->result.skip);
	since = guest->agent.now;
	ASSERT_OK(slot_surprise_remove(guest, &self->card));
	ASSERT_OK(slot_plug(guest, &self->other));
	ASSERT_OK(guest_resume(guest));
	ASSERT_OK(slot_wait_gone(guest, &self->card, since));
	ASSERT_OK(slot_wait_deleted(guest, &self->other));
	ASSERT_OK(slot_hot_add(guest, &self->other));
}

/* A switch with a slot of its own is removed while the guest is suspended. */
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
	.inner_card = E1000E_NESTED_AT_BOOT,
};

FIXTURE_VARIANT_ADD(suspend_nested, emptied) {
	.inner_card = E1000E_NESTED_AT_BOOT,
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

/* The port of the nested slot goes with the switch, so no check may use it. */
TEST_F_TIMEOUT(suspend_nested, switch_removed, TIMEOUT_S)
{
	struct plug card = e1000e("dev0");
	struct guest *guest = &self->guest;
	struct moment since;

	if (!suspend_to_last_moment(guest))
		SKIP(return, "%s", guest->result.skip);
	since = guest->agent.now;
	if (variant->inner_leaves_first)
		ASSERT_OK(slot_surprise_remove(guest, &self->inner));
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

/* "auto" allows the kernel to suspend the port, "on" resumes it. */
static int write_power_control(struct guest *guest, const char *control)
{
	char path[SLOT_PATH_SIZE];

	sysfs_device_file(guest->ports[0].bdf, "power/control", path);

	return guest_write(guest, path, control);
}

static bool is_suspended(struct guest *guest)
{
	struct port_regs regs;

	return !port_read_regs(guest, 0, &regs) && regs.runtime_suspended;
}

/*
 * Let the port suspend, if the kernel chooses to. It allows D3 for the port when a card
 * that can be in D3cold has been added, and suspends the port when the card has gone.
 */
static int let_port_suspend(struct guest *guest, const struct plug *card)
{
	return slot_hot_add(guest, card) ?: slot_hot_remove(guest, card) ?:
	       write_power_control(guest, "auto") ?:
	       guest_sleep(guest, SUSPEND_MS);
}

/* A port without a Power Management capability can signal events only by interrupts. */
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
	ASSERT_OK(write_power_control(guest, "on"));
	ASSERT_FALSE(is_suspended(guest));
	ASSERT_OK(slot_check_attention(guest, 0, PCI_EXP_SLTCTL_ATTN_IND_ON));
	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/*
 * The kernel does not look for PME below a port that is suspended. It may suspend the
 * upstream port, although that has no Power Management capability.
 */
static int keep_switch_awake(struct guest *guest)
{
	char path[SLOT_PATH_SIZE];

	if (!topology_is_switch(guest->setup.port))
		return 0;
	sysfs_device_file(guest->ports[0].bdf, "../power/control", path);

	return guest_write(guest, path, "on");
}

/* Make the kernel find the port again, with a Power Management capability. */
static int find_port_with_pm(FIXTURE_DATA(runtime_suspend) *self,
			     uint16_t pme_support)
{
	struct guest *guest = &self->guest;

	return keep_switch_awake(guest) ?: write_power_control(guest, "on") ?:
	       fake_pm_init(&self->pm, guest, 0, pme_support) ?:
	       sysfs_remove_device(guest, guest->ports[0].bdf) ?:
	       sysfs_rescan(guest);
}

static int remove_fake_pm(FIXTURE_DATA(runtime_suspend) *self)
{
	return write_power_control(&self->guest, "on") ?: fake_pm_cleanup(&self->pm);
}

/* The suspended port signals PME for the card, and the kernel resumes the port. */
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
	ASSERT_OK(remove_fake_pm(self));
}

/* Slot Control can be written in D3hot. The kernel restores it when the port resumes. */
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
	ASSERT_OK(remove_fake_pm(self));
	ASSERT_OK(slot_check_attention(guest, 0, PCI_EXP_SLTCTL_ATTN_IND_ON));
}

/* A port must not be suspended if it could signal no event then. */
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
	ASSERT_OK(remove_fake_pm(self));
}

TEST_F_TIMEOUT(runtime_suspend, port_without_pme_stays_awake, TIMEOUT_S)
{
	check_stays_awake(_metadata, self, 0);
}

/* A port signals no PME for its slot in D0, and this port never goes to D3cold. */
TEST_F_TIMEOUT(runtime_suspend, port_with_pme_in_other_states_stays_awake, TIMEOUT_S)
{
	check_stays_awake(_metadata, self,
			  PCI_PM_CAP_PME_D0 | PCI_PM_CAP_PME_D3cold);
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
