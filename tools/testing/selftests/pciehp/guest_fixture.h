/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all test programs share. Each test has a guest of its own. When the test is
 * over, the invariants I1 to I7 are checked, see lib/check/invariants.c.
 */
#ifndef GUEST_FIXTURE_H
#define GUEST_FIXTURE_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../kselftest_harness.h"

#include "libpciehp.h"
#include "guest/action.h"
#include "slot/sysfs.h"
#include "timing.h"

/*
 * Host time of one test. It is far more than a test takes, and more than the library
 * waits for a boot (BOOT_TIMEOUT_MS) or an answer (REQUEST_TIMEOUT_MS), as the
 * library's messages tell what hangs.
 */
#define TIMEOUT_S	300

/* QEMU's ids of the first ports, see topology_build(). */
#define ROOT_PORT_ID		"root0"
#define UPSTREAM_PORT_ID	"up0"
#define PORT_ID			"port0"

/* Arguments of -device: cards in the slot of port 0 at boot, and in a nested slot. */
#define VIRTIO_NET_AT_BOOT	"virtio-net-pci,id=dev0,bus=port0,romfile="
#define E1000E_AT_BOOT		"e1000e,id=dev0,bus=port0,romfile="
#define E1000E_NESTED_AT_BOOT	"e1000e,id=inner,bus=port1,romfile="

/* Argument of -blockdev: a disk called "disk", which has 64 MiB of zeroes. */
#define ZERO_DISK \
	"driver=null-co,node-name=disk,size=67108864,read-zeroes=on"

/* The guest's name of the first NVMe disk. */
#define NVME_DISK	"/dev/nvme0n1"

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

/* The device whose emulation takes the least time. */
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
 * A device for surprise removal and error recovery. The driver virtio-pci takes part in
 * no error recovery, and waits for ever for the reset of a device that has gone.
 */
static inline struct plug e1000e(const char *id)
{
	return (struct plug){ .model = "e1000e", .driver = "e1000e", .id = id };
}

/* A disk; QEMU's options have ZERO_DISK or another disk of that name. */
static inline struct plug nvme(const char *id)
{
	static const struct plug_property properties[] = {
		{ "drive", "disk" }, { "serial", "1" }, { }
	};

	return (struct plug){
		.model = "nvme",
		.driver = "nvme",
		.id = id,
		.properties = properties,
	};
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

/* After boot_guest(): skip the test if the kernel lacks a driver, such as "pci/drivers/nvme". */
static inline void need_driver(struct __test_metadata *_metadata,
			       struct guest *guest, const char *driver,
			       const char *option)
{
	char path[SLOT_PATH_SIZE];
	bool has_driver;

	if (!guest->alive)
		return;
	snprintf(path, sizeof(path), "/sys/bus/%s", driver);
	ASSERT_OK(guest_has_file(guest, path, &has_driver));
	if (!has_driver)
		SKIP(return, "%s",
		     result_skip(&guest->result, "the kernel has no %s (%s)",
				 path, option));
}

static inline void need_e1000e(struct __test_metadata *_metadata,
			       struct guest *guest)
{
	need_driver(_metadata, guest, "pci/drivers/e1000e", "CONFIG_E1000E");
}

/* The teardown of a fixture. */
static inline void end_guest(struct __test_metadata *_metadata,
			     struct guest *guest)
{
	case_end(guest);
	EXPECT_TRUE(result_ok(&guest->result));
	result_cleanup(&guest->result);
}

/* Press the attention button for a card, and give the driver time to notice that. */
static inline int press_button(struct guest *guest, const struct plug *card)
{
	return slot_request_unplug(guest, card) ?:
	       guest_sleep(guest, NOTICED_MS);
}

/* The attention indicator of port 0 is PCI_EXP_SLTCTL_ATTN_IND_ON, ... */
static inline void expect_attention(struct __test_metadata *_metadata,
				    struct guest *guest, uint16_t indicator)
{
	struct port_regs regs;

	ASSERT_OK(port_read_regs(guest, 0, &regs));
	EXPECT_EQ(indicator, regs.slot_control & PCI_EXP_SLTCTL_AIC);
}

/*
 * After guest_join(): each process of guest_start_write_until_error() has written, and
 * has ended with an error.
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

/* Without a machine, all tests are skipped at once, for one reason. */
static inline int guest_test_main(int argc, char **argv)
{
	if (argc == 1 && machine_missing())
		ksft_exit_skip("%s\n", machine_missing());

	return test_harness_run(argc, argv);
}

#endif /* GUEST_FIXTURE_H */
