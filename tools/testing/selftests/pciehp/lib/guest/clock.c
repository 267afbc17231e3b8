// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "guest/clock.h"
#include "guest/request.h"

/*
 * On a machine with ACPI, rtc_cmos leaves it to ACPI's fixed event to wake it up.
 * QEMU 7.2's clock raises that in suspend-to-RAM only.
 */
static bool rtc_raises_acpi_event(struct guest *guest)
{
	static const char event[] = "/sys/firmware/acpi/interrupts/ff_rt_clk";

	if (guest_request(guest, "exists %s", event) ||
	    !strcmp(guest->agent.text, "no"))
		return true;
	if (guest_request(guest, "write /sys/class/rtc/rtc0/wakealarm +1") ||
	    guest_request(guest, "sleep 3000") ||
	    guest_request(guest, "read %s", event))
		return false;

	return strstr(guest->agent.text, "STS");
}

/**
 * guest_cannot_wake() - can its clock wake the guest from suspend to idle
 * @guest: the guest, which takes up to 3 s of its time to find out
 *
 * Return: NULL if it can, else why not.
 */
const char *guest_cannot_wake(struct guest *guest)
{
	if (guest_request(guest, "exists /sys/class/rtc/rtc0/wakealarm") ||
	    strcmp(guest->agent.text, "yes"))
		return "the guest has no clock that could wake it";
	if (!rtc_raises_acpi_event(guest))
		return "QEMU's clock raises no ACPI event to wake from suspend-to-idle";

	return NULL;
}
