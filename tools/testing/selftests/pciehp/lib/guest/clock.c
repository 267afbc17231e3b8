// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "guest/clock.h"
#include "guest/request.h"

/*
 * On a machine with ACPI, rtc_cmos uses ACPI's fixed RTC event for wakeup. QEMU 7.2
 * raises that event in suspend-to-RAM only.
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
 * guest_cannot_wake() - check whether the RTC can wake the guest from suspend-to-idle
 * @guest: the guest; the check takes up to 3 s of guest time
 *
 * Return: NULL if it can, else the reason why it cannot.
 */
const char *guest_cannot_wake(struct guest *guest)
{
	if (guest_request(guest, "exists /sys/power/state") ||
	    strcmp(guest->agent.text, "yes"))
		return "the kernel cannot suspend (CONFIG_SUSPEND)";
	if (guest_request(guest, "exists /sys/class/rtc/rtc0/wakealarm") ||
	    strcmp(guest->agent.text, "yes"))
		return "the guest has no RTC to wake it (CONFIG_RTC_DRV_PL031 or _CMOS)";
	if (!rtc_raises_acpi_event(guest))
		return "QEMU's RTC raises no ACPI event that wakes a guest from suspend-to-idle";

	return NULL;
}
