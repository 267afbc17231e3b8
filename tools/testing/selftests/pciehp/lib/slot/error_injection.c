// SPDX-License-Identifier: GPL-2.0-only
/* Injects errors that Advanced Error Reporting detects (PCIe Base Spec sec. 6.2). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "slot/config_space.h"
#include "slot/error_injection.h"

/* QEMU's ids, see topology_build(). */
#define ROOT_PORT	"root0"
#define UPSTREAM_PORT	"up0"

/* QEMU's name of Data Link Protocol Error. */
#define FATAL_ERROR	"DLP"

static int set_bits(struct guest *guest, const char *bdf, int offset,
		    uint16_t bits)
{
	uint16_t value;

	return config_read16(guest, bdf, offset, &value) ?:
	       config_write16(guest, bdf, offset, value | bits);
}

/*
 * Firmware usually does this at boot: it makes ports report errors upstream, so that the
 * root port interrupts for them. A reset clears these bits in the upstream port. Before
 * v6.1, a port below a root port lost the bits of Device Control when portdrv bound to it.
 */
static int enable_error_reporting(struct guest *guest, const char *id)
{
	int ret, pcie_cap;
	char bdf[BDF_SIZE];

	ret = pci_tree_find(&guest->vm.qmp, id, bdf) ?:
	      config_find_capability(guest, bdf, PCI_CAP_ID_EXP, &pcie_cap);
	if (ret) {
		result_error(&guest->result, "find %s and its PCIe Capability: %s",
			     id, strerror(-ret));
		return ret;
	}

	return set_bits(guest, bdf, PCI_COMMAND, PCI_COMMAND_SERR) ?:
	       set_bits(guest, bdf, PCI_BRIDGE_CONTROL, PCI_BRIDGE_CTL_SERR) ?:
	       set_bits(guest, bdf, pcie_cap + PCI_EXP_DEVCTL,
			PCI_EXP_DEVCTL_NFERE | PCI_EXP_DEVCTL_FERE);
}

/**
 * error_inject_fatal() - inject a fatal error at the upstream port of the first switch
 * @guest: the guest, whose machine is stopped
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int error_inject_fatal(struct guest *guest)
{
	const char *text;
	json_t *result;
	int ret;

	ret = enable_error_reporting(guest, ROOT_PORT) ?:
	      enable_error_reporting(guest, UPSTREAM_PORT);
	if (ret)
		return ret;
	ret = qmp_command(&guest->vm.qmp, "human-monitor-command",
			  json_pack("{s:s}", "command-line",
				    "pcie_aer_inject_error " UPSTREAM_PORT " " FATAL_ERROR),
			  &result);
	if (ret) {
		result_error(&guest->result, "%s", guest->vm.qmp.error);
		return ret;
	}
	text = json_string_value(result);
	if (!text || strncmp(text, "OK", strlen("OK"))) {
		result_error(&guest->result,
			     "inject a fatal error at " UPSTREAM_PORT ": QEMU returns: %s",
			     text ?: "nothing");
		ret = -EPROTO;
	}
	json_decref(result);

	return ret;
}
