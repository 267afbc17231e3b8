// SPDX-License-Identifier: GPL-2.0-only
/* The time lines of all cases. Those of known defects are open, with what they show. */
#include <string.h>

#include "report.h"

#define RUN	"reproduce"

/* The page must stay small enough for a mail. */
#define PAGE_SIZE_MAX	850000

/* The rows. A kernel that was not run is left out. */
static const char *const kernels[] = { "regressed", "stock", "series", NULL };

/**
 * struct story - a case that shows a defect
 * @test_case: the case
 * @title: what happens in it
 * @text: what the drawing shows
 */
struct story {
	const char *test_case;
	const char *title;
	const char *text;
};

static const struct story stories[] = {
	{ "hotplug.virtio_net_pci.hot_add", "The bug of 2018: hot-add",
	  "Regressed ignores the interrupt of its first command, because it has not yet noted that interrupts are on. Command Completed stays set in Slot Status, so the port has no reason to send another interrupt: it sends none for the card." },
	{ "hotplug.virtio_net_pci.hot_remove", "Hot-remove by the Attention Button",
	  "The driver waits 5 s for a second press, turns power off, waits 1 s, and turns the LED off. Afterwards, stock turns the port’s interrupt off (<i>irq off</i>) and suspends it: nothing can wake it." },
	{ "machine.ioh3420_msi_1cpu.added_10_s_after_removal", "The bug of 7.3: a port falls asleep",
	  "A card is removed, and another one is plugged 10 s later. Stock has turned the interrupt off by then. With the patches, a port that cannot wake the system is not suspended." },
	{ "bus_reset.msi.slot_empty", "A bus reset above the slot",
	  "The reset clears the port’s registers. Stock restores Slot Control while the port cannot send messages yet, so the interrupt for Command Completed is lost, the event stays pending, and the port sends no other. The series restores it last, and acknowledges the event." },
	{ "error_recovery.msi.slot_filled_since_boot", "Error recovery",
	  "A card is plugged, then an error is injected and the kernel resets the bus. Stock takes the reset for a loss of the link and turns the power off, and then the button raises no interrupt. The series restores Slot Control last and keeps the card." },
	{ "error_recovery_with_card.msi.slot_emptied_since_boot", "Error recovery of an empty slot", "The card of the boot is removed, then an error is injected and the kernel resets the bus. In stock, the next card raises no interrupt." },
};

#define N_STORIES	(sizeof(stories) / sizeof(*stories))

static bool is_story(const char *test_case)
{
	for (size_t i = 0; i < N_STORIES; i++) {
		if (!strcmp(stories[i].test_case, test_case))
			return true;
	}

	return false;
}

static bool has_case(const struct results *results, const char *test_case)
{
	for (size_t k = 0; k < results->n_kernels; k++) {
		if (results_case(results, results->kernels[k], test_case))
			return true;
	}

	return false;
}

static void put_story(struct report *report, const struct results *results,
		      const struct story *story)
{
	if (!has_case(results, story->test_case))
		return;
	fprintf(report->page, "<figure><h3>%s</h3><p>%s <code>%s</code></p>\n",
		story->title, story->text, story->test_case);
	if (!timeline_put(report, results, story->test_case, kernels))
		put_missing(report, "This time line", "make reproduce");
	fputs("</figure>\n", report->page);
}

static void put_others(struct report *report, const struct results *results)
{
	size_t i, left_out = 0;
	json_t *result;

	json_array_foreach(results->cases, i, result) {
		const char *test_case = string_of(result, "case");

		/* each case once: with the first kernel */
		if (strcmp(string_of(result, "kernel"), results->kernels[0]) ||
		    is_story(test_case))
			continue;
		if (ftell(report->page) > PAGE_SIZE_MAX) {
			left_out++;
			continue;
		}
		fprintf(report->page, "<details><summary><code>%s</code></summary>\n",
			test_case);
		if (!timeline_put(report, results, test_case, kernels))
			fputs("<p>Not recorded.</p>\n", report->page);
		fputs("</details>\n", report->page);
	}
	if (left_out)
		fprintf(report->page, "<p>%zu more cases are left out, as the page would grow too large.</p>\n",
			left_out);
}

static void put_legend(FILE *page)
{
	fputs("<details id=\"legend\" open><summary>How to read the time lines, and where each fact comes from</summary>\n"
	      "<p>Kernels are under one another, on one axis of guest time that begins when the bench first acts. Steps that are close together (2 ms, or 1 % of the time since the beginning) share a group of columns, whose title is the time of its first step; in a group, steps are in order and not to scale.</p>\n"
	      "<dl><dt>bench</dt><dd>The bench plugs a card, presses the button or injects an error; a bus reset begins or ends. From QEMU’s trace points <code>handle_qmp_command</code> and <code>pci_cfg_write</code> (Bridge Control).</dd>\n"
	      "<dt>Slot Control</dt><dd>The driver writes a command: its value, and what it changes: <i>irq</i> Hot-Plug Interrupt Enable, <i>power</i>, <i>LED</i> the Power Indicator, <i>attn</i> the Attention Indicator. From <code>pci_cfg_write</code>.</dd>\n"
	      "<dt>interrupt</dt><dd>The port sends its message to the interrupt controller. From <code>gicv3_its_translation_write</code>. <b class=\"bad\">✗ ignored</b>: the handler ran and cleared nothing. With polling there are none.</dd>\n"
	      "<dt>acknowledged</dt><dd>Events that the driver clears in Slot Status: <i>CC</i> Command Completed, <i>ABP</i> Attention Button Pressed, <i>PDC</i> Presence Detect Changed, <i>DLLSC</i> Data Link Layer State Changed, <i>PFD</i> Power Fault Detected. From <code>pci_cfg_write</code>.</dd>\n"
	      "<dt>kernel</dt><dd>Uevents (<i>add</i>, <i>bind</i>, <i>unbind</i>, <i>remove</i>) and the message “Timeout on hotplug command”. From the kernel’s log in the guest.</dd></dl>\n"
	      "<p>QEMU’s trace points are the same for every kernel. The stamps are QEMU’s clock of guest time, which counts instructions; the agent in the guest prints both clocks once, which puts the kernel’s log on the same axis.</p></details>\n",
	      page);
}

/**
 * timelines_put() - write the time lines
 * @report: the page
 */
void timelines_put(struct report *report)
{
	const struct results *results = results_find(report, RUN);

	fputs("<section id=\"timelines\"><h2>Time lines</h2>\n", report->page);
	if (!results) {
		put_missing(report, "Time lines", "make reproduce");
	} else {
		put_legend(report->page);
		for (size_t i = 0; i < N_STORIES; i++)
			put_story(report, results, &stories[i]);
		fputs("<h3>All other cases</h3>\n", report->page);
		put_others(report, results);
	}
	fputs("</section>\n", report->page);
}
