// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hot-add, hot-remove and Slot Control commands on the machine of the report:
 * an arm64 guest with one ioh3420 root port.
 *
 * Every test has a guest of its own. When it is over, the invariants I1 to I5 are
 * checked whatever it did: see lib/invariants.c.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../kselftest_harness.h"

#include <libpciehp.h>

#define ROOT_PORT	"ioh3420,id=rp1"

/*
 * Host time of one test, far more than it takes, and more than the library waits
 * for a boot (BOOT_TIMEOUT_MS) or an answer (REQUEST_TIMEOUT_MS): those tell what
 * hangs.
 */
#define TIMEOUT_S		120

/* Guest time in which the report's timeouts have shown up. */
#define BOOT_COMMANDS_MS	5000

/* Longer than the attention button's 5 s (PCIe Base Spec sec. 6.7.1.5). */
#define AFTER_BUTTON_MS		8000

static void boot(struct __test_metadata *_metadata, struct guest *guest,
		 const char *fixture, const char *model, const char *device)
{
	const char *const devices[] = { ROOT_PORT, device, NULL };
	char name[128];

	snprintf(name, sizeof(name), "%s.%s%s%s", fixture, model,
		 model[0] ? "." : "", _metadata->name);
	ASSERT_EQ(0, guest_boot(guest, name, devices, !device)) {
		guest_end(guest);
	}
}

FIXTURE(empty_slot)
{
	struct guest guest;
};

FIXTURE_SETUP(empty_slot)
{
	if (environment_missing())
		SKIP(return, "%s", environment_missing());
	boot(_metadata, &self->guest, "empty_slot", "", NULL);
}

FIXTURE_TEARDOWN(empty_slot)
{
	guest_end(&self->guest);
	EXPECT_TRUE(result_ok(&self->guest.result));
}

/* The commands that the driver writes as it probes the port complete. */
TEST_F_TIMEOUT(empty_slot, boot, TIMEOUT_S)
{
	ASSERT_EQ(0, guest_request(&self->guest, "sleep %d", BOOT_COMMANDS_MS));
}

TEST_F_TIMEOUT(empty_slot, attention_indicator_on_and_off, TIMEOUT_S)
{
	struct port_regs regs;

	ASSERT_EQ(0, slot_write_attribute(&self->guest, "attention", "1"));
	ASSERT_EQ(0, port_read_regs(&self->guest, &regs));
	EXPECT_EQ(PCI_EXP_SLTCTL_ATTN_IND_ON,
		  regs.slot_control & PCI_EXP_SLTCTL_AIC);

	ASSERT_EQ(0, slot_write_attribute(&self->guest, "attention", "0"));
	ASSERT_EQ(0, port_read_regs(&self->guest, &regs));
	EXPECT_EQ(PCI_EXP_SLTCTL_ATTN_IND_OFF,
		  regs.slot_control & PCI_EXP_SLTCTL_AIC);
}

/* There is no card to power on, and the driver must say so. */
TEST_F_TIMEOUT(empty_slot, power_on, TIMEOUT_S)
{
	ASSERT_EQ(-ENODEV, slot_write_attribute(&self->guest, "power", "1"));
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
	if (environment_missing())
		SKIP(return, "%s", environment_missing());
	boot(_metadata, &self->guest, "hotplug", variant->model, NULL);
}

FIXTURE_TEARDOWN(hotplug)
{
	guest_end(&self->guest);
	EXPECT_TRUE(result_ok(&self->guest.result));
}

static struct plug card_function(const char *model, const char *driver,
				 int number)
{
	return (struct plug){
		.model = model,
		.driver = driver,
		.id = number ? "dev1" : "dev0",
		.function = number,
	};
}

TEST_F_TIMEOUT(hotplug, hot_add, TIMEOUT_S)
{
	struct plug card = card_function(variant->model, variant->driver, 0);

	ASSERT_EQ(0, slot_hot_add(&self->guest, &card));
}

TEST_F_TIMEOUT(hotplug, hot_remove, TIMEOUT_S)
{
	struct plug card = card_function(variant->model, variant->driver, 0);

	ASSERT_EQ(0, slot_hot_add(&self->guest, &card));
	ASSERT_EQ(0, slot_hot_remove(&self->guest, &card));
}

