// SPDX-License-Identifier: GPL-2.0
/* Functions that the KUnit tests for the PCIe hotplug driver share */

#include <kunit/test.h>
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
