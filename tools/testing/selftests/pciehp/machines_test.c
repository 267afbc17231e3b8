// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same cases for every port model, kind of interrupt and number of CPUs. With
 * messages, the model decides between MSI-X (pcie-root-port) and MSI.
 */
#include "guest_fixture.h"

/* Guest time after which whatever can suspend while idle has done so. */
#define IDLE_MS		10000

/*
 * A boot takes a few interrupts. If one is repeated for ever, the kernel disables it
 * after 100000.
 */
#define INTERRUPTS_MAX	1000

FIXTURE(machine)
{
	struct guest guest;
};

FIXTURE_VARIANT(machine)
{
	const char *port;
	enum interrupt interrupt;
	int cpus;
};

FIXTURE_VARIANT_ADD(machine, ioh3420_msi_1cpu)
	{ PORT_IOH3420, INTERRUPT_MESSAGE, 1 };
FIXTURE_VARIANT_ADD(machine, ioh3420_msi_2cpu)
	{ PORT_IOH3420, INTERRUPT_MESSAGE, 2 };
FIXTURE_VARIANT_ADD(machine, ioh3420_msi_4cpu)
	{ PORT_IOH3420, INTERRUPT_MESSAGE, 4 };
FIXTURE_VARIANT_ADD(machine, ioh3420_msi_gicv2m_1cpu)
	{ PORT_IOH3420, INTERRUPT_GICV2M, 1 };
FIXTURE_VARIANT_ADD(machine, ioh3420_msi_gicv2m_2cpu)
	{ PORT_IOH3420, INTERRUPT_GICV2M, 2 };
FIXTURE_VARIANT_ADD(machine, ioh3420_msi_gicv2m_4cpu)
	{ PORT_IOH3420, INTERRUPT_GICV2M, 4 };
FIXTURE_VARIANT_ADD(machine, ioh3420_msi_threaded_1cpu)
	{ PORT_IOH3420, INTERRUPT_THREADED, 1 };
FIXTURE_VARIANT_ADD(machine, ioh3420_intx_1cpu)
	{ PORT_IOH3420, INTERRUPT_INTX, 1 };
FIXTURE_VARIANT_ADD(machine, ioh3420_intx_2cpu)
	{ PORT_IOH3420, INTERRUPT_INTX, 2 };
FIXTURE_VARIANT_ADD(machine, ioh3420_intx_4cpu)
	{ PORT_IOH3420, INTERRUPT_INTX, 4 };
FIXTURE_VARIANT_ADD(machine, ioh3420_polling_1cpu)
	{ PORT_IOH3420, INTERRUPT_POLLING, 1 };
FIXTURE_VARIANT_ADD(machine, ioh3420_polling_2cpu)
	{ PORT_IOH3420, INTERRUPT_POLLING, 2 };
FIXTURE_VARIANT_ADD(machine, ioh3420_polling_4cpu)
	{ PORT_IOH3420, INTERRUPT_POLLING, 4 };
FIXTURE_VARIANT_ADD(machine, pcie_root_port_msix_1cpu)
	{ PORT_PCIE_ROOT_PORT, INTERRUPT_MESSAGE, 1 };
FIXTURE_VARIANT_ADD(machine, pcie_root_port_msix_2cpu)
	{ PORT_PCIE_ROOT_PORT, INTERRUPT_MESSAGE, 2 };
FIXTURE_VARIANT_ADD(machine, pcie_root_port_msix_4cpu)
	{ PORT_PCIE_ROOT_PORT, INTERRUPT_MESSAGE, 4 };
FIXTURE_VARIANT_ADD(machine, pcie_root_port_msix_gicv2m_1cpu)
	{ PORT_PCIE_ROOT_PORT, INTERRUPT_GICV2M, 1 };
FIXTURE_VARIANT_ADD(machine, pcie_root_port_msix_gicv2m_2cpu)
	{ PORT_PCIE_ROOT_PORT, INTERRUPT_GICV2M, 2 };
FIXTURE_VARIANT_ADD(machine, pcie_root_port_msix_gicv2m_4cpu)
	{ PORT_PCIE_ROOT_PORT, INTERRUPT_GICV2M, 4 };
