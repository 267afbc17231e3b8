// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hot-add, hot-remove and Slot Control commands on the machine of the report:
 * one ioh3420 root port.
 */
#include "guest_fixture.h"

FIXTURE(empty_slot)
{
	struct guest guest;
};

FIXTURE_SETUP(empty_slot)
{
	boot_guest(_metadata, variant, &self->guest,
		   &(struct guest_setup){ .port = PORT_IOH3420 });
}

FIXTURE_TEARDOWN(empty_slot)
{
	end_guest(_metadata, &self->guest);
}

/*
 * The driver's commands as it probes the port complete. It takes Intel's ports for broken
 * ones, which do not complete all of them.
 */
TEST_F_TIMEOUT(empty_slot, boot, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(guest_sleep(guest, BOOT_COMMANDS_MS));
	ASSERT_OK(guest_fetch_log(guest));
	EXPECT_NE(NULL, strstr(guest->log, "(with Cmd Compl erratum)"));
}

TEST_F_TIMEOUT(empty_slot, attention_indicator_on_and_off, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_write_attribute(guest, 0, "attention", "1"));
	expect_attention(_metadata, guest, PCI_EXP_SLTCTL_ATTN_IND_ON);
	ASSERT_OK(slot_write_attribute(guest, 0, "attention", "0"));
	expect_attention(_metadata, guest, PCI_EXP_SLTCTL_ATTN_IND_OFF);
}

/* There is no card to power on, and the write must fail. */
TEST_F_TIMEOUT(empty_slot, power_on, TIMEOUT_S)
{
	ASSERT_EQ(-ENODEV, slot_write_attribute(&self->guest, 0, "power", "1"));
}

FIXTURE(hotplug)
{
	struct guest guest;
};

FIXTURE_VARIANT(hotplug)
{
	const char *model;
	const char *driver;
};

FIXTURE_VARIANT_ADD(hotplug, virtio_net_pci)
{
	.model = "virtio-net-pci",
	.driver = "virtio-pci",
};

FIXTURE_VARIANT_ADD(hotplug, e1000e)
{
	.model = "e1000e",
	.driver = "e1000e",
};

FIXTURE_SETUP(hotplug)
{
	boot_guest(_metadata, variant, &self->guest,
		   &(struct guest_setup){ .port = PORT_IOH3420 });
}

FIXTURE_TEARDOWN(hotplug)
{
	end_guest(_metadata, &self->guest);
}

TEST_F_TIMEOUT(hotplug, hot_add, TIMEOUT_S)
{
	struct plug card = {
		.model = variant->model,
		.driver = variant->driver,
		.id = "dev0",
	};

	ASSERT_OK(slot_hot_add(&self->guest, &card));
}

TEST_F_TIMEOUT(hotplug, hot_remove, TIMEOUT_S)
{
	struct plug card = {
		.model = variant->model,
		.driver = variant->driver,
		.id = "dev0",
	};

	ASSERT_OK(slot_hot_add(&self->guest, &card));
	ASSERT_OK(slot_hot_remove(&self->guest, &card));
}

/* These cases depend on the slot more than on the card, so one model is enough. */
FIXTURE(slot)
{
	struct guest guest;
};

FIXTURE_SETUP(slot)
{
	boot_guest(_metadata, variant, &self->guest,
		   &(struct guest_setup){ .port = PORT_IOH3420 });
}

FIXTURE_TEARDOWN(slot)
{
	end_guest(_metadata, &self->guest);
}

TEST_F_TIMEOUT(slot, add_again_ten_times, TIMEOUT_S)
{
	struct plug card = virtio_net(0, 0);

	ASSERT_OK(slot_hot_add(&self->guest, &card));
	for (int i = 0; i < 10; i++) {
		ASSERT_OK(slot_hot_remove(&self->guest, &card));
		ASSERT_OK(slot_hot_add(&self->guest, &card));
	}
}

