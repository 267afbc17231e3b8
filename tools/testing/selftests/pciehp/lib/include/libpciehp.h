/* SPDX-License-Identifier: GPL-2.0-only */
/* Everything that a test needs. */
#ifndef LIBPCIEHP_H
#define LIBPCIEHP_H

#include <libpciehp/agent.h>
#include <libpciehp/batch.h>
#include <libpciehp/config_space.h>
#include <libpciehp/environment.h>
#include <libpciehp/error_injection.h>
#include <libpciehp/fake_pm.h>
#include <libpciehp/guest.h>
#include <libpciehp/invariants.h>
#include <libpciehp/nested.h>
#include <libpciehp/pci_tree.h>
#include <libpciehp/result.h>
#include <libpciehp/slot.h>
#include <libpciehp/text.h>
#include <libpciehp/topology.h>

#endif /* LIBPCIEHP_H */
