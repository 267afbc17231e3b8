// SPDX-License-Identifier: GPL-2.0-only
/*
 * The checks of the invariants I1 to I7, each with a violation. The answers of the guest are
 * made up, and a fake monitor lists QEMU's devices. No guest is needed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../../kselftest_harness.h"

#include "check/invariants.h"
#include "slot/slot.h"
#include "tests/fake_qmp.h"

/* Long enough for any answer that comes, also on a busy machine. */
#define TIMEOUT_MS	3000

/* A port, and a card in its slot. */
#define TREE	"{'return': [{'bus': 0, 'devices': [{'bus': 0, 'slot': 8, 'function': 0, "	\
		"'id': {'vendor': 6966, 'device': 12}, 'qdev_id': 'port0', 'pci_bridge': "	\
		"{'devices': [{'bus': 1, 'slot': 0, 'function': 0, "				\
		"'id': {'vendor': 6900, 'device': 4161}, 'qdev_id': 'dev0'}]}}]}]}\n"
#define PORT	"0000:00:08.0"
#define DEVICES	PORT " 0x1b36:0x000c pcieport\n0000:01:00.0 0x1af4:0x1041 virtio-pci\n"

/* An answer to "slot-registers". */
#define REGISTERS(control, status, power)	\
	PORT " 0002007b " control " " status " 0011 " power "\n"
#define ACTIVE		"active 0000"
#define SUSPENDED	"suspended 0000"
#define IN_D0_WITH_PME	"suspended 0100"
#define IN_D3_NO_PME	"suspended 0003"
#define IN_D3_WITH_PME	"suspended 0103"

#define LOG		"6,1,0,-;Linux version 7.3\n"
#define TIMEOUT		"3,2,5,-;pcieport " PORT ": pciehp: Timeout on hotplug command 0x07f1\n"
#define WARNING		"4,2,5,-;WARNING: CPU: 0 PID: 38 at drivers/pci/pci.c:1\n"

#define GAVE_UP		"4,2,5,-;pci 0000:01:00.0: not ready 65535ms after bus reset; giving up\n"

#define EVENT		"     <...>-38      [000] d..1.     0.123456: pciehp_"
#define TRACE		EVENT "command: " PORT " old=0x07c0 new=0x17f1 intended=0x1031\n"
#define IGNORED		EVENT "interrupt: " PORT " slot_status=0x0000 intended=0x0000 ignored\n"

FIXTURE(invariants)
{
	struct fake_peer qemu;
	struct guest guest;
	struct batch batch;
};

/* Find the answer to the request that begins with @word. */
static struct batch_answer *answer_to(FIXTURE_DATA(invariants) *self,
				      const char *word)
{
	struct batch_answer *answer = self->batch.answers;

	while (strncmp(answer->request, word, strlen(word)))
		answer++;

	return answer;
}

/* Set the answer to the request that begins with @word. */
static void set_answer(FIXTURE_DATA(invariants) *self, const char *word,
		       int error, const char *text)
{
	struct batch_answer *answer = answer_to(self, word);

	free(answer->text);
	answer->text = strdup(text);
	answer->error = error;
}

/* Set the whole log or trace, of which the last answer may be only the end. */
static void set_text(char **all, size_t *len, const char *text)
{
	free(*all);
	*all = strdup(text);
	*len = strlen(text);
}

static void set_log(FIXTURE_DATA(invariants) *self, const char *text)
{
	set_text(&self->guest.log, &self->guest.log_len, text);
	set_answer(self, "log", 0, text);
}

static void set_trace(FIXTURE_DATA(invariants) *self, const char *text)
{
	set_text(&self->guest.trace, &self->guest.trace_len, text);
	set_answer(self, "trace", 0, text);
}

/* Set up a guest that violates no invariant. */
static void begin(FIXTURE_DATA(invariants) *self)
{
	char requests[AGENT_REQUEST_SIZE], *next = requests, *request;
	struct guest *guest = &self->guest;

	*guest = (struct guest){
		.vm = VM_NONE,
		.ports = { { .bdf = PORT, .bus = 1 } },
		.n_ports = 1,
	};
	result_init(&guest->result, "invariants");

	self->batch.n = 0;
	invariants_requests(guest, requests, sizeof(requests));
	while ((request = strsep(&next, ";")))
		self->batch.answers[self->batch.n++] =
			(struct batch_answer){ .request = strdup(request) };
	set_answer(self, "quiet", 0, "");
	set_answer(self, "devices", 0, DEVICES);
	set_answer(self, "slot-registers", 0, REGISTERS("17f1", "0040", ACTIVE));
	set_log(self, LOG);
	set_trace(self, TRACE);

	fake_peer_init(&self->qemu);
	fake_qmp_greet(&self->qemu);
	fake_qmp_expect(&self->qemu, "{'execute':'query-pci'}");
	fake_qmp_send(&self->qemu, TREE);
}

