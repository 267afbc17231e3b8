// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recovery from a fatal error that Advanced Error Reporting found above a switch
 * (PCIe Base Spec sec. 6.2). The kernel resets the bus, and restores the ports'
 * registers. The slot must be as it was before the error, not as it was when the
 * port was probed.
 */
#include "guest_fixture.h"

/* Guest time in which a recovery is long done. */
#define RECOVERY_MS	10000

/* QEMU's ids, see topology_build(). */
#define ROOT_PORT	"root0"
#define UPSTREAM_PORT	"up0"

/* To tell which error is injected, QEMU wants its name. */
#define FATAL_ERROR	"DLP"

/*
 * What firmware does for a machine: ports report errors upwards, and the root port
 * interrupts for them. The reset clears it in the upstream port.
 */
static int enable_error_reporting(struct guest *guest, const char *id)
{
	uint16_t command, control;
	char bdf[BDF_SIZE];
	int ret;

	ret = pci_tree_find(&guest->vm.qmp, id, bdf);
	if (ret) {
		result_error(&guest->result, "find %s: %s", id, strerror(-ret));
		return ret;
	}

	return config_read16(guest, bdf, PCI_COMMAND, &command) ?:
	       config_write16(guest, bdf, PCI_COMMAND,
			      command | PCI_COMMAND_SERR) ?:
	       config_read16(guest, bdf, PCI_BRIDGE_CONTROL, &control) ?:
	       config_write16(guest, bdf, PCI_BRIDGE_CONTROL,
			      control | PCI_BRIDGE_CTL_SERR);
}

static int inject_error(struct guest *guest)
{
	const char *text;
	json_t *result;
	int ret;

	ret = enable_error_reporting(guest, ROOT_PORT) ?:
	      enable_error_reporting(guest, UPSTREAM_PORT);
	if (ret)
		return ret;
	ret = qmp_command(&guest->vm.qmp, "human-monitor-command",
			  json_pack("{s:s}", "command-line",
				    "pcie_aer_inject_error " UPSTREAM_PORT " " FATAL_ERROR),
			  &result);
	if (ret) {
		result_error(&guest->result, "%s", guest->vm.qmp.error);
		return ret;
	}
	text = json_string_value(result);
	if (!text || strncmp(text, "OK", strlen("OK"))) {
		result_error(&guest->result, "inject an error: QEMU says: %s",
			     text ?: "nothing");
		ret = -EPROTO;
	}
	json_decref(result);

	return ret;
}

/* A machine whose error goes unnoticed would pass everything. */
static int recover(struct guest *guest)
{
	size_t seen = guest->log_len;
	const char *said;
	int ret;

	ret = inject_error(guest) ?:
	      guest_request(guest, "sleep %d", RECOVERY_MS) ?:
	      guest_fetch_log(guest);
	if (ret)
		return ret;
	said = guest->log + seen;
	if (!strstr(said, "device recovery successful"))
		result_problem(&guest->result,
			       strstr(said, "device recovery failed") ?
			       "the recovery failed" : "there was no recovery");

	return 0;
}

FIXTURE(error_recovery)
{
	struct guest guest;
	struct plug card;
};

FIXTURE_VARIANT(error_recovery)
{
	enum interrupt interrupt;
};

FIXTURE_VARIANT_ADD(error_recovery, msi)
	{ INTERRUPT_MESSAGE };
FIXTURE_VARIANT_ADD(error_recovery, polling)
	{ INTERRUPT_POLLING };

FIXTURE_SETUP(error_recovery)
{
	struct guest_setup setup = {
		.port = PORT_XIO3130,
		.interrupt = variant->interrupt,
	};

	self->card = e1000e("dev0");
	boot_guest(_metadata, variant, &self->guest, &setup);
}

FIXTURE_TEARDOWN(error_recovery)
{
	end_guest(_metadata, &self->guest);
}

TEST_F_TIMEOUT(error_recovery, slot_empty, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_EQ(0, recover(guest));
	ASSERT_EQ(0, slot_check_power(guest, 0, false));
	ASSERT_EQ(0, slot_hot_add(guest, &self->card));
	ASSERT_EQ(0, slot_hot_remove(guest, &self->card));
}

TEST_F_TIMEOUT(error_recovery, slot_filled_since_boot, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_EQ(0, slot_hot_add(guest, &self->card));
	ASSERT_EQ(0, recover(guest));
	ASSERT_EQ(0, slot_check_power(guest, 0, true));
	ASSERT_EQ(0, slot_check_stays(guest, &self->card));
	ASSERT_EQ(0, slot_hot_remove(guest, &self->card));
	ASSERT_EQ(0, slot_hot_add(guest, &self->card));
}

TEST_F_TIMEOUT(error_recovery, attention_written_since_boot, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_EQ(0, slot_write_attribute(guest, 0, "attention", "1"));
	ASSERT_EQ(0, recover(guest));
	ASSERT_EQ(0, slot_check_attention(guest, 0, PCI_EXP_SLTCTL_ATTN_IND_ON));
}

TEST_F_TIMEOUT(error_recovery, three_times, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, recover(guest));
		ASSERT_EQ(0, slot_hot_add(guest, &self->card));
		ASSERT_EQ(0, recover(guest));
		ASSERT_EQ(0, slot_check_stays(guest, &self->card));
		ASSERT_EQ(0, slot_hot_remove(guest, &self->card));
	}
}

FIXTURE(error_recovery_with_card)
{
	struct guest guest;
	struct plug card;
};

FIXTURE_VARIANT(error_recovery_with_card)
{
	enum interrupt interrupt;
};

FIXTURE_VARIANT_ADD(error_recovery_with_card, msi)
	{ INTERRUPT_MESSAGE };
FIXTURE_VARIANT_ADD(error_recovery_with_card, polling)
	{ INTERRUPT_POLLING };

FIXTURE_SETUP(error_recovery_with_card)
{
	struct guest_setup setup = {
		.port = PORT_XIO3130,
		.interrupt = variant->interrupt,
		.device = "e1000e,id=dev0,bus=port0,romfile=",
	};

	self->card = e1000e("dev0");
	boot_guest(_metadata, variant, &self->guest, &setup);
}

FIXTURE_TEARDOWN(error_recovery_with_card)
{
	end_guest(_metadata, &self->guest);
}

TEST_F_TIMEOUT(error_recovery_with_card, slot_occupied, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_EQ(0, recover(guest));
	ASSERT_EQ(0, slot_check_power(guest, 0, true));
	ASSERT_EQ(0, slot_check_stays(guest, &self->card));
	ASSERT_EQ(0, slot_hot_remove(guest, &self->card));
	ASSERT_EQ(0, slot_hot_add(guest, &self->card));
}

TEST_F_TIMEOUT(error_recovery_with_card, slot_emptied_since_boot, TIMEOUT_S)
{
	struct guest *guest = &self->guest;

	ASSERT_EQ(0, slot_hot_remove(guest, &self->card));
	ASSERT_EQ(0, recover(guest));
	ASSERT_EQ(0, slot_check_power(guest, 0, false));
	ASSERT_EQ(0, slot_hot_add(guest, &self->card));
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
