// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of a card which was replaced while nothing could notice */

#include <kunit/test.h>
#include <linux/pci.h>

#include "../pciehp.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

static void replaced_card_is_recognized(struct kunit *test)
{
	struct fake_port *port = test->priv;
	struct controller *ctrl = port->ctrl;

	KUNIT_EXPECT_TRUE(test, pciehp_device_replaced(ctrl));
	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	KUNIT_EXPECT_FALSE(test, pciehp_device_replaced(ctrl));

	port->card->device = 1;
	KUNIT_EXPECT_TRUE(test, pciehp_device_replaced(ctrl));
	port->card_id |= 1 << 16;
	KUNIT_EXPECT_FALSE(test, pciehp_device_replaced(ctrl));

	port->card->class = PCI_CLASS_NETWORK_ETHERNET << 8;
	KUNIT_EXPECT_TRUE(test, pciehp_device_replaced(ctrl));
	port->card->revision = 3;
	port->card_class = PCI_CLASS_NETWORK_ETHERNET << 16 | 3;
	KUNIT_EXPECT_FALSE(test, pciehp_device_replaced(ctrl));
	port->card->revision = 4;
	KUNIT_EXPECT_TRUE(test, pciehp_device_replaced(ctrl));
	port->card->revision = 3;

	port->card_subsystem = 2 << 16 | 1;
	KUNIT_EXPECT_TRUE(test, pciehp_device_replaced(ctrl));
	/* A bridge has no subsystem there. */
	port->card->hdr_type = PCI_HEADER_TYPE_BRIDGE;
	KUNIT_EXPECT_FALSE(test, pciehp_device_replaced(ctrl));
	port->card->hdr_type = PCI_HEADER_TYPE_NORMAL;
	port->card->subsystem_vendor = 1;
	KUNIT_EXPECT_TRUE(test, pciehp_device_replaced(ctrl));
	port->card->subsystem_device = 2;
	KUNIT_EXPECT_FALSE(test, pciehp_device_replaced(ctrl));

	port->card_dsn = 1;
	KUNIT_EXPECT_TRUE(test, pciehp_device_replaced(ctrl));
	ctrl->dsn = 1;
	KUNIT_EXPECT_FALSE(test, pciehp_device_replaced(ctrl));
	port->card_dsn |= 1ULL << 32;
	KUNIT_EXPECT_TRUE(test, pciehp_device_replaced(ctrl));

	/* A port that is gone cannot tell. */
	port->pdev->error_state = pci_channel_io_perm_failure;
	KUNIT_EXPECT_FALSE(test, pciehp_device_replaced(ctrl));
}

static void probe_remembers_serial_number(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	port->card_dsn = 0x123456789;
	KUNIT_ASSERT_EQ(test, fake_port_probe(port), 0);
	KUNIT_EXPECT_EQ(test, port->ctrl->dsn, port->card_dsn);
}

static void look_finds_card_replaced(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	enable(port);
	port->ctrl->state = ON_STATE;
	port->card_id = PCI_VENDOR_ID_INTEL;
	run_thread(port, CHECK_SLOT);
	KUNIT_EXPECT_EQ(test, pending(port),
			PCI_EXP_SLTSTA_DLLSC | PCI_EXP_SLTSTA_PDC);
}

static void resume_finds_card_replaced(struct kunit *test)
{
	struct fake_port *port = test->priv;

	find_driver(test);
	if (!port->driver->resume_noirq)
		kunit_skip(test, "CONFIG_PM_SLEEP is not set");
	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	set_state(port, ON_STATE);
	port->card_id = PCI_VENDOR_ID_INTEL;
	KUNIT_EXPECT_EQ(test, port->driver->resume_noirq(&port->pcie), 0);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_PDC);
	KUNIT_EXPECT_TRUE(test, pci_dev_is_disconnected(port->card));
}

static struct kunit_case replaced_cases[] = {
	KUNIT_CASE(replaced_card_is_recognized),
	KUNIT_CASE(probe_remembers_serial_number),
	KUNIT_CASE(look_finds_card_replaced),
	KUNIT_CASE(resume_finds_card_replaced),
	{}
};

static struct kunit_suite replaced_suite = {
	.name = "pciehp_replaced",
	.init = pciehp_test_init,
	.exit = pciehp_test_exit,
	.test_cases = replaced_cases,
};

kunit_test_suite(replaced_suite);
