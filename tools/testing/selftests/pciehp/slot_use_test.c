// SPDX-License-Identifier: GPL-2.0-only
/* Events in a slot and writes to its attributes, one after the other and at once. */
#include "guest_fixture.h"

/* Guest time in which a driver would notice an event, if it were bound. */
#define UNBOUND_MS	2000

/* Guest time without a uevent after which no more of the same cause come. */
#define QUIET_MS	1500
#define RESCAN_QUIET_MS	2000

FIXTURE(slot_use)
{
	struct guest guest;
	struct plug card;
	struct plug pullable;
};

FIXTURE_VARIANT(slot_use)
{
	const char *port;
};

FIXTURE_VARIANT_ADD(slot_use, ioh3420) { .port = PORT_IOH3420 };
FIXTURE_VARIANT_ADD(slot_use, pcie_root_port) { .port = PORT_PCIE_ROOT_PORT };
FIXTURE_VARIANT_ADD(slot_use, xio3130) { .port = PORT_XIO3130 };

FIXTURE_SETUP(slot_use)
{
	self->card = virtio_net(0, 0);
	self->pullable = e1000e("pullable");
	boot_guest(_metadata, variant, &self->guest,
		   &(struct guest_setup){ .port = variant->port });
}

FIXTURE_TEARDOWN(slot_use)
{
	end_guest(_metadata, &self->guest);
}

TEST_F_TIMEOUT(slot_use, surprise_removal, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &self->pullable));
	since = guest->agent.now;
	ASSERT_OK(slot_surprise_remove(guest, &self->pullable));
	ASSERT_OK(slot_wait_gone(guest, &self->pullable, since));
	ASSERT_OK(slot_hot_add(guest, &self->pullable));
}

static int turn_power_off_behind_driver(struct guest *guest,
					const struct port_regs *regs)
{
	return port_write_slot_control(guest, 0, regs->slot_control |
				       PCI_EXP_SLTCTL_PWR_OFF |
				       PCI_EXP_SLTCTL_PWR_IND_OFF);
}

/* The slot loses its power, and its driver did not turn it off. */
TEST_F_TIMEOUT(slot_use, power_lost, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct port_regs regs;
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &self->pullable));
	ASSERT_OK(port_read_regs(guest, 0, &regs));
	since = guest->agent.now;
	ASSERT_OK(turn_power_off_behind_driver(guest, &regs));
	ASSERT_OK(slot_wait_gone(guest, &self->pullable, since));
	ASSERT_OK(slot_hot_add(guest, &self->pullable));
}

/*
 * Another card is in the slot before the driver notices the removal. The driver powers
 * the slot off for the first card, and with the power QEMU removes the other card. So
 * the case can only require that both cards are gone.
 */
TEST_F_TIMEOUT(slot_use, swapped, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &self->pullable));
	since = guest->agent.now;
	ASSERT_OK(slot_surprise_remove(guest, &self->pullable));
	ASSERT_OK(slot_plug(guest, &self->card));
	ASSERT_OK(slot_wait_gone(guest, &self->pullable, since));
	ASSERT_OK(slot_wait_deleted(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

/*
 * After a swap, the guest has the new card, or QEMU has removed it with the slot's
 * power. In that case, plug it again.
 */
static int add_new_card_if_removed(struct guest *guest, const struct plug *card)
{
	bool has_card;
	int ret;

	ret = guest_wait_quiet(guest, QUIET_MS, JOIN_MS) ?:
	      sysfs_has_function(guest, card, &has_card);
	if (ret || has_card)
		return ret;

	return slot_wait_deleted(guest, card) ?: slot_hot_add(guest, card);
}

TEST_F_TIMEOUT(slot_use, swapped_twenty_times, TIMEOUT_S)
{
	static const int empty_ms[] = { 1, 2, 5, 10, 50 };
	struct plug cards[] = { e1000e("dev0"), e1000e("dev1") };
	struct guest *guest = &self->guest;
	struct plug *old = &cards[0], *new = &cards[1], *card;
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, old));
	for (int i = 0; i < 20; i++) {
		since = guest->agent.now;
		ASSERT_OK(slot_surprise_remove(guest, old));
		ASSERT_OK(guest_sleep(guest, empty_ms[i % ARRAY_SIZE(empty_ms)]));
		ASSERT_OK(slot_plug(guest, new));
		ASSERT_OK(slot_wait_gone(guest, old, since));
		ASSERT_OK(add_new_card_if_removed(guest, new));
		card = old;
		old = new;
		new = card;
	}
	ASSERT_OK(slot_hot_remove(guest, old));
}