FIXTURE_VARIANT_ADD(machine, pcie_root_port_msix_threaded_1cpu)
	{ PORT_PCIE_ROOT_PORT, INTERRUPT_THREADED, 1 };
FIXTURE_VARIANT_ADD(machine, pcie_root_port_msix_threaded_4cpu)
	{ PORT_PCIE_ROOT_PORT, INTERRUPT_THREADED, 4 };
FIXTURE_VARIANT_ADD(machine, pcie_root_port_intx_1cpu)
	{ PORT_PCIE_ROOT_PORT, INTERRUPT_INTX, 1 };
FIXTURE_VARIANT_ADD(machine, pcie_root_port_intx_2cpu)
	{ PORT_PCIE_ROOT_PORT, INTERRUPT_INTX, 2 };
FIXTURE_VARIANT_ADD(machine, pcie_root_port_intx_4cpu)
	{ PORT_PCIE_ROOT_PORT, INTERRUPT_INTX, 4 };
FIXTURE_VARIANT_ADD(machine, pcie_root_port_polling_1cpu)
	{ PORT_PCIE_ROOT_PORT, INTERRUPT_POLLING, 1 };
FIXTURE_VARIANT_ADD(machine, pcie_root_port_polling_2cpu)
	{ PORT_PCIE_ROOT_PORT, INTERRUPT_POLLING, 2 };
FIXTURE_VARIANT_ADD(machine, pcie_root_port_polling_4cpu)
	{ PORT_PCIE_ROOT_PORT, INTERRUPT_POLLING, 4 };
FIXTURE_VARIANT_ADD(machine, xio3130_msi_1cpu)
	{ PORT_XIO3130, INTERRUPT_MESSAGE, 1 };
FIXTURE_VARIANT_ADD(machine, xio3130_msi_2cpu)
	{ PORT_XIO3130, INTERRUPT_MESSAGE, 2 };
FIXTURE_VARIANT_ADD(machine, xio3130_msi_4cpu)
	{ PORT_XIO3130, INTERRUPT_MESSAGE, 4 };
FIXTURE_VARIANT_ADD(machine, xio3130_msi_gicv2m_1cpu)
	{ PORT_XIO3130, INTERRUPT_GICV2M, 1 };
FIXTURE_VARIANT_ADD(machine, xio3130_msi_gicv2m_2cpu)
	{ PORT_XIO3130, INTERRUPT_GICV2M, 2 };
FIXTURE_VARIANT_ADD(machine, xio3130_msi_gicv2m_4cpu)
	{ PORT_XIO3130, INTERRUPT_GICV2M, 4 };
FIXTURE_VARIANT_ADD(machine, xio3130_msi_threaded_1cpu)
	{ PORT_XIO3130, INTERRUPT_THREADED, 1 };
FIXTURE_VARIANT_ADD(machine, xio3130_intx_1cpu)
	{ PORT_XIO3130, INTERRUPT_INTX, 1 };
FIXTURE_VARIANT_ADD(machine, xio3130_intx_2cpu)
	{ PORT_XIO3130, INTERRUPT_INTX, 2 };
FIXTURE_VARIANT_ADD(machine, xio3130_intx_4cpu)
	{ PORT_XIO3130, INTERRUPT_INTX, 4 };
FIXTURE_VARIANT_ADD(machine, xio3130_polling_1cpu)
	{ PORT_XIO3130, INTERRUPT_POLLING, 1 };
FIXTURE_VARIANT_ADD(machine, xio3130_polling_2cpu)
	{ PORT_XIO3130, INTERRUPT_POLLING, 2 };
FIXTURE_VARIANT_ADD(machine, xio3130_polling_4cpu)
	{ PORT_XIO3130, INTERRUPT_POLLING, 4 };

