/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every program with guests has in common. Each test has a guest of its own;
 * when it is over, the invariants I1 to I7 are checked whatever it did: see
 * lib/check/invariants.c.
 */
#ifndef GUEST_FIXTURE_H
#define GUEST_FIXTURE_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../kselftest_harness.h"

#include "libpciehp.h"

/*
 * Host time of one test, far more than it takes, and more than the library waits
 * for a boot (BOOT_TIMEOUT_MS) or an answer (REQUEST_TIMEOUT_MS): those tell what
 * hangs.
 */
#define TIMEOUT_S	300

/**
 * ASSERT_OK() - end the case here unless a call succeeds
 * @call: an expression that is 0, or a negative errno
 *
 * As ASSERT_EQ(0, call), but a second line has the error in words.
 */
#define ASSERT_OK(call)							\
	do {								\
		const int __ret = (call);				\
									\
		__EXPECT(0, "0", __ret, #call, ==, 1) {			\
			TH_LOG("%s", strerror(-__ret));			\
		}							\
	} while (0)

/* The device that is quickest to be emulated. */
static inline struct plug virtio_net(int port, int function)
{
	static const char *const ids[][2] = {
		{ "dev0", "dev0.1" }, { "dev1", "dev1.1" },
	};

	return (struct plug){
		.model = "virtio-net-pci",
		.driver = "virtio-pci",
		.id = ids[port][function],
		.port = port,
		.function = function,
	};
}

/*
 * The device whose driver can do without it: virtio-pci waits for ever for one that is
 * gone to be reset, and knows nothing of error recovery.
 */
static inline struct plug e1000e(const char *id)
{
	return (struct plug){ .model = "e1000e", .driver = "e1000e", .id = id };
}

/* The card that is a switch, see topology_nest(). */
static inline struct plug nested_switch(void)
{
	return (struct plug){
		.model = "x3130-upstream",
		.driver = "pcieport",
		.id = TOPOLOGY_NESTED,
	};
}

/* "fixture.variant.test", as the harness's -r option takes it. */
static inline void test_name(struct __test_metadata *_metadata,
			     const void *variant, char *name, size_t size)
{
	const struct __fixture_variant_metadata *v;

	v = _metadata->fixture->variant;
	while (v && v->data != variant)
		v = v->next;
	snprintf(name, size, "%s%s%s.%s", _metadata->fixture->name,
		 v ? "." : "", v ? v->name : "", _metadata->name);
}

/* The last step of a fixture's setup, as it may skip the test. */
static inline void boot_guest(struct __test_metadata *_metadata,
			      const void *variant, struct guest *guest,
			      const struct guest_setup *setup)
{
	char name[128];
	int ret;

	if (machine_missing())
		SKIP(return, "%s", machine_missing());
	test_name(_metadata, variant, name, sizeof(name));
	ret = guest_boot(guest, name, setup);
	if (ret)
		case_end(guest);
	if (guest->result.skip[0])
		SKIP(return, "%s", guest->result.skip);
	ASSERT_OK(ret);
}

/* The teardown of a fixture. */
static inline void end_guest(struct __test_metadata *_metadata,
			     struct guest *guest)
{
	case_end(guest);
	EXPECT_TRUE(result_ok(&guest->result));
	result_cleanup(&guest->result);
}

/*
 * Of those who were started to write until an error, and have been joined, each has
 * written, and has had its error.
 */
static inline void expect_writes_ended(struct __test_metadata *_metadata,
				       struct guest *guest, int writers)
{
	const char *line = guest->agent.text;
	unsigned long blocks;
	int error, n = 0;

	for (; *line; line = text_next_line(line), n++) {
		int fields = sscanf(line, "ok %lu %d", &blocks, &error);

		ASSERT_EQ(2, fields) {
			TH_LOG("%s", line);
		}
		EXPECT_NE(0UL, blocks);
		EXPECT_NE(0, error);
	}
	EXPECT_EQ(writers, n);
}

/* One reason, once, and the exit status that says so. */
static inline int guest_test_main(int argc, char **argv)
{
	if (argc == 1 && machine_missing())
		ksft_exit_skip("%s\n", machine_missing());

	return test_harness_run(argc, argv);
}

#endif /* GUEST_FIXTURE_H */
