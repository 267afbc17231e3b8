// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hot-add, hot-remove and Slot Control commands on the machine of the report:
 * one ioh3420 root port.
 */
#include "guest_fixture.h"

/* Guest time in which the report's timeouts have shown up. */
#define BOOT_COMMANDS_MS	5000

/* Longer than the attention button's 5 s (PCIe Base Spec sec. 6.7.1.5). */
#define AFTER_BUTTON_MS		8000

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

/* The commands that the driver writes as it probes the port complete. */
TEST_F_TIMEOUT(empty_slot, boot, TIMEOUT_S)
{
	ASSERT_OK(guest_request(&self->guest, "sleep %d", BOOT_COMMANDS_MS));
}

TEST_F_TIMEOUT(empty_slot, attention_indicator_on_and_off, TIMEOUT_S)
{
	struct port_regs regs;

	ASSERT_OK(slot_write_attribute(&self->guest, 0, "attention", "1"));
	ASSERT_OK(port_read_regs(&self->guest, 0, &regs));
	EXPECT_EQ(PCI_EXP_SLTCTL_ATTN_IND_ON,
		  regs.slot_control & PCI_EXP_SLTCTL_AIC);

	ASSERT_OK(slot_write_attribute(&self->guest, 0, "attention", "0"));
	ASSERT_OK(port_read_regs(&self->guest, 0, &regs));
	EXPECT_EQ(PCI_EXP_SLTCTL_ATTN_IND_OFF,
		  regs.slot_control & PCI_EXP_SLTCTL_AIC);
}

/* There is no card to power on, and the driver must say so. */
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

/* What is about the slot more than about the card: one model will do. */
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

/*
 * QEMU presses the attention button for a device_del, but refuses a second one
 * for the same device, and any while the power indicator blinks. So the second
 * press is for the card's other function, and the indicator is set to on
 * behind the driver's back.
 */
TEST_F_TIMEOUT(slot, second_button_press_cancels, TIMEOUT_S)
{
	struct plug first = virtio_net(0, 0);
	struct plug second = virtio_net(0, 1);
	struct guest *guest = &self->guest;
	struct moment since = guest->agent.now;
	char bdf[BDF_SIZE];
	struct port_regs regs;

	first.multifunction = true;
	/* function 0 comes last: it is what makes the card appear */
	ASSERT_OK(slot_plug(guest, &second));
	ASSERT_OK(slot_plug(guest, &first));
	ASSERT_OK(slot_wait_added(guest, &first, since));
	ASSERT_OK(slot_wait_added(guest, &second, since));
	slot_function_bdf(guest, 0, 0, bdf);

	since = guest->agent.now;
	ASSERT_OK(slot_request_unplug(guest, &first));
	ASSERT_OK(guest_request(guest, "sleep 1000"));
	ASSERT_OK(port_read_regs(guest, 0, &regs));
	if ((regs.slot_control & PCI_EXP_SLTCTL_PIC) !=
	    PCI_EXP_SLTCTL_PWR_IND_BLINK)
		result_lost(&guest->result,
			    "the first press of the attention button is lost: the power indicator does not blink (Slot Control %#06x)",
			    regs.slot_control);
	ASSERT_FALSE(guest->result.lost);
	regs.slot_control &= ~PCI_EXP_SLTCTL_PIC;
	regs.slot_control |= PCI_EXP_SLTCTL_PWR_IND_ON;
	ASSERT_OK(port_write_slot_control(guest, 0, regs.slot_control));
	ASSERT_OK(slot_request_unplug(guest, &second));
	if (guest_wait_event(guest, "remove", bdf, since,
			     AFTER_BUTTON_MS) != -ETIMEDOUT)
		result_lost(&guest->result,
			    "the second press of the attention button is lost: %s was removed",
			    bdf);
}

FIXTURE(occupied_slot)
{
	struct guest guest;
};

FIXTURE_VARIANT(occupied_slot)
{
	const char *model;
	const char *device;
};

FIXTURE_VARIANT_ADD(occupied_slot, virtio_net_pci)
{
	.model = "virtio-net-pci",
	.device = "virtio-net-pci,id=dev0,bus=port0,romfile=",
};

FIXTURE_VARIANT_ADD(occupied_slot, e1000e)
{
	.model = "e1000e",
	.device = "e1000e,id=dev0,bus=port0,romfile=",
};

FIXTURE_SETUP(occupied_slot)
{
	struct guest_setup setup = {
		.port = PORT_IOH3420,
		.device = variant->device,
		.own_boot = true,
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
