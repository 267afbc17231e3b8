// SPDX-License-Identifier: GPL-2.0-only
/*
 * What every port must do, on every machine: port models, ways to interrupt and
 * numbers of CPUs. The model decides between MSI-X (pcie-root-port) and MSI.
 */
#include <stdlib.h>

#include "guest_fixture.h"

/* Guest time. */
#define JOIN_MS		10000
#define IDLE_MS		10000

/* A boot takes few; who repeats one for ever is stopped by the kernel at 100000. */
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

/* Why a combination cannot work, found out in the guest, or NULL. */
static const char *impossible(struct guest *guest)
{
	char path[SLOT_PATH_SIZE];

	if (guest->setup.interrupt != INTERRUPT_INTX)
		return NULL;
	if (!guest->ports[0].irq_pin)
		return "QEMU's port has no interrupt pin";

	/*
	 * The APLIC of riscv64 forwards a wired interrupt as a message. Linux then
	 * asks for another one, to be sent if the line is still high; QEMU 7.2 does
	 * not look at the line.
	 */
	if (!guest_request(guest, "interrupts pciehp") &&
	    strtoul(guest->agent.text, NULL, 10) > INTERRUPTS_MAX)
		return "QEMU repeats an interrupt that is wired for ever";

	/*
	 * A command makes Command Completed pending, and the line goes up. QEMU's
	 * root ports have an AER root error handler that sets the level from AER's
	 * state alone, in the same configuration write: it is down again before
	 * the interrupt controller, if that looks at levels, tells the CPU.
	 */
	if (slot_attribute(guest, 0, "attention", path) ||
	    guest_request(guest, "write %s 1", path) ||
	    guest_request(guest, "write %s 0", path) ||
	    guest_request(guest, "interrupts pciehp"))
		return "the guest has no hotplug interrupt to be counted";
	if (!strcmp(guest->agent.text, "0"))
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
	why = guest->alive ? impossible(guest) : NULL;
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

static void expect_control(struct __test_metadata *_metadata,
			   struct guest *guest, uint16_t mask, uint16_t value)
{
	struct port_regs regs;

	ASSERT_OK(port_read_regs(guest, 0, &regs));
	EXPECT_EQ(value, regs.slot_control & mask);
}

TEST_F_TIMEOUT(machine, attention_indicator, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_write_attribute(guest, 0, "attention", "1"));
	expect_control(_metadata, guest, PCI_EXP_SLTCTL_AIC,
		       PCI_EXP_SLTCTL_ATTN_IND_ON);
	ASSERT_OK(slot_write_attribute(guest, 0, "attention", "0"));
	expect_control(_metadata, guest, PCI_EXP_SLTCTL_AIC,
		       PCI_EXP_SLTCTL_ATTN_IND_OFF);
}

/* Hot-add, hot-remove, and once more: nothing of the first is in the way. */
TEST_F_TIMEOUT(machine, hot_add_remove_add, TIMEOUT_S)
{
	struct plug card = virtio_net(0, 0);
	struct guest *guest = &self->guest;

	ASSERT_OK(slot_hot_add(guest, &card));
	ASSERT_OK(slot_hot_remove(guest, &card));
	ASSERT_OK(slot_hot_add(guest, &card));
}

/* Long enough for whatever may suspend to have done so. */
static int stay_idle(struct guest *guest)
{
	return guest_request(guest, "sleep %d", IDLE_MS) ?:
	       slot_check_can_signal(guest, 0);
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

/* The slot's power in sysfs, without the attention button. */
TEST_F_TIMEOUT(machine, power_off, TIMEOUT_S)
{
	struct plug card = virtio_net(0, 0);
	struct guest *guest = &self->guest;
	char power[SLOT_PATH_SIZE];
	struct moment since;

	ASSERT_OK(slot_hot_add(guest, &card));
	ASSERT_OK(slot_attribute(guest, 0, "power", power));
	since = guest->agent.now;
	/* in a process of its own, as the write ends with the removal */
	ASSERT_OK(guest_request(guest, "start write %s 0", power));
	ASSERT_OK(slot_wait_removed(guest, &card, since));
	ASSERT_OK(guest_request(guest, "join %d", JOIN_MS));
	EXPECT_EQ(NULL, strstr(guest->agent.text, "error"));
	ASSERT_EQ(-ENODEV, slot_write_attribute(guest, 0, "power", "1"));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
