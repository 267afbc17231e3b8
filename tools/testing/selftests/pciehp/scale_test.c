// SPDX-License-Identifier: GPL-2.0-only
/* Many slots in one guest: hot-adds and hot-removes of all at once, and many in a row. */
#include <stdlib.h>

#include "guest_fixture.h"

/* Guest time. It is long, as the cards are added and removed one after the other. */
#define ALL_ADDED_MS	120000
#define ALL_REMOVED_MS	120000

/* MSI messages of a slot: one is the port's, three are its card's. */
#define SLOT_MESSAGES	4

#define SOAK_CYCLES	64
#define SOAK_TIMEOUT_S	(6 * 3600)

FIXTURE(slots)
{
	struct guest guest;
};

FIXTURE_VARIANT(slots)
{
	int n;
};

FIXTURE_VARIANT_ADD(slots, 1) { .n = 1 };
FIXTURE_VARIANT_ADD(slots, 8) { .n = 8 };
FIXTURE_VARIANT_ADD(slots, 32) { .n = 32 };
FIXTURE_VARIANT_ADD(slots, 128) { .n = 128 };

static struct guest_setup setup_for(int slots)
{
	return (struct guest_setup){
		.port = PORT_XIO3130,
		.slots = slots,
		.memory_mib = slots > 32 ? 512 : 256,
	};
}

FIXTURE_SETUP(slots)
{
	struct guest_setup setup = setup_for(variant->n);

	boot_guest(_metadata, variant, &self->guest, &setup);
}

FIXTURE_TEARDOWN(slots)
{
	end_guest(_metadata, &self->guest);
}

/* One request for all cards, as each request takes host time. */
static void wait_request(const struct guest *guest, const char *actions, int n,
			 struct moment since, int timeout_ms,
			 char request[AGENT_REQUEST_SIZE])
{
	char bdf[BDF_SIZE], bdfs[AGENT_REQUEST_SIZE / 2], *at = bdfs;

	for (int i = 0; i < n; i++) {
		slot_function_bdf(guest, i, 0, bdf);
		at += sprintf(at, "%s%s", i ? "," : "", bdf);
	}
	guest_format_wait(request, AGENT_REQUEST_SIZE, actions, bdfs, since,
			  timeout_ms);
}

/* Each line "ACTION BDF TIME_NS" of the answer is a step of that action. */
static int note_steps(struct guest *guest, const char *action, const char *step,
		      struct moment since)
{
	char seen[16], bdf[BDF_SIZE];
	const char *line;
	long long ns;
	int n = 0;

	for (line = guest->agent.text; *line; line = text_next_line(line)) {
		if (sscanf(line, "%15s %15s %lld", seen, bdf, &ns) != 3)
			break;
		if (strcmp(seen, action))
			continue;
		result_step(&guest->result, step, since.ns, ns);
		n++;
	}

	return n;
}

static struct plug card_in(int slot, char id[16])
{
	struct plug card = virtio_net(0, 0);

	snprintf(id, 16, "card%d", slot);
	card.id = id;
	card.port = slot;

	return card;
}

static int add_all(struct guest *guest, int n)
{
	struct moment since = guest->agent.now;
	char request[AGENT_REQUEST_SIZE], id[16];
	struct plug card;
	int ret = 0, added;

	for (int i = 0; !ret && i < n; i++) {
		card = card_in(i, id);
		ret = slot_plug(guest, &card);
	}
	if (ret)
		return ret;

	wait_request(guest, "add,bind", n, since, ALL_ADDED_MS, request);
	ret = guest_request(guest, "%s", request);
	if (ret && ret != -ETIMEDOUT)
		return ret;
	added = note_steps(guest, "add", "hot-add", since);
	if (added < n)
		result_lost(&guest->result, "%d of %d hot-adds are lost",
			    n - added, n);

	return ret;
}

static int remove_all(struct guest *guest, int n)
{
	struct moment since = guest->agent.now;
	char request[AGENT_REQUEST_SIZE], id[16];
	struct plug card;
	int ret = 0, removed;

	for (int i = 0; !ret && i < n; i++) {
		card = card_in(i, id);
		ret = slot_request_unplug(guest, &card);
	}
	if (ret)
		return ret;

	wait_request(guest, "remove", n, since, ALL_REMOVED_MS, request);
	ret = guest_request(guest, "%s", request);
	if (ret && ret != -ETIMEDOUT)
		return ret;
	removed = note_steps(guest, "remove", "hot-remove", since);
	if (removed < n)
		result_lost(&guest->result, "%d of %d hot-removes are lost",
			    n - removed, n);
	if (!ret)
		ret = guest_sleep(guest, SLOT_POWER_OFF_MS);
	for (int i = 0; !ret && i < n; i++) {
		card = card_in(i, id);
		ret = slot_wait_deleted(guest, &card);
	}

	return ret;
}

TEST_F_TIMEOUT(slots, all_at_once, 2 * TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	const struct machine *machine = guest->config.machine;

	if (machine->max_msis && machine->max_msis < variant->n * SLOT_MESSAGES)
		SKIP(return, "%s",
		     result_skip(&guest->result,
				 "a CPU of %s has too few messages for so many cards",
				 machine->arch));
	ASSERT_EQ(variant->n, guest->n_ports);
	ASSERT_OK(add_all(guest, variant->n));
	ASSERT_OK(remove_all(guest, variant->n));
}

/* The time one hot-add takes must not depend on how many slots there are. */
TEST_F_TIMEOUT(slots, one_of_many, TIMEOUT_S)
{
	struct guest *guest = &self->guest;
	struct plug card;
	char id[16];

	card = card_in(variant->n - 1, id);
	ASSERT_OK(slot_hot_add(guest, &card));
	ASSERT_OK(slot_hot_remove(guest, &card));
	ASSERT_OK(slot_hot_add(guest, &card));
}

#define SOAK_SLOTS	32

FIXTURE(soak)
{
	struct guest guest;
};

FIXTURE_SETUP(soak)
{
	struct guest_setup setup = setup_for(SOAK_SLOTS);

	boot_guest(_metadata, variant, &self->guest, &setup);
}

FIXTURE_TEARDOWN(soak)
{
	end_guest(_metadata, &self->guest);
}

/* PCIEHP_CYCLES says how many cards are added and removed in all. */
TEST_F_TIMEOUT(soak, add_and_remove, SOAK_TIMEOUT_S)
{
	const char *wanted = environment_get("PCIEHP_CYCLES");
	int cycles = wanted ? atoi(wanted) : SOAK_CYCLES;
	struct guest *guest = &self->guest;

	for (int done = 0; done < cycles; done += SOAK_SLOTS) {
		ASSERT_OK(add_all(guest, SOAK_SLOTS));
		ASSERT_OK(remove_all(guest, SOAK_SLOTS));
		/* the kernel's log must not overrun before it is fetched */
		ASSERT_OK(guest_fetch_log(guest));
		if (wanted)
			fprintf(stderr, "# %d of %d cards added and removed\n",
				done + SOAK_SLOTS, cycles);
	}
}

int main(int argc, char **argv)
{
	return guest_test_main(argc, argv);
}
