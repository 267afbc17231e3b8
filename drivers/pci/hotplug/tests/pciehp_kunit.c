// SPDX-License-Identifier: GPL-2.0
/* Functions that the KUnit tests for the PCIe hotplug driver share */

#include <kunit/test.h>
#include <linux/interrupt.h>
#include <linux/kmsg_dump.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "../pciehp.h"
#include "fake_port.h"
#include "pciehp_kunit.h"

/* Each interrupt is handled, and no event stays set that prevents the next. */
void expect_hotplug_works(struct kunit *test, struct fake_port *port)
{
	unsigned int interrupts = port->interrupts;
	unsigned long start = jiffies;

	atomic_set(&port->ctrl->pending_events, 0);
	fake_port_event(port, PCI_EXP_SLTSTA_DLLSC);
	KUNIT_EXPECT_EQ(test, port->interrupts, interrupts + 1);
	KUNIT_EXPECT_EQ(test, pending(port), PCI_EXP_SLTSTA_DLLSC);

	pcie_do_write_cmd(port->ctrl, PCI_EXP_SLTCTL_ATTN_IND_ON,
			  PCI_EXP_SLTCTL_AIC, true);
	KUNIT_EXPECT_EQ(test, port->interrupts, interrupts + 2);
	KUNIT_EXPECT_FALSE(test, port->ctrl->cmd_busy);
	KUNIT_EXPECT_LT(test, msecs_since(start), SOON_MSECS);
	KUNIT_EXPECT_EQ(test, slot_status(port), PCI_EXP_SLTSTA_PDS);
}

/* The mode applies to all ports, so skip the test if there is a real port. */
void poll_for_events(struct kunit *test)
{
	struct pci_dev *pdev = NULL;

	for_each_pci_dev(pdev) {
		if (pdev->is_hotplug_bridge && pci_is_pcie(pdev)) {
			pci_dev_put(pdev);
			kunit_skip(test, "polling mode would affect a real hotplug port");
		}
	}
	pciehp_poll_mode = true;
}

/* expect_said() then looks at later messages only */
void forget_messages(struct fake_port *port)
{
	struct kmsg_dump_iter iter = {};

	kmsg_dump_rewind(&iter);
	port->first_message = iter.next_seq;
}

static bool has_said(struct fake_port *port, const char *text)
{
	struct kmsg_dump_iter iter = {};
	char line[256];
	size_t len;

	kmsg_dump_rewind(&iter);
	iter.cur_seq = port->first_message;
	while (kmsg_dump_get_line(&iter, false, line, sizeof(line), &len)) {
		if (strnstr(line, text, len))
			return true;
	}

	return false;
}

/* The kernel log has a message with this text, or has none. */
void expect_said(struct kunit *test, const char *text, bool said)
{
	if (IS_ENABLED(CONFIG_PRINTK))
		KUNIT_EXPECT_EQ_MSG(test, has_said(test->priv, text), said,
				    "\"%s\"", text);
}

/* The thread handles @events, and does not change a slot in @state. */
void expect_card_kept(struct kunit *test, u8 state, u32 events)
{
	struct fake_port *port = test->priv;

	port->ctrl->state = state;
	port->commands = 0;
	run_thread(port, events);
	KUNIT_EXPECT_EQ(test, port->commands, 0);
	KUNIT_EXPECT_EQ(test, port->ctrl->state, state);
	KUNIT_EXPECT_EQ(test, pending(port), 0);
}

/* Blinking ends after 5 s. */
void set_state(struct fake_port *port, u8 state)
{
	cancel_delayed_work_sync(&port->ctrl->button_work);
	port->ctrl->state = state;
	if (state == BLINKINGON_STATE || state == BLINKINGOFF_STATE)
		schedule_delayed_work(&port->ctrl->button_work, 5 * HZ);
}

/* The slot is off, and has a card that the kernel knows. */
void begin_off(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	/* Otherwise the driver does not look at the link, but waits for 1 s. */
	port->pdev->link_active_reporting = 1;
	set_card(port, true, true);
	enable(port);
	pcie_do_write_cmd(port->ctrl,
			  PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF |
			  PCI_EXP_SLTCTL_ATTN_IND_BLINK,
			  PCI_EXP_SLTCTL_PCC | INDICATORS, false);
	set_state(port, OFF_STATE);
}

/* The slot is on.  Without power control, turning it off takes no second. */
void begin_on(struct kunit *test)
{
	struct fake_port *port = test->priv;

	KUNIT_ASSERT_EQ(test, fake_port_add_card(port), 0);
	port->ctrl->slot_cap &= ~PCI_EXP_SLTCAP_PCP;
	enable(port);
	set_state(port, ON_STATE);
}

/* Set fake_port.driver.  Skip the test if the driver is not registered. */
void find_driver(struct kunit *test)
{
	struct device_driver *driver = driver_find("pciehp", &pcie_port_bus_type);
	struct fake_port *port = test->priv;

	if (!driver)
		kunit_skip(test, "the driver is not registered");

	port->driver = to_service_driver(driver);
}

/* Do what fake_port_bind() needs. */
void prepare_to_bind(struct kunit *test)
{
	/* The slot would outlive the fake port. */
	if (IS_ENABLED(CONFIG_DEBUG_KOBJECT_RELEASE))
		kunit_skip(test, "CONFIG_DEBUG_KOBJECT_RELEASE delays the release of a slot");

	find_driver(test);
}

/* Bind the driver to the port, which gets an interrupt. */
void bind_port(struct kunit *test)
{
	struct fake_port *port = test->priv;

	prepare_to_bind(test);
	if (port->pcie.irq == IRQ_NOTCONNECTED)
		KUNIT_ASSERT_EQ(test, fake_port_alloc_irq(port), 0);
	KUNIT_ASSERT_EQ(test, fake_port_bind(port), 0);
	/* The driver has woken its thread, which would compete with the test. */
	synchronize_irq(port->pcie.irq);
}

int pciehp_test_init(struct kunit *test)
{
	test->priv = fake_port_init(test);
	if (!test->priv)
		return -ENOMEM;
	forget_messages(test->priv);

	return 0;
}

void pciehp_test_exit(struct kunit *test)
{
	if (test->priv)
		fake_port_cleanup(test->priv);
}

MODULE_DESCRIPTION("KUnit tests for the PCIe hotplug driver");
MODULE_LICENSE("GPL");
