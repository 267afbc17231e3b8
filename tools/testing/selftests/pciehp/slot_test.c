// SPDX-License-Identifier: GPL-2.0-only
/* What people and programs do to a slot, one thing after another and at once. */
#include <stdlib.h>

#include "guest_fixture.h"

/* Guest time. PCIe Base Spec sec. 6.7.1.5 gives the attention button 5 s. */
#define BUTTON_MS	5000
#define AFTER_BUTTON_MS	(BUTTON_MS + 3000)
#define JOIN_MS		30000
#define ADD_MS		15000

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

static int press_button(struct guest *guest, const struct plug *card)
{
	return slot_request_unplug(guest, card) ?:
	       guest_request(guest, "sleep 1000");
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

/* The guest itself turns the slot's power off, past its driver. */
TEST_F_TIMEOUT(slot_use, power_lost, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct port_regs regs;
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &self->pullable));
	ASSERT_OK(port_read_regs(guest, 0, &regs));
	since = guest->agent.now;
	ASSERT_OK(port_write_slot_control(guest, 0, regs.slot_control |
					  PCI_EXP_SLTCTL_PWR_OFF |
					  PCI_EXP_SLTCTL_PWR_IND_OFF));
	ASSERT_OK(slot_wait_gone(guest, &self->pullable, since));
	ASSERT_OK(slot_hot_add(guest, &self->pullable));
}

/*
 * Another card is in the slot before the driver knows. It takes the slot's power
 * off on behalf of the first, and with that QEMU takes the other away too; so all
 * that can be asked for is that nothing of either is left.
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

/* The guest has the new card, or it and QEMU have none, which then comes once more. */
static int have_card(struct guest *guest, const struct plug *card)
{
	char bdf[BDF_SIZE];
	int ret;

	slot_function_bdf(guest, card->port, card->function, bdf);
	ret = guest_request(guest, "quiet 1500 %d", JOIN_MS) ?:
	      guest_request(guest, "exists /sys/bus/pci/devices/%s", bdf);
	if (ret || !strcmp(guest->agent.text, "yes"))
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
		ASSERT_OK(guest_request(guest, "sleep %d",
					empty_ms[i % ARRAY_SIZE(empty_ms)]));
		ASSERT_OK(slot_plug(guest, new));
		ASSERT_OK(slot_wait_gone(guest, old, since));
		ASSERT_OK(have_card(guest, new));
		card = old;
		old = new;
		new = card;
	}
	ASSERT_OK(slot_hot_remove(guest, old));
}

/*
 * The button's work must not outlive what it was for: the next press has its
 * full 5 s.
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

/* The slot is on: nothing changes, and the button's removal goes on. */
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

/* Commands of others, hundreds of them, in between those of the driver. */
TEST_F_TIMEOUT(slot_use, attention_written_by_four, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	char path[SLOT_PATH_SIZE];

	ASSERT_OK(slot_attribute(guest, 0, "attention", path));
	for (int i = 0; i < 4; i++)
		ASSERT_OK(guest_request(guest, "start repeat 100 write %s %d",
					path, i % 2));
	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(guest_request(guest, "join %d", JOIN_MS));
	EXPECT_EQ(NULL, strstr(guest->agent.text, "error"));

	for (int i = 0; i < 4; i++)
		ASSERT_OK(guest_request(guest, "start repeat 100 write %s %d",
					path, i % 2));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(guest_request(guest, "join %d", JOIN_MS));
	EXPECT_EQ(NULL, strstr(guest->agent.text, "error"));
}

/* The service of the port that pciehp drives, by "bind" or "unbind". */
static int drive(struct guest *guest, const char *verb)
{
	char request[SLOT_PATH_SIZE];

	slot_service_request(guest, 0, verb, request, sizeof(request));

	return guest_request(guest, "%s", request);
}

TEST_F_TIMEOUT(slot_use, unbound_port_is_silent, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(drive(guest, "unbind"));
	ASSERT_OK(slot_plug(guest, &self->card));
	ASSERT_OK(guest_request(guest, "sleep 2000"));
	guest->ports[0].unbound = true;
	/* its power is off, so that nobody need be asked */
	ASSERT_OK(slot_request_unplug(guest, &self->card));
	ASSERT_OK(slot_wait_deleted(guest, &self->card));
}

