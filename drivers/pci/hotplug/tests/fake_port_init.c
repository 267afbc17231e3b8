// SPDX-License-Identifier: GPL-2.0
/* Set up a fake PCIe hotplug port for KUnit tests, with its parent and card */

#include <asm/byteorder.h>
#include <kunit/test.h>
#include <linux/irq.h>
#include <linux/pm_runtime.h>

#include "../../pci.h"
#include "fake_port.h"

static void fake_port_later(struct work_struct *work)
{
	struct fake_port *port = container_of(to_delayed_work(work),
					      struct fake_port, later);

	port->later_fn(port);
}

/**
 * fake_port_call_later() - call a function while the test waits
 * @port: fake hotplug port
 * @fn: the function
 * @msecs: the delay
 */
void fake_port_call_later(struct fake_port *port,
			  void (*fn)(struct fake_port *port),
			  unsigned int msecs)
{
	port->later_fn = fn;
	schedule_delayed_work(&port->later, msecs_to_jiffies(msecs));
}

static irqreturn_t fake_port_handler(int irq, void *dev_id)
{
	return IRQ_NONE;
}

/**
 * fake_port_alloc_irq() - give the port an interrupt that can be requested
 * @port: fake hotplug port
 *
 * The interrupt is never raised.
 *
 * Return: %0, or a negative errno if no interrupt can be allocated.
 */
int fake_port_alloc_irq(struct fake_port *port)
{
	int irq = irq_alloc_desc(NUMA_NO_NODE);

	if (irq < 0)
		return irq;

	irq_set_chip_and_handler(irq, &dummy_irq_chip, handle_simple_irq);
	port->pcie.irq = irq;

	return 0;
}

/**
 * fake_port_request_irq() - give the port an interrupt that can be masked
 * @port: fake hotplug port
 *
 * Return: %0, or a negative errno if no interrupt can be allocated or requested.
 */
int fake_port_request_irq(struct fake_port *port)
{
	int ret;

	ret = fake_port_alloc_irq(port);
	if (ret)
		return ret;

	ret = request_irq(port->pcie.irq, fake_port_handler, IRQF_NO_THREAD,
			  "pciehp_kunit", port->ctrl);
	port->has_irq = !ret;

	return ret;
}

static void fake_port_release_ctrl(struct fake_port *port)
{
	if (port->ctrl)
		pciehp_release_ctrl(port->ctrl);

	port->ctrl = NULL;
	set_service_data(&port->pcie, NULL);
}

/**
 * fake_port_probe() - replace the controller of the port by a new one
 * @port: fake hotplug port
 *
 * Return: %0, or an error if memory is short.
 */
int fake_port_probe(struct fake_port *port)
{
	/* no interrupt is handled until pcie_init() has returned */
	fake_port_release_ctrl(port);
	port->ctrl = pcie_init(&port->pcie);
	if (!port->ctrl)
		return -ENOMEM;

	set_service_data(&port->pcie, port->ctrl);
	port->ctrl->hotplug_slot.pci_slot = &port->slot;

	return 0;
}

/**
 * fake_port_bind() - have the driver probe the port
 * @port: fake hotplug port
 *
 * Return: what the driver's probe callback returns.
 */
int fake_port_bind(struct fake_port *port)
{
	int ret;

	fake_port_release_ctrl(port);
	ret = port->driver->probe(&port->pcie);
	if (ret) {
		set_service_data(&port->pcie, NULL);
		return ret;
	}
	port->ctrl = get_service_data(&port->pcie);
	port->bound = true;

	return 0;
}

/**
 * fake_port_unbind() - have the driver remove the port
 * @port: fake hotplug port which the driver is bound to
 */
void fake_port_unbind(struct fake_port *port)
{
	port->driver->remove(&port->pcie);
	port->bound = false;
	port->ctrl = NULL;
	set_service_data(&port->pcie, NULL);
}

/**
 * fake_port_suspend_parent() - give the port a suspended parent
 * @port: fake hotplug port
 *
 * Return: %0, or an error if there is no such parent.
 */
