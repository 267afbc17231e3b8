/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM pciehp

#if !defined(_PCIEHP_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _PCIEHP_TRACE_H

#include <linux/pci.h>
#include <linux/tracepoint.h>
#include "pciehp.h"

#define PCIEHP_VERDICT						\
	EM(PCIEHP_VERDICT_IGNORED,	"ignored")	\
	EM(PCIEHP_VERDICT_DEFERRED,	"deferred")		\
	EM(PCIEHP_VERDICT_NO_RESPONSE,	"no response")		\
	EM(PCIEHP_VERDICT_NO_EVENT,	"no event")		\
	EMe(PCIEHP_VERDICT_HANDLED,	"handled")

#ifndef _PCIEHP_TRACE_ENUM
#define _PCIEHP_TRACE_ENUM
#undef EM
#undef EMe
#define EM(a, b)	a,
#define EMe(a, b)	a
enum pciehp_verdict { PCIEHP_VERDICT };
#endif

/* Enums require being exported to userspace, for user tool parsing */
#undef EM
#undef EMe
#define EM(a, b)	TRACE_DEFINE_ENUM(a);
#define EMe(a, b)	TRACE_DEFINE_ENUM(a);

PCIEHP_VERDICT

/* The same as a list for __print_symbolic() */
#undef EM
#undef EMe
#define EM(a, b)	{a, b},
#define EMe(a, b)	{a, b}

/* A port as numbers, as they are cheap to record in an interrupt handler */
#define PCIEHP_PORT_FIELDS					\
		__field(	u32,	domain	)		\
		__field(	u8,	bus	)		\
		__field(	u8,	devfn	)

#define PCIEHP_PORT_ASSIGN(port)				\
		__entry->domain = pci_domain_nr((port)->bus);	\
		__entry->bus = (port)->bus->number;		\
		__entry->devfn = (port)->devfn

#define PCIEHP_PORT_FMT		"%04x:%02x:%02x.%d"

#define PCIEHP_PORT_ARGS					\
		__entry->domain, __entry->bus,			\
		PCI_SLOT(__entry->devfn), PCI_FUNC(__entry->devfn)

TRACE_EVENT(pciehp_command,

	TP_PROTO(struct controller *ctrl, u16 old, u16 new),

	TP_ARGS(ctrl, old, new),

	TP_STRUCT__entry(
		PCIEHP_PORT_FIELDS
		__field(	u16,	old		)
		__field(	u16,	new		)
		__field(	u16,	intended	)
	),

	TP_fast_assign(
		PCIEHP_PORT_ASSIGN(ctrl->pcie->port);
		__entry->old = old;
		__entry->new = new;
		__entry->intended = READ_ONCE(ctrl->slot_ctrl);
	),

	TP_printk(PCIEHP_PORT_FMT " old=0x%04x new=0x%04x intended=0x%04x",
		  PCIEHP_PORT_ARGS, __entry->old, __entry->new,
		  __entry->intended)
);

TRACE_EVENT(pciehp_command_done,

	TP_PROTO(struct controller *ctrl, bool completed),

	TP_ARGS(ctrl, completed),

	TP_STRUCT__entry(
		PCIEHP_PORT_FIELDS
		__field(	u16,		slot_ctrl	)
		__field(	bool,		completed	)
		__field(	unsigned int,	latency		)
	),

	TP_fast_assign(
		PCIEHP_PORT_ASSIGN(ctrl->pcie->port);
		__entry->slot_ctrl = READ_ONCE(ctrl->slot_ctrl);
		__entry->completed = completed;
		__entry->latency = jiffies_to_msecs(jiffies -
						    READ_ONCE(ctrl->cmd_started));
	),

	TP_printk(PCIEHP_PORT_FMT " slot_ctrl=0x%04x %s latency=%u ms",
		  PCIEHP_PORT_ARGS, __entry->slot_ctrl,
		  __entry->completed ? "completed" : "timed out",
		  __entry->latency)
);

TRACE_EVENT(pciehp_interrupt,

	TP_PROTO(struct controller *ctrl, u16 slot_status,
		 enum pciehp_verdict verdict),

	TP_ARGS(ctrl, slot_status, verdict),

	TP_STRUCT__entry(
		PCIEHP_PORT_FIELDS
		__field(	u16,	slot_status	)
		__field(	u16,	intended	)
		__field(	int,	verdict		)
	),

	TP_fast_assign(
		PCIEHP_PORT_ASSIGN(ctrl->pcie->port);
		__entry->slot_status = slot_status;
		__entry->intended = READ_ONCE(ctrl->slot_ctrl);
		__entry->verdict = verdict;
	),

	TP_printk(PCIEHP_PORT_FMT " slot_status=0x%04x intended=0x%04x %s",
		  PCIEHP_PORT_ARGS, __entry->slot_status,
		  __entry->intended,
		  __print_symbolic(__entry->verdict, PCIEHP_VERDICT))
);

#endif /* _PCIEHP_TRACE_H */

/* This part must be outside protection */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE pciehp_trace
#include <trace/define_trace.h>
