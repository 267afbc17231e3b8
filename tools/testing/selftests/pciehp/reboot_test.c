// SPDX-License-Identifier: GPL-2.0-only
/* Slots over a reboot, a reset of the machine, and kexec. */
#include "guest_fixture.h"

FIXTURE(reboot)
{
	struct guest guest;
	struct plug card;
};

FIXTURE_VARIANT(reboot)
{
	const char *port;
};

FIXTURE_VARIANT_ADD(reboot, ioh3420) { .port = PORT_IOH3420 };
FIXTURE_VARIANT_ADD(reboot, pcie_root_port) { .port = PORT_PCIE_ROOT_PORT };
FIXTURE_VARIANT_ADD(reboot, xio3130) { .port = PORT_XIO3130 };

/*
 * A GICv3 goes on with the tables for its messages that the old kernel gave it. The next
 * kernel learns from EFI where they are, and without that does not boot.
 */
static enum interrupt interrupt_over_kexec(void)
{
	const struct machine *machine;
	char why[256];

	if (machine_missing())
		return INTERRUPT_MESSAGE;
	machine = machine_of_kernel(environment_get("KERNEL"), why, sizeof(why));

	return machine->type_gicv2m ? INTERRUPT_GICV2M : INTERRUPT_MESSAGE;
}

FIXTURE_SETUP(reboot)
{
	const struct guest_file kernel[] = {
		{ "kernel", environment_get("KERNEL") }, { }
	};
	bool kexec = strstr(_metadata->name, "kexec");
	struct guest_setup setup = {
		.port = variant->port,
		.reboots = true,
		.files = kexec ? kernel : NULL,
		.own_boot = kexec,
		.interrupt = kexec ? interrupt_over_kexec() : INTERRUPT_MESSAGE,
	};

	self->card = virtio_net(0, 0);
	boot_guest(_metadata, variant, &self->guest, &setup);
}

FIXTURE_TEARDOWN(reboot)
{
	end_guest(_metadata, &self->guest);
}

/* The guest tells it by what it answers, a boot of its own. */
static int reboot_guest(struct guest *guest)
{
	return guest_request(guest, "reboot") ?: guest_find_ports(guest);
}

/* Also says why the kernel, or the machine, cannot do it. */
static int kexec_guest(struct guest *guest)
{
	char cmdline[512];
	int ret;

	/* the lowest address of memory, where it puts the kernel, is the firmware's */
	if (!strcmp(guest->config.machine->arch, "riscv64")) {
		result_skip(&guest->result,
			    "kexec_file_load() would overwrite the firmware");
		return -EOPNOTSUPP;
	}
	if (guest_request(guest, "read /proc/cmdline"))
		return -ENOLINK;
	snprintf(cmdline, sizeof(cmdline), "%.*s",
		 (int)strcspn(guest->agent.text, "\n"), guest->agent.text);

	ret = guest_request(guest, "kexec %s", cmdline);
	if (ret == -EOPNOTSUPP)
		result_skip(&guest->result, "the kernel lacks kexec_file_load()");
	/* as one of x86 without CONFIG_RELOCATABLE */
	if (ret == -ENOEXEC)
		result_skip(&guest->result,
			    "kexec_file_load() refuses the image");

	return ret ?: guest_find_ports(guest);
}

static int expect_no_card(struct guest *guest, const struct plug *card)
{
	char bdf[BDF_SIZE];

	slot_function_bdf(guest, card->port, card->function, bdf);
	if (guest_request(guest, "exists /sys/bus/pci/devices/%s", bdf))
		return -ENOLINK;
	if (strcmp(guest->agent.text, "no"))
		result_problem(&guest->result, "%s is there again", bdf);

	return 0;
}

TEST_F_TIMEOUT(reboot, reboot_with_card, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(reboot_guest(guest));
	ASSERT_OK(slot_wait_present(guest, &self->card));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

TEST_F_TIMEOUT(reboot, reboot_after_card_left, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(reboot_guest(guest));
	ASSERT_OK(expect_no_card(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

TEST_F_TIMEOUT(reboot, reset_with_card, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(guest_reset(guest));
	ASSERT_OK(slot_wait_present(guest, &self->card));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

TEST_F_TIMEOUT(reboot, reset_after_card_left, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(guest_reset(guest));
	ASSERT_OK(expect_no_card(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

/* Nothing resets the ports: the next kernel finds them as this one left them. */
TEST_F_TIMEOUT(reboot, kexec_with_card, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	int ret;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	ret = kexec_guest(guest);
	if (guest->result.skip[0])
		SKIP(return, "%s", guest->result.skip);
	ASSERT_OK(ret);
	ASSERT_OK(slot_wait_present(guest, &self->card));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

TEST_F_TIMEOUT(reboot, kexec_after_card_left, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	int ret;

	ASSERT_OK(slot_hot_add(guest, &self->card));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ret = kexec_guest(guest);
	if (guest->result.skip[0])
		SKIP(return, "%s", guest->result.skip);
	ASSERT_OK(ret);
	ASSERT_OK(expect_no_card(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

/*
 * The work of the attention button goes with the kernel that had it; the power
 * indicator must not tell of it for ever.
 */
TEST_F_TIMEOUT(reboot, kexec_while_button_pending, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	int ret;

	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	ASSERT_OK(slot_request_unplug(guest, &self->card));
	ASSERT_OK(guest_request(guest, "sleep 1000"));
	ret = kexec_guest(guest);
	if (guest->result.skip[0])
		SKIP(return, "%s", guest->result.skip);
	ASSERT_OK(ret);
	ASSERT_OK(slot_wait_present(guest, &self->card));
	ASSERT_OK(slot_check_stays(guest, &self->card, guest->agent.now));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