/* Function 0 comes last, as the slot is empty until it is there. */
static int add_card_with_two_functions(struct guest *guest,
				       const struct plug *first,
				       const struct plug *second)
{
	struct moment since = guest->agent.now;

	return slot_plug(guest, second) ?: slot_plug(guest, first) ?:
	       slot_wait_added(guest, first, since) ?:
	       slot_wait_added(guest, second, since);
}

/* After a press, the power indicator blinks for 5 s (PCIe Base Spec sec. 6.7.1.5). */
static int check_indicator_blinks(struct guest *guest, struct port_regs *regs)
{
	int ret;

	ret = port_read_regs(guest, 0, regs);
	if (ret || (regs->slot_control & PCI_EXP_SLTCTL_PIC) ==
	    PCI_EXP_SLTCTL_PWR_IND_BLINK)
		return ret;
	result_lost(&guest->result,
		    "the first press of the attention button is lost: the power indicator does not blink (Slot Control %#06x)",
		    regs->slot_control);

	return -ETIMEDOUT;
}

static int turn_indicator_on_behind_driver(struct guest *guest,
					   const struct port_regs *regs)
{
	uint16_t control = regs->slot_control & ~PCI_EXP_SLTCTL_PIC;

	return port_write_slot_control(guest, 0,
				       control | PCI_EXP_SLTCTL_PWR_IND_ON);
}

static void check_stays_after_button(struct guest *guest, struct moment since)
{
	char bdf[BDF_SIZE];

	slot_function_bdf(guest, 0, 0, bdf);
	if (guest_wait_event(guest, "remove", bdf, since,
			     AFTER_BUTTON_MS) != -ETIMEDOUT)
		result_lost(&guest->result,
			    "the second press of the attention button is lost: %s was removed",
			    bdf);
}

/*
 * QEMU presses the attention button for a device_del. It refuses another one for the
 * same device, and any while the power indicator blinks. So the second press is for
 * the card's other function, and comes after the case itself has turned the indicator on.
 */
TEST_F_TIMEOUT(slot, second_button_press_cancels, TIMEOUT_S)
{
	struct plug first = virtio_net(0, 0);
	struct plug second = virtio_net(0, 1);
	struct guest *guest = &self->guest;
	struct port_regs regs;
	struct moment since;

	first.multifunction = true;
	ASSERT_OK(add_card_with_two_functions(guest, &first, &second));

	since = guest->agent.now;
	ASSERT_OK(press_button(guest, &first));
	ASSERT_OK(check_indicator_blinks(guest, &regs));
	ASSERT_OK(turn_indicator_on_behind_driver(guest, &regs));
	ASSERT_OK(slot_request_unplug(guest, &second));
	check_stays_after_button(guest, since);
}

FIXTURE(occupied_slot)
{
	struct guest guest;
};

FIXTURE_VARIANT(occupied_slot)
{
	const char *model;
	const char *device;
	bool own_boot;
};

/* When its state is loaded, this card interrupts the guest, which takes 2 us. */
FIXTURE_VARIANT_ADD(occupied_slot, virtio_net_pci)
{
	.model = "virtio-net-pci",
	.device = VIRTIO_NET_AT_BOOT,
	.own_boot = true,
};

FIXTURE_VARIANT_ADD(occupied_slot, e1000e)
{
	.model = "e1000e",
	.device = E1000E_AT_BOOT,
};

FIXTURE_SETUP(occupied_slot)
{
	struct guest_setup setup = {
		.port = PORT_IOH3420,
		.device = variant->device,
		.own_boot = variant->own_boot,
	};

	boot_guest(_metadata, variant, &self->guest, &setup);
}

FIXTURE_TEARDOWN(occupied_slot)
{
	end_guest(_metadata, &self->guest);
}

TEST_F_TIMEOUT(occupied_slot, boot_then_hot_remove, TIMEOUT_S)
{
	struct plug card = { .model = variant->model, .id = "dev0" };

	ASSERT_OK(slot_hot_remove(&self->guest, &card));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
