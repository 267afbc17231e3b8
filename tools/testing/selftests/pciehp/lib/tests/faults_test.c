// SPDX-License-Identifier: GPL-2.0-only
/*
 * A failure outside the kernel under test is an error with its reason, and never a verdict
 * about the kernel. It leaves no process behind.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../guest_fixture.h"

FIXTURE(guest)
{
	struct guest guest;
};

FIXTURE_SETUP(guest)
{
	if (machine_missing())
		SKIP(return, "%s", machine_missing());
}

FIXTURE_TEARDOWN(guest)
{
	case_end(&self->guest);
	if (!environment_get("PCIEHP_RESULTS"))
		unlink("console-faults.log");
	EXPECT_TRUE(self->guest.result.error);
	EXPECT_FALSE(result_ok(&self->guest.result));
	EXPECT_FALSE(self->guest.result.lost);
	/* there is no child, not even a zombie */
	EXPECT_EQ(-1, waitpid(-1, NULL, WNOHANG));
	EXPECT_EQ(ECHILD, errno);
}

static const struct guest_setup root_port = {
	.port = PORT_IOH3420,
	.own_boot = true,
};

TEST_F_TIMEOUT(guest, qemu_ends_at_once, TIMEOUT_S)
{
	setenv("QEMU", "/bin/false", 1);
	EXPECT_EQ(-EPIPE, guest_boot(&self->guest, "faults", &root_port));
}

TEST_F_TIMEOUT(guest, qemu_refuses_its_options, TIMEOUT_S)
{
	const struct guest_setup setup = { .port = "no-such-device" };

	EXPECT_EQ(-EPIPE, guest_boot(&self->guest, "faults", &setup));
}

TEST_F_TIMEOUT(guest, qemu_is_killed, TIMEOUT_S)
{
	ASSERT_EQ(0, guest_boot(&self->guest, "faults", &root_port));
	kill(self->guest.vm.pid, SIGKILL);
	EXPECT_EQ(-ENOLINK, guest_request(&self->guest, "sleep 1"));
	/* the problem is recorded once, and not again for each further request */
	EXPECT_EQ(1U, json_array_size(self->guest.result.problems));
	EXPECT_EQ(-ENOLINK, guest_request(&self->guest, "sleep 1"));
	EXPECT_EQ(1U, json_array_size(self->guest.result.problems));
}

TEST_F_TIMEOUT(guest, kernel_panics_at_boot, TIMEOUT_S)
{
	setenv("CMDLINE", "rdinit=/none", 1);
	EXPECT_EQ(-ENOLINK, guest_boot(&self->guest, "faults", &root_port));
}

TEST_F_TIMEOUT(guest, port_is_missing, TIMEOUT_S)
{
	struct port_regs regs;

	ASSERT_EQ(0, guest_boot(&self->guest, "faults", &root_port));
	EXPECT_EQ(-ENODEV, port_read_regs(&self->guest, 1, &regs));
}

TEST_F_TIMEOUT(guest, request_is_unknown, TIMEOUT_S)
{
	ASSERT_EQ(0, guest_boot(&self->guest, "faults", &root_port));
	EXPECT_EQ(-EOPNOTSUPP, guest_request(&self->guest, "no-such-request"));
	result_error(&self->guest.result, "expected");
}

/* Long enough to boot a host and a guest, and for the timeout of a request. */
#define NESTED_TIMEOUT_S	600

/* The error names the machine that has failed: host, QEMU in the host, or guest. */
FIXTURE(nested)
{
	struct nested nested;
};

FIXTURE_SETUP(nested)
{
	if (nested_missing())
		SKIP(return, "%s", nested_missing());
}

FIXTURE_TEARDOWN(nested)
{
	nested_end(&self->nested);
	if (!environment_get("PCIEHP_RESULTS")) {
		unlink("console-faults.log");
		unlink("console-faults.host.log");
	}
	EXPECT_TRUE(self->nested.guest.result.error);
	EXPECT_FALSE(self->nested.guest.result.lost);
	EXPECT_EQ(-1, waitpid(-1, NULL, WNOHANG));
	EXPECT_EQ(ECHILD, errno);
}

static void expect_problem(struct __test_metadata *_metadata,
			   struct nested *nested, const char *problem)
{
	const char *first = result_first_problem(&nested->guest.result);

	EXPECT_NE(NULL, strstr(first ?: "", problem)) {
		TH_LOG("%s", first);
	}
}

TEST_F_TIMEOUT(nested, guest_panics_at_boot, NESTED_TIMEOUT_S)
{
	setenv("CMDLINE", "rdinit=/none", 1);
	EXPECT_EQ(-ENOLINK, nested_boot(&self->nested, "faults",
					&(struct nested_setup){ }));
	expect_problem(_metadata, &self->nested,
		       "QEMU in the host ended with status 0, as it does when the guest panics");
}

TEST_F_TIMEOUT(nested, qemu_in_host_refuses_its_options, NESTED_TIMEOUT_S)
{
	const struct nested_setup setup = { .device = "no-such-device" };

	EXPECT_EQ(-ENOLINK, nested_boot(&self->nested, "faults", &setup));
	expect_problem(_metadata, &self->nested,
		       "QEMU in the host ended with status 1");
}

TEST_F_TIMEOUT(nested, host_is_killed, NESTED_TIMEOUT_S)
{
	struct nested *nested = &self->nested;

	ASSERT_EQ(0, nested_boot(nested, "faults", &(struct nested_setup){ }));
	kill(nested->host.vm.pid, SIGKILL);
	EXPECT_EQ(-ENOLINK, guest_request(&nested->guest, "sleep 1"));
	EXPECT_EQ(-ENOLINK, nested_host_request(nested, "sleep 1"));
	EXPECT_EQ(1U, json_array_size(nested->guest.result.problems));
	expect_problem(_metadata, nested, "the host went down");
}

TEST_F_TIMEOUT(nested, guest_falls_silent, NESTED_TIMEOUT_S)
{
	struct nested *nested = &self->nested;

	ASSERT_EQ(0, nested_boot(nested, "faults", &(struct nested_setup){ }));
	EXPECT_EQ(-ENOLINK, guest_request(&nested->guest,
					  "repeat 2000000000 write /dev/null x"));
	expect_problem(_metadata, nested, "while the host answers");
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