static int expect_attribute(struct guest *guest, const char *attribute,
			    int expected)
{
	char path[SLOT_PATH_SIZE];
	int ret, value;

	ret = slot_attribute(guest, 0, attribute, path) ?:
	      guest_request(guest, "read %s", path);
	if (ret)
		return ret;
	value = atoi(guest->agent.text);
	if (value != expected)
		result_problem(&guest->result, "the slot's %s is %d, not %d",
			       attribute, value, expected);

	return 0;
}

/* Power, and presence of a card. */
static int expect_state(struct guest *guest, int power, int adapter)
{
	return expect_attribute(guest, "power", power) ?:
	       expect_attribute(guest, "adapter", adapter);
}

TEST_F_TIMEOUT(slot_use, attributes_tell_state, TIMEOUT_S)
{
	static const int indicator[] = { 1, 2, 0 };
	struct guest *guest = &self->guest;
	char latch[SLOT_PATH_SIZE];
	char value[4];
	bool has_latch;

	ASSERT_OK(expect_state(guest, 0, 0));
	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(expect_state(guest, 1, 1));
	ASSERT_OK(slot_write_attribute(guest, 0, "power", "0"));
	ASSERT_OK(expect_attribute(guest, "power", 0));
	for (size_t i = 0; i < ARRAY_SIZE(indicator); i++) {
		snprintf(value, sizeof(value), "%d", indicator[i]);
		ASSERT_OK(slot_write_attribute(guest, 0, "attention", value));
		ASSERT_OK(expect_attribute(guest, "attention", indicator[i]));
	}

	/* QEMU's ports have no sensor of a latch. */
	ASSERT_OK(slot_attribute(guest, 0, "latch", latch));
	ASSERT_OK(guest_has_file(guest, latch, &has_latch));
	EXPECT_FALSE(has_latch);
}

static int expect_said(struct guest *guest, const char *message)
{
	int ret = guest_fetch_log(guest);

	if (!ret && !strstr(guest->log, message))
		result_problem(&guest->result, "the kernel did not say \"%s\"",
			       message);

	return ret;
}

/* Before v6.5, the driver said what happens, not when. */
static int expect_press_said(struct guest *guest, const char *power)
{
	char message[64], before_v6_5[64];
	int ret;

	snprintf(message, sizeof(message),
		 "Button press: will power %s in 5 sec", power);
	snprintf(before_v6_5, sizeof(before_v6_5),
		 "Powering %s due to button press", power);
	ret = guest_fetch_log(guest);
	if (ret || strstr(guest->log, before_v6_5))
		return ret;

	return expect_said(guest, message);
}

/* Administrators read why a card came or went. */
TEST_F_TIMEOUT(slot_use, changes_are_logged, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(expect_said(guest, " AttnBtn+ PwrCtrl+ MRL- "));
	ASSERT_OK(slot_hot_add(guest, &self->pullable));
	ASSERT_OK(expect_press_said(guest, "on"));
	ASSERT_OK(expect_said(guest, "Card present"));
	ASSERT_OK(expect_said(guest, "Link Up"));
	slot_write_attribute(guest, 0, "power", "1");
	ASSERT_OK(expect_said(guest, "Already enabled"));

	since = guest->agent.now;
	ASSERT_OK(slot_surprise_remove(guest, &self->pullable));
	ASSERT_OK(slot_wait_gone(guest, &self->pullable, since));
	ASSERT_OK(expect_said(guest, "Card not present"));
	slot_write_attribute(guest, 0, "power", "0");
	ASSERT_OK(expect_said(guest, "Already disabled"));

	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(press_button(guest, &self->card));
	ASSERT_OK(expect_press_said(guest, "off"));
}

/*
 * The removal by the button must be cancelled with the power. The next press, for
 * another card, must have its full 5 s.
 */
TEST_F_TIMEOUT(slot_use, power_off_while_button_pending, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct plug card = self->card;
	struct moment pressed;

	ASSERT_OK(slot_hot_add(guest, &card));
	ASSERT_OK(press_button(guest, &card));
	pressed = guest->agent.now;
	ASSERT_OK(slot_write_attribute(guest, 0, "power", "0"));
	ASSERT_OK(slot_wait_removed(guest, &card, pressed));
	if (guest->agent.now.ns - pressed.ns > BUTTON_MS * 1000000LL)
		result_lost(&guest->result, "power off waited for the attention button");

	card.id = "dev1";
	ASSERT_OK(slot_hot_add(guest, &card));
	pressed = guest->agent.now;
	ASSERT_OK(slot_request_unplug(guest, &card));
	ASSERT_OK(slot_wait_removed(guest, &card, pressed));
	if (guest->agent.now.ns - pressed.ns < BUTTON_MS * 1000000LL)
		result_lost(&guest->result, "the second press of the button had less than 5 s");
}

/* The slot is on already, so the write must not cancel the removal by the button. */
TEST_F_TIMEOUT(slot_use, power_on_while_button_pending, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment pressed;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	pressed = guest->agent.now;
	ASSERT_OK(press_button(guest, &self->card));
	slot_write_attribute(guest, 0, "power", "1");
	ASSERT_OK(slot_wait_removed(guest, &self->card, pressed));
}