int fake_port_suspend_parent(struct fake_port *port)
{
	port->parent = root_device_register("pciehp_kunit");
	if (IS_ERR(port->parent))
		return PTR_ERR(port->parent);

	/* The initial state of a device in runtime PM is suspended. */
	pm_runtime_enable(port->parent);
	port->pdev->dev.parent = port->parent;

	return 0;
}

static int fake_card_read(struct pci_bus *bus, unsigned int devfn, int where,
			  int size, u32 *val)
{
	struct fake_port *port = container_of(bus, struct fake_port,
					      subordinate);

	switch (where) {
	case PCI_VENDOR_ID:
		*val = port->card_id;
		if (port->card_reads && !--port->card_reads)
			port->card_id = ~0;
		break;
	case PCI_COMMAND:
		*val = port->card_command;
		break;
	case PCI_CLASS_REVISION:
		*val = port->card_class;
		break;
	case PCI_SUBSYSTEM_VENDOR_ID:
		*val = port->card_subsystem;
		break;
	case PCI_CFG_SPACE_SIZE:
		*val = PCI_EXT_CAP_ID_DSN | 1 << 16;
		break;
	case PCI_CFG_SPACE_SIZE + 4:
		*val = lower_32_bits(port->card_dsn);
		break;
	case PCI_CFG_SPACE_SIZE + 8:
		*val = upper_32_bits(port->card_dsn);
		break;
	default:
		*val = 0;
	}

	return PCIBIOS_SUCCESSFUL;
}

