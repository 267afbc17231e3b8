// SPDX-License-Identifier: GPL-2.0-only
/*
 * What verdicts depend on: which uevents of the guest's kernel count, their times, and
 * that errors in the guest are in its answers.
 */
#include "../../guest_fixture.h"

/* Guest time. */
#define SETTLE_MS	500
#define NOTHING_MS	3000
#define LATE_MS		4000

FIXTURE(verdict)
{
	struct guest guest;
	struct plug card;
	char bdf[BDF_SIZE];
};

FIXTURE_SETUP(verdict)
{
	self->card = virtio_net(0, 0);
	boot_guest(_metadata, NULL, &self->guest,
		   &(struct guest_setup){ .port = PORT_PCIE_ROOT_PORT });
	slot_function_bdf(&self->guest, 0, 0, self->bdf);
}

FIXTURE_TEARDOWN(verdict)
{
	end_guest(_metadata, &self->guest);
}

/* Uevents of an earlier removal and rescan by sysfs must not count later. */
TEST_F_TIMEOUT(verdict, event_of_before_is_no_answer, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since;

	ASSERT_EQ(0, slot_hot_add(guest, &self->card));
	ASSERT_EQ(0, guest_request(guest, "write /sys/bus/pci/devices/%s/remove 1",
				   self->bdf));
	ASSERT_EQ(0, guest_request(guest, "write /sys/bus/pci/rescan 1"));
	ASSERT_EQ(0, guest_request(guest, "sleep %d", SETTLE_MS));
	since = guest->agent.now;
	EXPECT_EQ(-ETIMEDOUT, guest_wait_event(guest, "remove", self->bdf, since,
					       NOTHING_MS));
	EXPECT_EQ(-ETIMEDOUT, guest_wait_event(guest, "add", self->bdf, since,
					       NOTHING_MS));
	ASSERT_EQ(0, slot_hot_remove(guest, &self->card));
}

/* A uevent that was waited for must not count for a second request. */
TEST_F_TIMEOUT(verdict, event_answers_once, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since = guest->agent.now;

	ASSERT_EQ(0, slot_hot_add(guest, &self->card));
	EXPECT_EQ(-ETIMEDOUT, guest_wait_event(guest, "add", self->bdf, since,
					       NOTHING_MS));
}

/* A uevent has the time at which it was received, and not that of the request. */
TEST_F_TIMEOUT(verdict, event_has_its_own_time, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct moment since = guest->agent.now;
	json_t *step;

	ASSERT_EQ(0, slot_plug(guest, &self->card));
	ASSERT_EQ(0, guest_request(guest, "sleep %d", LATE_MS));
	ASSERT_EQ(0, slot_wait_added(guest, &self->card, since));
	step = json_array_get(guest->result.steps, 0);
	EXPECT_LT(json_integer_value(json_object_get(step, "to_ns")),
		  since.ns + LATE_MS * 1000000LL);
}

/* Each request of a batch has its own outcome. */
TEST_F_TIMEOUT(verdict, errors_in_a_batch_are_told, TIMEOUT_S)
{
	struct batch batch = { .n = 0 };

	ASSERT_EQ(0, batch_ask(&batch, &self->guest,
			       "exists /none;no-such-request;read /none;exists /"));
	EXPECT_EQ(0, batch.answers[0].error);
	EXPECT_STREQ("no", batch.answers[0].text);
	EXPECT_EQ(-EOPNOTSUPP, batch.answers[1].error);
	EXPECT_EQ(-ENOENT, batch.answers[2].error);
	EXPECT_EQ(0, batch.answers[3].error);
	EXPECT_STREQ("yes", batch.answers[3].text);
	batch_free(&batch);
}

/* The missing half of a log or list of devices may contain the failure. */
TEST_F_TIMEOUT(verdict, answer_that_does_not_fit_is_an_error, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	EXPECT_EQ(-EMSGSIZE, guest_request(guest, "repeat %d exists /",
					   AGENT_ANSWER_SIZE / 3));
	EXPECT_EQ(-EMSGSIZE, guest_request(guest, "read /proc/kallsyms"));
	EXPECT_EQ(0, guest_request(guest, "read /proc/cmdline"));
}

/* For example, a write to a sysfs attribute that hangs. */
TEST_F_TIMEOUT(verdict, process_that_does_not_end_is_an_error, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_EQ(0, guest_request(guest, "start read /proc/uptime"));
	ASSERT_EQ(0, guest_request(guest, "join 1000"));
	EXPECT_EQ(0, strncmp(guest->agent.text, "ok ", strlen("ok ")));
	ASSERT_EQ(0, guest_request(guest, "start sleep 60000"));
	ASSERT_EQ(0, guest_request(guest, "start read /none"));
	EXPECT_EQ(-ETIMEDOUT, guest_request(guest, "join 1000"));
	EXPECT_NE(NULL, strstr(guest->agent.text, "error 2"));
}

static void expect_register(struct __test_metadata *_metadata,
			    struct guest *guest, int offset, uint16_t reported)
{
	const char *bdf = guest->ports[0].bdf;
	uint16_t value;
	int cap;

	ASSERT_EQ(0, config_find_capability(guest, bdf, PCI_CAP_ID_EXP, &cap));
	ASSERT_EQ(0, config_read16(guest, bdf, cap + offset, &value));
	EXPECT_EQ(value, reported) {
		TH_LOG("register %#x", offset);
	}
}

/* The agent must return the values that the port's registers have. */
TEST_F_TIMEOUT(verdict, registers_are_told_as_they_are, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct port_regs regs;

	ASSERT_EQ(0, slot_hot_add_and_settle(guest, &self->card));
	ASSERT_EQ(0, port_read_regs(guest, 0, &regs));
	EXPECT_STREQ(guest->ports[0].bdf, regs.bdf);
	expect_register(_metadata, guest, PCI_EXP_SLTCAP, regs.slot_capabilities);
	expect_register(_metadata, guest, PCI_EXP_SLTCAP + 2,
			regs.slot_capabilities >> 16);
	expect_register(_metadata, guest, PCI_EXP_SLTCTL, regs.slot_control);
	expect_register(_metadata, guest, PCI_EXP_SLTSTA, regs.slot_status);
	expect_register(_metadata, guest, PCI_EXP_LNKSTA, regs.link_status);
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