static int start_four_writers(struct guest *guest, const char *attention)
{
	int ret = 0;

	for (int i = 0; !ret && i < 4; i++)
		ret = guest_start_write_times(guest, 100, attention,
					      i % 2 ? "1" : "0");

	return ret;
}

/* Hundreds of commands are written in between those of a hot-add and a hot-remove. */
TEST_F_TIMEOUT(slot_use, attention_written_by_four, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	char attention[SLOT_PATH_SIZE];

	ASSERT_OK(slot_attribute(guest, 0, "attention", attention));
	ASSERT_OK(start_four_writers(guest, attention));
	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(guest_join(guest, JOIN_MS));
	EXPECT_TRUE(guest_joined_without_error(guest));

	ASSERT_OK(start_four_writers(guest, attention));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(guest_join(guest, JOIN_MS));
	EXPECT_TRUE(guest_joined_without_error(guest));
}

TEST_F_TIMEOUT(slot_use, unbound_port_is_silent, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(sysfs_unbind_pciehp(guest, 0));
	ASSERT_OK(slot_plug(guest, &self->card));
	ASSERT_OK(guest_sleep(guest, UNBOUND_MS));
	guest->ports[0].unbound = true;
	/* its power is off, so QEMU removes the card without asking the guest */
	ASSERT_OK(slot_request_unplug(guest, &self->card));
	ASSERT_OK(slot_wait_deleted(guest, &self->card));
}

