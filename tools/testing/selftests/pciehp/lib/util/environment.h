/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inputs reach environment variable, as is the custom of kselftest:
 *
 *	KERNEL		the guest's kernel image
 *	CMDLINE		added to its command line
 *	QEMU		another emulator than the one in PATH
 *	PCIEHP_INITRD	another initramfs than the agent's own
 *	PCIEHP_HOST_KERNEL	kernel image of the host in which vfio_test has its guest
 *	PCIEHP_HOST_FILES	archive with what that host runs: QEMU and its libraries
 *	PCIEHP_NETWORK	set if QEMU has igb, the host's kernel igb and the guest's igbvf
 *	PCIEHP_RESULTS	folder that receives a result and a console per case
 *	PCIEHP_CASE	the name under which it does
 *	PCIEHP_TEST	the name of the test, if that is another
 *	PCIEHP_CYCLES	how many cards soak.* adds and removes
 *	PCIEHP_STATES	folder in which cases share booted machines
 */
#ifndef LIBPCIEHP_UTIL_ENVIRONMENT_H
#define LIBPCIEHP_UTIL_ENVIRONMENT_H

#include <limits.h>

const char *environment_get(const char *name);
void environment_find_file(const char *name, char path[PATH_MAX]);
unsigned int environment_parallel(void);

#endif /* LIBPCIEHP_UTIL_ENVIRONMENT_H */
