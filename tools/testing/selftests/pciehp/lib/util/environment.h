/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inputs are environment variables, as usual in kselftest:
 *
 *	KERNEL			kernel image of the guest
 *	CMDLINE			added to the kernel's command line
 *	QEMU			emulator to use instead of the one in PATH
 *	PCIEHP_INITRD		initramfs to use instead of the agent's
 *	PCIEHP_HOST_KERNEL	kernel image of the host in which vfio_test runs its guest
 *	PCIEHP_HOST_FILES	archive with the programs of that host: QEMU and its libraries
 *	PCIEHP_NETWORK		set if QEMU has igb, the host's kernel igb and the guest's
 *				kernel igbvf
 *	PCIEHP_RESULTS		folder that receives a result and a console for each case
 *	PCIEHP_CASE		name of the case in that folder
 *	PCIEHP_TEST		name of the test, if it is not the name of the case
 *	PCIEHP_CYCLES		number of cards that soak.* adds and removes
 *	PCIEHP_STATES		folder with the states of booted machines that cases share
 *	PCIEHP_KEPT_STATES	the same for states that are kept for later runs; for
 *				pciehp_run, a folder in which each kernel gets such a folder
 */
#ifndef LIBPCIEHP_UTIL_ENVIRONMENT_H
#define LIBPCIEHP_UTIL_ENVIRONMENT_H

#include <limits.h>

const char *environment_get(const char *name);
void environment_find_file(const char *name, char path[PATH_MAX]);
unsigned int environment_parallel(void);

#endif /* LIBPCIEHP_UTIL_ENVIRONMENT_H */