TEST_F_TIMEOUT(slot_use, added_while_unbound, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since = guest->agent.now;

	ASSERT_OK(sysfs_unbind_pciehp(guest, 0));
	ASSERT_OK(slot_plug(guest, &self->card));
	ASSERT_OK(guest_sleep(guest, UNBOUND_MS));
	ASSERT_OK(sysfs_bind_pciehp(guest, 0));
	ASSERT_OK(slot_wait_added(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* No event tells the driver of the card: it must look at the slot when it is bound. */
TEST_F_TIMEOUT(slot_use, added_while_unbound_without_event, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since = guest->agent.now;

	ASSERT_OK(sysfs_unbind_pciehp(guest, 0));
	ASSERT_OK(slot_plug(guest, &self->card));
	ASSERT_OK(slot_clear_events(guest, 0));
	ASSERT_OK(sysfs_bind_pciehp(guest, 0));
	ASSERT_OK(slot_wait_added(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

TEST_F_TIMEOUT(slot_use, removed_while_unbound, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &self->pullable));
	ASSERT_OK(sysfs_unbind_pciehp(guest, 0));
	since = guest->agent.now;
	ASSERT_OK(slot_surprise_remove(guest, &self->pullable));
	ASSERT_OK(sysfs_bind_pciehp(guest, 0));
	ASSERT_OK(slot_wait_gone(guest, &self->pullable, since));
	ASSERT_OK(slot_hot_add(guest, &self->pullable));
}

TEST_F_TIMEOUT(slot_use, bound_again_with_card, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	since = guest->agent.now;
	ASSERT_OK(sysfs_unbind_pciehp(guest, 0));
	ASSERT_OK(sysfs_bind_pciehp(guest, 0));
	ASSERT_OK(slot_check_kept(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* Unbinding the driver must cancel the removal, also if the driver is bound again. */
TEST_F_TIMEOUT(slot_use, unbound_while_button_pending, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	since = guest->agent.now;
	ASSERT_OK(press_button(guest, &self->card));
	ASSERT_OK(sysfs_unbind_pciehp(guest, 0));
	ASSERT_OK(sysfs_bind_pciehp(guest, 0));
	ASSERT_OK(slot_check_kept(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* The kernel removes the device, and the card stays in the slot until the button. */
TEST_F_TIMEOUT(slot_use, forgotten_then_removed, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;
	char bdf[BDF_SIZE];

	ASSERT_OK(slot_hot_add(guest, &self->card));
	slot_function_bdf(guest, 0, 0, bdf);
	since = guest->agent.now;
	ASSERT_OK(sysfs_remove_device(guest, bdf));
	ASSERT_OK(slot_wait_gone(guest, &self->card, since));
	ASSERT_OK(slot_request_unplug(guest, &self->card));
	ASSERT_OK(guest_sleep(guest, AFTER_BUTTON_MS));
	ASSERT_OK(slot_wait_deleted(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

TEST_F_TIMEOUT(slot_use, rescanned_while_button_pending, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;
	char bdf[BDF_SIZE];

	ASSERT_OK(slot_hot_add(guest, &self->card));
	slot_function_bdf(guest, 0, 0, bdf);
	ASSERT_OK(press_button(guest, &self->card));
	since = guest->agent.now;
	ASSERT_OK(sysfs_remove_device(guest, bdf));
	ASSERT_OK(slot_wait_gone(guest, &self->card, since));
	ASSERT_OK(sysfs_rescan(guest));
	ASSERT_OK(slot_wait_added(guest, &self->card, since));
	ASSERT_OK(slot_wait_removed(guest, &self->card, since));
}

/* The two removals take locks, and must not wait for each other. */
TEST_F_TIMEOUT(slot_use, forgotten_against_power_off, TIMEOUT_S)
{
	char power[SLOT_PATH_SIZE], remove[SLOT_PATH_SIZE];
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	sysfs_function_file(guest, &self->card, "remove", remove);
	ASSERT_OK(slot_attribute(guest, 0, "power", power));
	since = guest->agent.now;
	ASSERT_OK(guest_start_write(guest, power, "0"));
	ASSERT_OK(guest_start_write(guest, remove, "1"));
	ASSERT_OK(guest_start_write(guest, SYSFS_RESCAN, "1"));
	ASSERT_OK(slot_wait_gone(guest, &self->card, since));
	ASSERT_OK(guest_join(guest, JOIN_MS));
	ASSERT_OK(guest_wait_quiet(guest, RESCAN_QUIET_MS, JOIN_MS));
	ASSERT_OK(slot_wait_deleted(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

/* A slot without function 0 is empty, so the port must not interrupt for function 1. */
TEST_F_TIMEOUT(slot_use, function_1_taken_back_before_0_comes, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct plug other = virtio_net(0, 1);
	unsigned long before, after;
	char bdf[BDF_SIZE];
	struct moment since;
	int ret;

	slot_function_bdf(guest, 0, 1, bdf);
	ASSERT_OK(guest_count_interrupts(guest, "pciehp", &before));
	since = guest->agent.now;
	ASSERT_OK(slot_plug(guest, &other));
	ASSERT_OK(guest_sleep(guest, NOTICED_MS));
	ASSERT_OK(slot_request_unplug(guest, &other));
	ASSERT_OK(slot_wait_deleted(guest, &other));
	ret = guest_wait_event(guest, "add", bdf, since, AFTER_BUTTON_MS);
	if (!ret)
		result_problem(&guest->result, "the guest has seen %s", bdf);
	ASSERT_TRUE(!ret || ret == -ETIMEDOUT);
	ASSERT_OK(guest_count_interrupts(guest, "pciehp", &after));
	if (before != after)
		result_problem(&guest->result, "the port has interrupted for %s", bdf);

	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(guest_count_interrupts(guest, "pciehp", &before));
	EXPECT_LT(after, before);
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/*
 * An event occurs between the handler's read of Slot Status and its write, which clears
 * only the events that it read. The port sends no message for the event, as not all
 * events were clear (PCIe Base Spec sec. 6.7.3.4). The handler must read Slot Status
 * again.
 */
TEST_F_TIMEOUT(slot_use, event_while_handler_clears_another, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	char request[128], bdf[BDF_SIZE];
	uint64_t clear;
	int ret;

	if (guest_find_symbol(guest, "pcie_capability_write_word", &clear))
		SKIP(return, "%s",
		     result_skip(&guest->result, "the kernel tells no addresses of its functions"));
	slot_function_bdf(guest, 0, 0, bdf);
	guest_format_wait(request, sizeof(request), "add", bdf, guest->agent.now,
			  SLOT_ADD_TIMEOUT_MS);

	ASSERT_OK(slot_complete_command(guest, 0));
	ASSERT_OK(guest_request_to(guest, clear, request));
	ASSERT_OK(slot_plug(guest, &self->card));
	ret = guest_resume(guest);
	if (ret == -ETIMEDOUT)
		result_lost(&guest->result, "the hot-add is lost");
	ASSERT_OK(ret);
}

/* A command that completes must not hide the event that the thread is to handle. */
TEST_F_TIMEOUT(slot_use, command_completes_before_thread_runs, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	char request[128], bdf[BDF_SIZE];
	uint64_t thread;
	int ret;

	if (guest_find_symbol(guest, "pciehp_ist", &thread))
		SKIP(return, "%s",
		     result_skip(&guest->result, "the kernel tells no addresses of its functions"));
	slot_function_bdf(guest, 0, 0, bdf);
	guest_format_wait(request, sizeof(request), "add", bdf, guest->agent.now,
			  SLOT_ADD_TIMEOUT_MS);

	ASSERT_OK(slot_plug(guest, &self->card));
	ASSERT_OK(guest_request_to(guest, thread, request));
	ASSERT_OK(slot_complete_command(guest, 0));
	ret = guest_resume(guest);
	if (ret == -ETIMEDOUT)
		result_lost(&guest->result, "the hot-add is lost");
	ASSERT_OK(ret);
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
