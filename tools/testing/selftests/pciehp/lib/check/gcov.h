/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The counters of a kernel with CONFIG_GCOV_KERNEL are saved at the end of a case.
 * PCIEHP_GCOV names a folder. Its file "objects" has the path of each object of the
 * kernel, without the suffix, one per line.
 */
#ifndef LIBPCIEHP_CHECK_GCOV_H
#define LIBPCIEHP_CHECK_GCOV_H

#include "guest/guest.h"

void gcov_save(struct guest *guest);

#endif /* LIBPCIEHP_CHECK_GCOV_H */
