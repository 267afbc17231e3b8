// SPDX-License-Identifier: GPL-2.0-only
/* Slots after a reboot, a reset of the machine, and kexec. */
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
 * After kexec, a GICv3 still uses the tables for its messages that the old kernel gave
 * it. The new kernel learns from EFI where they are. Without EFI it does not boot.
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
		/* kexec needs room for a second kernel, which is large with KASAN */
		.memory_mib = kexec ? 512 : 0,
		.interrupt = kexec ? interrupt_over_kexec() : INTERRUPT_MESSAGE,
	};

	self->card = virtio_net(0, 0);
	boot_guest(_metadata, variant, &self->guest, &setup);
}

FIXTURE_TEARDOWN(reboot)
{
	end_guest(_metadata, &self->guest);
}

/* Reboot the guest. It answers the request when it has booted again. */
static int reboot_guest(struct guest *guest)
{
	return guest_request(guest, "reboot") ?: guest_find_ports(guest);
}

/* Boot the guest's kernel by kexec, or put into the result why that is not possible. */
static int kexec_guest(struct guest *guest)
{
	char cmdline[512];
	int ret;

	/* it puts the kernel at the lowest address of memory, where the firmware is */
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
		result_skip(&guest->result,
			    "the kernel lacks kexec_file_load() (CONFIG_KEXEC_FILE)");
	if (ret == -ENOEXEC)
		result_skip(&guest->result,
			    "kexec_file_load() refuses the image (on x86: CONFIG_RELOCATABLE)");

	return ret ?: guest_find_ports(guest);
}

static int check_no_card(struct guest *guest, const struct plug *card)
{
	char bdf[BDF_SIZE];
	bool has_card;

	if (sysfs_has_function(guest, card, &has_card))
		return -ENOLINK;
	slot_function_bdf(guest, card->port, card->function, bdf);
	if (has_card)
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
	ASSERT_OK(check_no_card(guest, &self->card));
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
	ASSERT_OK(check_no_card(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

/* kexec resets no port. The new kernel finds them as the old one left them. */
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
	ASSERT_OK(check_no_card(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

/*
 * The old kernel was to remove the card 5 s after the press, and the new one does not
 * know of that. The power indicator must not blink for ever.
 */
TEST_F_TIMEOUT(reboot, kexec_while_button_pending, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	int ret;

	ASSERT_OK(slot_hot_add_and_settle(guest, &self->card));
	ASSERT_OK(press_button(guest, &self->card));
	ret = kexec_guest(guest);
	if (guest->result.skip[0])
		SKIP(return, "%s", guest->result.skip);
	ASSERT_OK(ret);
	ASSERT_OK(slot_wait_present(guest, &self->card));
	ASSERT_OK(slot_check_kept(guest, &self->card, guest->agent.now));
	ASSERT_OK(slot_hot_remove(guest, &self->card));
	ASSERT_OK(slot_hot_add(guest, &self->card));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
