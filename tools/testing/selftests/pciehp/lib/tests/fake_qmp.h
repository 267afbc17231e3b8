/* SPDX-License-Identifier: GPL-2.0-only */
/* Scripts for a fake of QEMU's monitor. */
#ifndef LIBPCIEHP_TESTS_FAKE_QMP_H
#define LIBPCIEHP_TESTS_FAKE_QMP_H

#include "tests/fake_peer.h"

#define FAKE_QMP_RETURN	"{'return': {}}\n"

void fake_qmp_expect(struct fake_peer *peer, const char *json);
void fake_qmp_send(struct fake_peer *peer, const char *json);
void fake_qmp_greet(struct fake_peer *peer);

#endif /* LIBPCIEHP_TESTS_FAKE_QMP_H */
