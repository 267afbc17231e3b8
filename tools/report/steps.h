/* SPDX-License-Identifier: GPL-2.0-only */
/* What happened in one case on one kernel, in the order of the guest time. */
#ifndef STEPS_H
#define STEPS_H

#include <stdint.h>

#include "report.h"

#define STEPS_MAX	512

/**
 * struct step - something that happened, with what belongs to it
 * @ns: guest time in ns, by the machine's clock
 * @request: what the bench did to the machine, or empty
 * @reset: a bus reset that begins or ends, or empty
 * @command: Slot Control was written
 * @value: the value that was written to Slot Control
 * @meaning: what the command changes
 * @interrupt: the port has sent an interrupt
 * @acknowledged: the driver has cleared events in Slot Status
 * @events: these events
 * @kernel: uevents or a message, or empty
 * @is_bad: @kernel is a message about a failure
 */
struct step {
	int64_t ns;
	char request[24];
	char reset[24];
	bool command;
	unsigned int value;
	char meaning[16];
	bool interrupt;
	bool acknowledged;
	unsigned int events;
	char kernel[32];
	bool is_bad;
};

struct steps {
	struct step all[STEPS_MAX];
	size_t n;
};

bool steps_read(const struct report *report, const char *run, const char *kernel,
		const char *test_case, struct steps *steps);
int64_t steps_begin(const struct steps *steps);
void steps_format_events(unsigned int events, char text[32]);

#endif /* STEPS_H */
