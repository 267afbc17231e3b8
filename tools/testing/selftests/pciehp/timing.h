/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest times in milliseconds that several programs use. A time that only one program
 * uses is in that program; those of the library are in lib/slot/slot.h.
 */
#ifndef TIMING_H
#define TIMING_H

/*
 * After a press of the attention button, the power indicator blinks for 5 s. A second
 * press in that time cancels the first (PCIe Base Spec sec. 6.7.1.5).
 */
#define BUTTON_MS	5000

/* So long after the press, the driver is about to remove the card. */
#define ALMOST_REMOVED_MS	(BUTTON_MS - 500)

/* So long after the press, the driver has removed the card, or never will. */
#define AFTER_BUTTON_MS	(BUTTON_MS + 3000)

/* In this time, a driver that gets interrupts handles an event. */
#define NOTICED_MS	1000

/* In this time, so does a driver that polls, which it does once a second. */
#define NOTICED_BY_POLLING_MS	2000

/* From the boot: in this time, the timeouts of commands in the report showed up. */
#define BOOT_COMMANDS_MS	5000

/* From the hot-add of a disk until /dev has it; far more than that takes. */
#define DISK_MS		10000

/* For started processes to end; far more than they take. */
#define JOIN_MS		30000

#endif /* TIMING_H */