static int judge(FIXTURE_DATA(invariants) *self)
{
	int ret = qmp_init(&self->guest.vm.qmp, fake_peer_start(&self->qemu),
			   TIMEOUT_MS);

	if (!ret)
		invariants_check_answers(&self->guest, &self->batch);

	return ret;
}

static void end(FIXTURE_DATA(invariants) *self)
{
	qmp_cleanup(&self->guest.vm.qmp);
	fake_peer_finish(&self->qemu);
	fake_peer_cleanup(&self->qemu);
	free(self->guest.log);
	free(self->guest.trace);
	result_cleanup(&self->guest.result);
	batch_free(&self->batch);
}

/* Expect exactly one problem, whose text begins with @problem. */
static void expect_problem(struct __test_metadata *_metadata,
			   FIXTURE_DATA(invariants) *self, const char *problem)
{
	const struct result *result = &self->guest.result;

	ASSERT_EQ(0, judge(self));
	EXPECT_EQ(1U, json_array_size(result->problems));
	EXPECT_EQ(0, strncmp(result_first_problem(result) ?: "", problem,
			     strlen(problem)));
}

/* The same with these registers. If @problem is NULL, expect no problem. */
static void expect_of_registers(struct __test_metadata *_metadata,
				FIXTURE_DATA(invariants) *self,
				const char *registers, const char *problem)
{
	set_answer(self, "slot-registers", 0, registers);
	if (problem) {
		expect_problem(_metadata, self, problem);
	} else {
		ASSERT_EQ(0, judge(self));
		EXPECT_EQ(NULL, result_first_problem(&self->guest.result));
	}
}

FIXTURE_SETUP(invariants)
{
	begin(self);
}

FIXTURE_TEARDOWN(invariants)
{
	end(self);
}

TEST_F(invariants, nothing_is_wrong)
{
	ASSERT_EQ(0, judge(self));
	EXPECT_EQ(NULL, result_first_problem(&self->guest.result));
}

TEST_F(invariants, i1_guest_lacks_a_device)
{
	set_answer(self, "devices", 0, PORT " 0x1b36:0x000c pcieport\n");
	expect_problem(_metadata, self, "I1: QEMU has 0000:01:00.0 (0x1af4:0x1041)");
}

TEST_F(invariants, i1_guest_has_one_that_is_gone)
{
	set_answer(self, "devices", 0, DEVICES "0000:02:00.0 0x8086:0x10d3 e1000e\n");
	expect_problem(_metadata, self, "I1: the guest has 0000:02:00.0 (0x8086:0x10d3)");
}

TEST_F(invariants, i1_guest_has_another)
{
	set_answer(self, "devices", 0,
		   PORT " 0x1b36:0x000c pcieport\n0000:01:00.0 0x8086:0x10d3 e1000e\n");
	expect_problem(_metadata, self, "I1: the guest has 0000:01:00.0 (0x8086:0x10d3)");
}

TEST_F(invariants, i2_command_times_out)
{
	set_log(self, LOG TIMEOUT);
	expect_problem(_metadata, self, "I2: pcieport");
	EXPECT_EQ(1U, json_array_size(self->guest.result.timeouts));
}

/* The defect of the report. */
TEST_F(invariants, i3_completion_is_pending)
{
	expect_of_registers(_metadata, self, REGISTERS("17f1", "0050", ACTIVE),
			    "I3: event 0x0010");
	EXPECT_EQ(0x10, self->guest.result.pending);
}

/* Data Link Layer State Changed and its enable have different bit positions. */
TEST_F(invariants, i3_link_change_is_pending)
{
	expect_of_registers(_metadata, self, REGISTERS("17f1", "0140", ACTIVE),
			    "I3: event 0x0100");
}

TEST_F(invariants, i3_event_is_not_enabled)
{
	expect_of_registers(_metadata, self, REGISTERS("1fe1", "0110", ACTIVE),
			    "I3: event 0x0100");
	end(self);
	begin(self);
	expect_of_registers(_metadata, self, REGISTERS("07e0", "0150", ACTIVE),
			    NULL);
}

/* Command Completed may be pending in a suspended port, but no other event. */
TEST_F(invariants, i3_port_is_suspended)
{
	expect_of_registers(_metadata, self,
			    REGISTERS("17d1", "0050", IN_D3_WITH_PME), NULL);
	end(self);
	begin(self);
	expect_of_registers(_metadata, self,
			    REGISTERS("17d1", "0150", IN_D3_WITH_PME),
			    "I3: event 0x0100");
}

TEST_F(invariants, i4_interrupt_is_off)
{
	expect_of_registers(_metadata, self, REGISTERS("17d1", "0040", ACTIVE),
			    "I4: Hot-Plug Interrupt Enable of " PORT " is off");
}

TEST_F(invariants, i4_interrupt_is_on_without_driver)
{
	self->guest.ports[0].unbound = true;
	expect_problem(_metadata, self,
		       "I4: Hot-Plug Interrupt Enable of " PORT " is on");
}

