/* SPDX-License-Identifier: GPL-2.0-only */
/* The slot under test: its port's registers, hot-add and hot-remove. */
#ifndef LIBPCIEHP_SLOT_SLOT_H
#define LIBPCIEHP_SLOT_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/pci_regs.h>

#include "guest/batch.h"
#include "guest/guest.h"
#include "qemu/pci_tree.h"
#include "slot/slot_host.h"

#define SLOT_PATH_SIZE		128
#define SLOT_SERVICE_SIZE	(BDF_SIZE + 8)

/*
 * Guest time. A hot-add takes about a second on a port that does not report link active.
 * A hot-remove begins 5 s after the press of the attention button, while the power
 * indicator blinks. With polling, the driver does not begin to poll before 10 s.
 */
#define SLOT_ADD_TIMEOUT_MS	15000
#define SLOT_REMOVE_TIMEOUT_MS	20000

/*
 * Guest time from the guest's removal of a device until QEMU deletes it. QEMU does that
 * when both power and power indicator are off. pciehp waits 1 s in between (PCIe Base
 * Spec sec. 6.7.1.8).
 */
#define SLOT_POWER_OFF_MS	1500

/**
 * struct port_regs - registers of a port, read from its configuration space
 * @bdf: address of the port
 * @slot_capabilities: Slot Capabilities
 * @slot_control: Slot Control
 * @slot_status: Slot Status
 * @link_status: Link Status
 * @runtime_suspended: the kernel has runtime suspended the port
 * @can_signal_pme: the port can signal PME for a hotplug event
 */
struct port_regs {
	char bdf[BDF_SIZE];
	uint32_t slot_capabilities;
	uint16_t slot_control;
	uint16_t slot_status;
	uint16_t link_status;
	bool runtime_suspended;
	bool can_signal_pme;
};

int port_parse_regs(const char *line, struct port_regs *regs);
int port_read_regs(struct guest *guest, int port, struct port_regs *regs);
uint16_t port_pending_events(const struct port_regs *regs);
int port_write_slot_control(struct guest *guest, int port, uint16_t value);

int slot_hot_add(struct guest *guest, const struct plug *plug);
int slot_hot_add_and_settle(struct guest *guest, const struct plug *plug);
int slot_hot_remove(struct guest *guest, const struct plug *plug);
void slot_added_request(const struct guest *guest, const struct plug *plug,
			struct moment since, char *request, size_t size);
int slot_check_added(struct guest *guest, const struct plug *plug,
		     struct moment since, const struct batch_answer *answer);
int slot_wait_added(struct guest *guest, const struct plug *plug,
		    struct moment since);
int slot_wait_removed(struct guest *guest, const struct plug *plug,
		      struct moment since);
int slot_wait_present(struct guest *guest, const struct plug *plug);
void slot_gone_requests(const struct guest *guest, const struct plug *plug,
			struct moment since, char *requests, size_t size);
int slot_wait_gone(struct guest *guest, const struct plug *plug,
		   struct moment since);
int slot_attribute(struct guest *guest, int port, const char *attribute,
		   char path[SLOT_PATH_SIZE]);
int slot_write_attribute(struct guest *guest, int port, const char *attribute,
			 const char *value);
void slot_service_name(const struct guest *guest, int port,
		       char name[SLOT_SERVICE_SIZE]);
void slot_service_request(const struct guest *guest, int port,
			  const char *verb, char *request, size_t size);
void slot_function_bdf(const struct guest *guest, int port, int function,
		       char bdf[BDF_SIZE]);

#endif /* LIBPCIEHP_SLOT_SLOT_H */
