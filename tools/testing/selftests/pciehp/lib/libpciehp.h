/* SPDX-License-Identifier: GPL-2.0-only */
/* All headers that a test with a guest needs. */
#ifndef LIBPCIEHP_H
#define LIBPCIEHP_H

#include "check/case_end.h"
#include "check/invariants.h"
#include "guest/agent.h"
#include "guest/batch.h"
#include "guest/clock.h"
#include "guest/guest.h"
#include "guest/request.h"
#include "guest/state.h"
#include "guest/stop.h"
#include "nested/nested.h"
#include "nested/nested_boot.h"
#include "qemu/machine_needs.h"
#include "qemu/pci_tree.h"
#include "qemu/topology.h"
#include "slot/check.h"
#include "slot/config_space.h"
#include "slot/error_injection.h"
#include "slot/fake_pm.h"
#include "slot/slot.h"
#include "slot/slot_host.h"
#include "util/environment.h"
#include "util/result.h"
#include "util/text.h"

#endif /* LIBPCIEHP_H */