TEST_F_TIMEOUT(slot_use, added_while_unbound, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since = guest->agent.now;

	ASSERT_OK(drive(guest, "unbind"));
	ASSERT_OK(slot_plug(guest, &self->card));
	ASSERT_OK(guest_request(guest, "sleep 2000"));
	ASSERT_OK(drive(guest, "bind"));
	ASSERT_OK(slot_wait_added(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* Only the driver's own look at the slot tells it of the card. */
TEST_F_TIMEOUT(slot_use, added_while_unbound_without_event, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since = guest->agent.now;

	ASSERT_OK(drive(guest, "unbind"));
	ASSERT_OK(slot_plug(guest, &self->card));
	ASSERT_OK(slot_clear_events(guest, 0));
	ASSERT_OK(drive(guest, "bind"));
	ASSERT_OK(slot_wait_added(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

TEST_F_TIMEOUT(slot_use, removed_while_unbound, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &self->pullable));
	ASSERT_OK(drive(guest, "unbind"));
	since = guest->agent.now;
	ASSERT_OK(slot_surprise_remove(guest, &self->pullable));
	ASSERT_OK(drive(guest, "bind"));
	ASSERT_OK(slot_wait_gone(guest, &self->pullable, since));
	ASSERT_OK(slot_hot_add(guest, &self->pullable));
}

TEST_F_TIMEOUT(slot_use, bound_again_with_card, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	since = guest->agent.now;
	ASSERT_OK(drive(guest, "unbind"));
	ASSERT_OK(drive(guest, "bind"));
	ASSERT_OK(slot_check_stays(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/* Nobody is there any more to do what the blinking announces. */
TEST_F_TIMEOUT(slot_use, unbound_while_button_pending, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	since = guest->agent.now;
	ASSERT_OK(press_button(guest, &self->card));
	ASSERT_OK(drive(guest, "unbind"));
	ASSERT_OK(drive(guest, "bind"));
	ASSERT_OK(slot_check_stays(guest, &self->card, since));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

static void device_file(struct guest *guest, const struct plug *card,
			const char *name, char path[SLOT_PATH_SIZE])
{
	char bdf[BDF_SIZE];

	slot_function_bdf(guest, card->port, card->function, bdf);
	snprintf(path, SLOT_PATH_SIZE, "/sys/bus/pci/devices/%s/%s", bdf, name);
}

/* The kernel forgets the device; the slot still has it, and lets it go. */
TEST_F_TIMEOUT(slot_use, forgotten_then_removed, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	char path[SLOT_PATH_SIZE];
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	device_file(guest, &self->card, "remove", path);
	since = guest->agent.now;
	ASSERT_OK(guest_request(guest, "write %s 1", path));
	ASSERT_OK(slot_wait_gone(guest, &self->card, since));
	ASSERT_OK(slot_request_unplug(guest, &self->card));
	ASSERT_OK(guest_request(guest, "sleep %d", AFTER_BUTTON_MS));
	ASSERT_OK(slot_wait_deleted(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

TEST_F_TIMEOUT(slot_use, rescanned_while_button_pending, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	char path[SLOT_PATH_SIZE];
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	device_file(guest, &self->card, "remove", path);
	ASSERT_OK(press_button(guest, &self->card));
	since = guest->agent.now;
	ASSERT_OK(guest_request(guest, "write %s 1", path));
	ASSERT_OK(slot_wait_gone(guest, &self->card, since));
	ASSERT_OK(guest_request(guest, "write /sys/bus/pci/rescan 1"));
	ASSERT_OK(slot_wait_added(guest, &self->card, since));
	ASSERT_OK(slot_wait_removed(guest, &self->card, since));
}

/* Both take locks on the way to the device, and must not wait for each other. */
TEST_F_TIMEOUT(slot_use, forgotten_against_power_off, TIMEOUT_S)
{
	char power[SLOT_PATH_SIZE], path[SLOT_PATH_SIZE];
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	device_file(guest, &self->card, "remove", path);
	ASSERT_OK(slot_attribute(guest, 0, "power", power));
	since = guest->agent.now;
	ASSERT_OK(guest_request(guest, "start write %s 0", power));
	ASSERT_OK(guest_request(guest, "start write %s 1", path));
	ASSERT_OK(guest_request(guest, "start write /sys/bus/pci/rescan 1"));
	ASSERT_OK(slot_wait_gone(guest, &self->card, since));
	ASSERT_OK(guest_request(guest, "join %d", JOIN_MS));
	ASSERT_OK(guest_request(guest, "quiet 2000 %d", JOIN_MS));
	ASSERT_OK(slot_wait_deleted(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

/* How often the handler has been called, for whatever reason. */
static int count_interrupts(struct guest *guest, unsigned long *count)
{
	int ret;

	ret = guest_request(guest, "interrupts pciehp");
	if (!ret)
		*count = strtoul(guest->agent.text, NULL, 10);

	return ret;
}

/* Without function 0, there is no card: nothing is to tell of it. */
TEST_F_TIMEOUT(slot_use, function_1_taken_back_before_0_comes, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct plug other = virtio_net(0, 1);
	unsigned long before, after;
	char bdf[BDF_SIZE];
	struct moment since;
	int ret;

	slot_function_bdf(guest, 0, 1, bdf);
	ASSERT_OK(count_interrupts(guest, &before));
	since = guest->agent.now;
	ASSERT_OK(slot_plug(guest, &other));
	ASSERT_OK(guest_request(guest, "sleep 1000"));
	ASSERT_OK(slot_request_unplug(guest, &other));
	ASSERT_OK(slot_wait_deleted(guest, &other));
	ret = guest_wait_event(guest, "add", bdf, since, AFTER_BUTTON_MS);
	if (!ret)
		result_problem(&guest->result, "the guest has seen %s", bdf);
	ASSERT_TRUE(!ret || ret == -ETIMEDOUT);
	ASSERT_OK(count_interrupts(guest, &after));
	if (before != after)
		result_problem(&guest->result, "the port has interrupted for %s", bdf);

	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(count_interrupts(guest, &before));
	EXPECT_LT(after, before);
	ASSERT_OK(slot_hot_remove(guest, &self->card));
}

/*
 * An event between the handler's read of Slot Status and its write, which clears
 * only what was read: with MSI no message tells of it, for not all events were
 * clear (PCIe Base Spec sec. 6.7.3.4). The handler must look again.
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
			  ADD_MS);

	ASSERT_OK(slot_complete_command(guest, 0));
	ASSERT_OK(guest_request_to(guest, clear, request));
	ASSERT_OK(slot_plug(guest, &self->card));
	ret = guest_resume(guest);
	if (ret == -ETIMEDOUT)
		result_lost(&guest->result, "the hot-add is lost");
	ASSERT_OK(ret);
}

/* What is for the handler's thread must still be there when that runs. */
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
			  ADD_MS);

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