/* What is about the slot more than about the card: one model will do. */
FIXTURE(slot)
{
	struct guest guest;
};

FIXTURE_SETUP(slot)
{
	if (environment_missing())
		SKIP(return, "%s", environment_missing());
	boot(_metadata, &self->guest, "slot", "", NULL);
}

FIXTURE_TEARDOWN(slot)
{
	guest_end(&self->guest);
	EXPECT_TRUE(result_ok(&self->guest.result));
}

TEST_F_TIMEOUT(slot, add_again_ten_times, TIMEOUT_S)
{
	struct plug card = card_function("virtio-net-pci", "virtio-pci", 0);

	ASSERT_EQ(0, slot_hot_add(&self->guest, &card));
	for (int i = 0; i < 10; i++) {
		ASSERT_EQ(0, slot_hot_remove(&self->guest, &card));
		ASSERT_EQ(0, slot_hot_add(&self->guest, &card));
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
	struct plug first = card_function("virtio-net-pci", "virtio-pci", 0);
	struct plug second = card_function("virtio-net-pci", "virtio-pci", 1);
	struct guest *guest = &self->guest;
	int64_t added_ns = guest->agent.now_ns;
	char bdf[BDF_SIZE];
	struct port_regs regs;

	/* function 0 comes last: it is what makes the card appear */
	first.multifunction = true;
	ASSERT_EQ(0, slot_plug(guest, &second));
	ASSERT_EQ(0, slot_plug(guest, &first));
	ASSERT_EQ(0, slot_wait_added(guest, &first, added_ns));
	ASSERT_EQ(0, slot_wait_added(guest, &second, added_ns));
	ASSERT_EQ(0, slot_function_bdf(guest, 0, bdf));

	ASSERT_EQ(0, slot_request_unplug(guest, &first));
	ASSERT_EQ(0, guest_request(guest, "sleep 1000"));
	ASSERT_EQ(0, port_read_regs(guest, &regs));
	if ((regs.slot_control & PCI_EXP_SLTCTL_PIC) !=
	    PCI_EXP_SLTCTL_PWR_IND_BLINK)
		result_lost(&guest->result,
			    "the first press of the attention button is lost: the power indicator does not blink (Slot Control %#06x)",
			    regs.slot_control);
	ASSERT_FALSE(guest->result.lost);
	regs.slot_control &= ~PCI_EXP_SLTCTL_PIC;
	regs.slot_control |= PCI_EXP_SLTCTL_PWR_IND_ON;
	ASSERT_EQ(0, port_write_slot_control(guest, regs.slot_control));
	ASSERT_EQ(0, slot_request_unplug(guest, &second));
	if (guest_request(guest, "wait remove %s %d", bdf, AFTER_BUTTON_MS) !=
	    -ETIMEDOUT)
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
	.device = "virtio-net-pci,id=dev0,bus=rp1,romfile=",
};

FIXTURE_VARIANT_ADD(occupied_slot, e1000e)
{
	.model = "e1000e",
	.device = "e1000e,id=dev0,bus=rp1,romfile=",
};

FIXTURE_SETUP(occupied_slot)
{
	if (environment_missing())
		SKIP(return, "%s", environment_missing());
	boot(_metadata, &self->guest, "occupied_slot", variant->model,
	     variant->device);
}

FIXTURE_TEARDOWN(occupied_slot)
{
	guest_end(&self->guest);
	EXPECT_TRUE(result_ok(&self->guest.result));
}

TEST_F_TIMEOUT(occupied_slot, boot_then_hot_remove, TIMEOUT_S)
{
	struct plug card = { .model = variant->model, .id = "dev0" };

	ASSERT_EQ(0, slot_hot_remove(&self->guest, &card));
}

int main(int argc, char **argv)
{
	/* one reason, once, and the exit status that says so */
	if (argc == 1 && environment_missing())
		ksft_exit_skip("%s\n", environment_missing());

	return test_harness_run(argc, argv);
}
