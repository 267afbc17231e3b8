/* SPDX-License-Identifier: GPL-2.0-only */
/* Scripts for a fake gdbstub. */
#ifndef LIBPCIEHP_TESTS_FAKE_STUB_H
#define LIBPCIEHP_TESTS_FAKE_STUB_H

#include <stddef.h>
#include <stdint.h>

#include "tests/fake_peer.h"

void fake_stub_expect(struct fake_peer *peer, const char *packet);
void fake_stub_send(struct fake_peer *peer, const char *packet);
void fake_stub_expect_read(struct fake_peer *peer, uint64_t addr,
			   const void *data, size_t len);
void fake_stub_expect_write(struct fake_peer *peer, uint64_t addr,
			    const void *data, size_t len);
void fake_stub_corrupt(struct fake_peer *peer, unsigned int *seed);

#endif /* LIBPCIEHP_TESTS_FAKE_STUB_H */