/* Why INTx does not work on this machine; NULL if it does, or is not used. */
static const char *why_no_intx(struct guest *guest)
{
	char attention[SLOT_PATH_SIZE];
	unsigned long interrupts;

	if (guest->setup.interrupt != INTERRUPT_INTX)
		return NULL;
	if (!guest->ports[0].irq_pin)
		return "QEMU's port has no interrupt pin";

	/*
	 * The APLIC of riscv64 forwards a wired interrupt as a message. Linux then
	 * asks it to send another message if the line is still high. QEMU 7.2 sends
	 * it without a look at the line.
	 */
	if (!guest_count_interrupts(guest, "pciehp", &interrupts) &&
	    interrupts > INTERRUPTS_MAX)
		return "QEMU repeats a wired interrupt for ever";

	/*
	 * A command sets Command Completed, which raises the line. QEMU's root ports
	 * then handle AER in the same configuration write, and set the line from
	 * AER's state alone. So the line is low again before an interrupt controller
	 * with level-triggered lines tells the CPU.
	 */
	if (slot_attribute(guest, 0, "attention", attention) ||
	    guest_write(guest, attention, "1") ||
	    guest_write(guest, attention, "0") ||
	    guest_count_interrupts(guest, "pciehp", &interrupts))
		return "the guest has no hotplug interrupt to be counted";
	if (!interrupts)
		return "QEMU's port takes its INTx back before the guest sees it";

	return NULL;
}

FIXTURE_SETUP(machine)
{
	struct guest_setup setup = {
		.port = variant->port,
		.interrupt = variant->interrupt,
		.cpus = variant->cpus,
	};
	struct guest *guest = &self->guest;
	const char *why;

	boot_guest(_metadata, variant, guest, &setup);
	why = guest->alive ? why_no_intx(guest) : NULL;
	if (why) {
		result_skip(&guest->result, "%s", why);
		case_end(guest);
		SKIP(return, "%s", guest->result.skip);
	}
}

FIXTURE_TEARDOWN(machine)
{
	end_guest(_metadata, &self->guest);
}

TEST_F_TIMEOUT(machine, attention_indicator, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_write_attribute(guest, 0, "attention", "1"));
	expect_attention(_metadata, guest, PCI_EXP_SLTCTL_ATTN_IND_ON);
	ASSERT_OK(slot_write_attribute(guest, 0, "attention", "0"));
	expect_attention(_metadata, guest, PCI_EXP_SLTCTL_ATTN_IND_OFF);
}

/* The first hot-add and hot-remove leave nothing behind that breaks the second. */
TEST_F_TIMEOUT(machine, hot_add_remove_add, TIMEOUT_S)
{
	struct plug card = virtio_net(0, 0);
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_hot_add(guest, &card));
	ASSERT_OK(slot_hot_remove(guest, &card));
	ASSERT_OK(slot_hot_add(guest, &card));
}

/* The port may suspend while it is idle. */
static int stay_idle(struct guest *guest)
{
	return guest_sleep(guest, IDLE_MS) ?: slot_check_can_signal(guest, 0);
}

TEST_F_TIMEOUT(machine, added_10_s_after_boot, TIMEOUT_S)
{
	struct plug card = virtio_net(0, 0);
	struct guest *guest = &self->guest;

	ASSERT_OK(stay_idle(guest));
	ASSERT_OK(slot_hot_add(guest, &card));
	ASSERT_OK(slot_hot_remove(guest, &card));
}

TEST_F_TIMEOUT(machine, added_10_s_after_removal, TIMEOUT_S)
{
	struct plug card = virtio_net(0, 0);
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_hot_add(guest, &card));
	ASSERT_OK(slot_hot_remove(guest, &card));
	ASSERT_OK(stay_idle(guest));
	ASSERT_OK(slot_hot_add(guest, &card));
}

/* A write to the slot's power in sysfs removes the card, without the button. */
TEST_F_TIMEOUT(machine, power_off, TIMEOUT_S)
{
	struct plug card = virtio_net(0, 0);
	struct guest *guest = &self->guest;
	char power[SLOT_PATH_SIZE];
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &card));
	ASSERT_OK(slot_attribute(guest, 0, "power", power));
	since = guest->agent.now;
	/* the write ends with the removal, so a process of its own waits for that */
	ASSERT_OK(guest_start_write(guest, power, "0"));
	ASSERT_OK(slot_wait_removed(guest, &card, since));
	ASSERT_OK(guest_join(guest, JOIN_MS));
	EXPECT_TRUE(guest_joined_without_error(guest));
	ASSERT_EQ(-ENODEV, slot_write_attribute(guest, 0, "power", "1"));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