static int fake_card_write(struct pci_bus *bus, unsigned int devfn, int where,
			   int size, u32 val)
{
	struct fake_port *port = container_of(bus, struct fake_port,
					      subordinate);

	if (where == PCI_COMMAND)
		port->card_command = val;

	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops fake_card_ops = {
	.read = fake_card_read,
	.write = fake_card_write,
};

/**
 * fake_port_add_card() - add a device in the slot, which the kernel knows
 * @port: fake hotplug port
 *
 * It stays on the bus's list of devices even if the driver removes it.
 *
 * Return: %0, or an error if memory is short.
 */
int fake_port_add_card(struct fake_port *port)
{
	struct pci_dev *card = pci_alloc_dev(NULL);

	if (!card)
		return -ENOMEM;

	card->bus = &port->subordinate;
	card->vendor = PCI_VENDOR_ID_REDHAT;
	card->cfg_size = PCI_CFG_SPACE_EXP_SIZE;
	card->dev.init_name = "pciehp_kunit_card";
	device_initialize(&card->dev);
	fake_port_keep_card(card);
	port->card_id = PCI_VENDOR_ID_REDHAT;
	port->card_command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
			     PCI_COMMAND_SERR;
	port->card = card;
	list_add(&card->bus_list, &port->subordinate.devices);

	return 0;
}

/**
 * fake_port_init() - make a hotplug port and its controller
 * @test: the test that owns the memory
 *
 * The slot is occupied, has all features, and is turned on.
 *
 * Return: the port, or %NULL if memory is short.
 */
struct fake_port *fake_port_init(struct kunit *test)
{
	struct fake_port *port;
	struct pci_dev *pdev;

	port = kunit_kzalloc(test, sizeof(*port), GFP_KERNEL);
	if (!port)
		return NULL;

	port->poll_mode = pciehp_poll_mode;
	port->poll_time = pciehp_poll_time;
	INIT_DELAYED_WORK(&port->later, fake_port_later);

	*(__le16 *)(port->config + PCI_VENDOR_ID) =
		cpu_to_le16(PCI_VENDOR_ID_REDHAT);
	port->config[PCI_STATUS] = PCI_STATUS_CAP_LIST;
	port->config[PCI_CAPABILITY_LIST] = FAKE_PORT_CAP;
	port->config[FAKE_PORT_CAP] = PCI_CAP_ID_EXP;
	fake_port_set(port, PCI_EXP_FLAGS,
		      2 | PCI_EXP_TYPE_ROOT_PORT << 4 | PCI_EXP_FLAGS_SLOT);
	fake_port_set(port, PCI_EXP_SLTCAP,
		      PCI_EXP_SLTCAP_ABP | PCI_EXP_SLTCAP_PCP |
		      PCI_EXP_SLTCAP_AIP | PCI_EXP_SLTCAP_PIP |
		      PCI_EXP_SLTCAP_HPS | PCI_EXP_SLTCAP_HPC);
	fake_port_set(port, PCI_EXP_SLTCTL,
		      PCI_EXP_SLTCTL_PWR_ON | PCI_EXP_SLTCTL_PWR_IND_ON |
		      PCI_EXP_SLTCTL_ATTN_IND_OFF);
	fake_port_set(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS);
	fake_port_set(port, PCI_EXP_LNKSTA, PCI_EXP_LNKSTA_DLLLA);
	fake_port_recover(port);

	port->host = kunit_kzalloc(test, sizeof(*port->host), GFP_KERNEL);
	if (!port->host)
		return NULL;

	port->bus.ops = &fake_port_ops;
	port->bus.bridge = &port->host->dev;
	INIT_LIST_HEAD(&port->bus.devices);
	INIT_LIST_HEAD(&port->subordinate.devices);
	INIT_LIST_HEAD(&port->subordinate.slots);
	/* a slot holds a reference to its bus */
	device_initialize(&port->subordinate.dev);
	port->subordinate.ops = &fake_card_ops;
	port->subordinate.parent = &port->bus;
	/* Some architectures have the domain there. */
	port->bus.sysdata = port->sysdata;
	port->subordinate.sysdata = port->sysdata;

	pdev = pci_alloc_dev(NULL);
	if (!pdev)
		return NULL;

	pdev->bus = &port->bus;
	pdev->subordinate = &port->subordinate;
	pdev->hdr_type = PCI_HEADER_TYPE_BRIDGE;
	pdev->cfg_size = PCI_CFG_SPACE_SIZE;
	pdev->pcie_cap = FAKE_PORT_CAP;
	pdev->pcie_flags_reg = fake_port_get(port, PCI_EXP_FLAGS);
	pdev->current_state = PCI_D0;
	pdev->msi_enabled = 1;
	pdev->dev.init_name = "pciehp_kunit";
	/* runtime PM needs this */
	device_initialize(&pdev->dev);
	pci_allocate_cap_save_buffers(pdev);
	port->subordinate.self = pdev;
	port->pdev = pdev;

	port->pcie.port = pdev;
	port->pcie.irq = IRQ_NOTCONNECTED;
	port->pcie.service = PCIE_PORT_SERVICE_HP;
	port->slot.kobj.name = "kunit";
	if (fake_port_probe(port)) {
		fake_port_cleanup(port);
		return NULL;
	}
	port->status_reads = 0;
	/* This may be a quirk of the machine. */
	port->ctrl->inband_presence_disabled = 0;

	return port;
}

/**
 * fake_port_cleanup() - undo what fake_port_init() and the test did
 * @port: fake hotplug port
 */
void fake_port_cleanup(struct fake_port *port)
{
	cancel_delayed_work_sync(&port->later);

	if (port->bound)
		fake_port_unbind(port);

	pciehp_poll_mode = port->poll_mode;
	pciehp_poll_time = port->poll_time;

	if (port->has_irq)
		free_irq(port->pcie.irq, port->ctrl);

	if (port->pcie.irq != IRQ_NOTCONNECTED)
		irq_free_desc(port->pcie.irq);

	fake_port_release_ctrl(port);

	if (!IS_ERR_OR_NULL(port->parent)) {
		pm_runtime_disable(port->parent);
		root_device_unregister(port->parent);
	}

	/* Neither device was ever added, so there is nothing to release. */
	kfree(port->card);
	pci_free_cap_save_buffers(port->pdev);
	kfree(port->pdev);
}