TEST_F(invariants, i4_interrupt_is_on_with_polling)
{
	self->guest.setup.interrupt = INTERRUPT_POLLING;
	expect_problem(_metadata, self,
		       "I4: Hot-Plug Interrupt Enable of " PORT " is on");
}

TEST_F(invariants, i5_kernel_complains)
{
	static const char *const complaints[] = {
		WARNING,
		"1,2,5,-;BUG: sleeping function called from invalid context\n",
		"1,2,5,-;Internal error: Oops: 0000000096000004 [#1] SMP\n",
		"3,2,5,-;irq 31: nobody cared (try booting with the \"irqpoll\" option)\n",
		"3,2,5,-;INFO: task kworker/0:1:12 blocked for more than 120 seconds.\n",
		"1,2,5,-;BUG: KASAN: slab-use-after-free in pciehp_isr\n",
		"4,2,5,-;WARNING: possible circular locking dependency detected\n",
		"4,2,5,-;pcieport 0000:00:01.0: Runtime PM usage count underflow!\n",
		"1,2,5,-;watchdog: BUG: soft lockup - CPU#0 stuck for 26s!\n",
		"3,2,5,-;arm-smmu-v3 9050000.smmuv3: event 0x10 received:\n",
		GAVE_UP,
	};

	for (size_t i = 0; i < ARRAY_SIZE(complaints); i++) {
		set_log(self, complaints[i]);
		expect_problem(_metadata, self, "I5: ");
		end(self);
		begin(self);
	}
}

/* A card that was removed by surprise does not become ready. */
TEST_F(invariants, i5_reset_waits_for_a_card_that_is_gone)
{
	self->guest.surprise_removed = true;
	set_log(self, GAVE_UP);
	ASSERT_EQ(0, judge(self));
	EXPECT_EQ(NULL, result_first_problem(&self->guest.result));
}

TEST_F(invariants, port_does_not_answer)
{
	set_answer(self, "slot-registers", -ENODEV, "");
	expect_problem(_metadata, self, "a port does not answer");
}

/* Messages that were fetched before the check count. */
TEST_F(invariants, i5_kernel_complained_before)
{
	set_text(&self->guest.log, &self->guest.log_len, WARNING LOG);
	expect_problem(_metadata, self, "I5: WARNING: CPU: 0");
}

TEST_F(invariants, i5_log_cannot_be_read)
{
	set_answer(self, "log", -EPIPE, "");
	expect_problem(_metadata, self, "cannot read the kernel's log");
	EXPECT_TRUE(self->guest.result.error);
}

TEST_F(invariants, i6_interrupt_is_thrown_away)
{
	set_text(&self->guest.trace, &self->guest.trace_len, TRACE IGNORED);
	set_answer(self, "trace", 0, IGNORED);
	expect_problem(_metadata, self, "I6: an interrupt is thrown away");
}

TEST_F(invariants, i6_trace_cannot_be_read)
{
	set_answer(self, "trace", -EIO, "");
	expect_problem(_metadata, self, "cannot read the trace events");
	EXPECT_TRUE(self->guest.result.error);
}

/* The driver of the kernel may have no trace events. */
TEST_F(invariants, i6_no_trace_events)
{
	set_text(&self->guest.trace, &self->guest.trace_len, "");
	set_answer(self, "trace", -ENOENT, "");
	ASSERT_EQ(0, judge(self));
	EXPECT_EQ(NULL, result_first_problem(&self->guest.result));
}

TEST_F(invariants, i7_nothing_wakes_the_port)
{
	static const struct {
		const char *registers;
		const char *problem;
	} cases[] = {
		{ REGISTERS("17d1", "0000", SUSPENDED),		"I7: " PORT },
		{ REGISTERS("17d1", "0000", IN_D3_NO_PME),	"I7: " PORT },
		/* PME is not signalled in D0 */
		{ REGISTERS("17d1", "0000", IN_D0_WITH_PME),	"I7: " PORT },
		{ REGISTERS("17d1", "0000", IN_D3_WITH_PME),	NULL },
		{ REGISTERS("17f1", "0000", SUSPENDED),		NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		expect_of_registers(_metadata, self, cases[i].registers,
				    cases[i].problem);
		EXPECT_EQ(!!cases[i].problem, self->guest.result.asleep);
		end(self);
		begin(self);
	}
}

TEST_F(invariants, guest_does_not_settle)
{
	set_answer(self, "quiet", -ETIMEDOUT, "");
	expect_problem(_metadata, self, "the guest does not settle");
}

TEST_F(invariants, registers_are_missing)
{
	struct batch_answer *answer = answer_to(self, "slot-registers");

	self->guest.n_ports = 2;
	self->guest.ports[1] = (struct port){ .bdf = "0000:00:08.1" };
	free(answer->request);
	answer->request = strdup("slot-registers " PORT ",0000:00:08.1");
	expect_problem(_metadata, self, "read the registers of 2 ports: the answer has only 1");
	EXPECT_TRUE(self->guest.result.error);
}

TEST_HARNESS_MAIN
