// SPDX-License-Identifier: GPL-2.0-only
/*
 * What goes wrong around a guest is an error with its reason, never a verdict
 * about the kernel, and leaves no process behind.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest_harness.h"

#include <libpciehp.h>

#define TIMEOUT_S	120

FIXTURE(guest)
{
	struct guest guest;
};

FIXTURE_SETUP(guest)
{
	if (environment_missing())
		SKIP(return, "%s", environment_missing());
}

FIXTURE_TEARDOWN(guest)
{
	guest_end(&self->guest);
	if (!environment_get("PCIEHP_RESULTS"))
		unlink("console-faults.log");
	EXPECT_TRUE(self->guest.result.error);
	EXPECT_FALSE(result_ok(&self->guest.result));
	EXPECT_FALSE(self->guest.result.lost);
	/* no child is left, not even to be waited for */
	EXPECT_EQ(-1, waitpid(-1, NULL, WNOHANG));
	EXPECT_EQ(ECHILD, errno);
}

static const char *const no_devices[] = { NULL };
static const char *const root_port[] = { "ioh3420,id=rp1", NULL };

TEST_F_TIMEOUT(guest, qemu_ends_at_once, TIMEOUT_S)
{
	setenv("QEMU", "/bin/false", 1);
	EXPECT_EQ(-EPIPE, guest_boot(&self->guest, "faults", no_devices, false));
}

TEST_F_TIMEOUT(guest, qemu_refuses_its_options, TIMEOUT_S)
{
	const char *const devices[] = { "no-such-device", NULL };

	EXPECT_EQ(-EPIPE, guest_boot(&self->guest, "faults", devices, false));
}

TEST_F_TIMEOUT(guest, qemu_is_killed, TIMEOUT_S)
{
	ASSERT_EQ(0, guest_boot(&self->guest, "faults", root_port, false));
	kill(self->guest.vm.pid, SIGKILL);
	EXPECT_EQ(-ENOLINK, guest_request(&self->guest, "sleep 1"));
	/* said once, not again for every request to come */
	EXPECT_EQ(1U, json_array_size(self->guest.result.problems));
	EXPECT_EQ(-ENOLINK, guest_request(&self->guest, "sleep 1"));
	EXPECT_EQ(1U, json_array_size(self->guest.result.problems));
}

TEST_F_TIMEOUT(guest, kernel_panics_at_boot, TIMEOUT_S)
{
	setenv("CMDLINE", "rdinit=/none", 1);
	EXPECT_EQ(-ENOLINK, guest_boot(&self->guest, "faults", no_devices, false));
}

TEST_F_TIMEOUT(guest, port_is_missing, TIMEOUT_S)
{
	struct port_regs regs;

	ASSERT_EQ(0, guest_boot(&self->guest, "faults", no_devices, false));
	EXPECT_EQ(-ENODEV, port_read_regs(&self->guest, &regs));
}

TEST_F_TIMEOUT(guest, request_is_unknown, TIMEOUT_S)
{
	ASSERT_EQ(0, guest_boot(&self->guest, "faults", no_devices, false));
	EXPECT_EQ(-EOPNOTSUPP, guest_request(&self->guest, "no-such-request"));
	/* the error that ends this test is that there is no port */
}

TEST_HARNESS_MAIN
