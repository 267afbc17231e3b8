// SPDX-License-Identifier: GPL-2.0-only
/* Signals that ask a program to end, which first stops its machines. */
#include <signal.h>

#include "util/interruption.h"

static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
	interrupted = 1;
}

/**
 * interruption_catch() - set a flag on SIGINT, SIGTERM and SIGHUP
 *
 * SA_RESTART is not set, so that a signal also interrupts system calls that wait.
 */
void interruption_catch(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

/**
 * interruption_noted() - has a signal asked the program to end
 *
 * Return: true if one has come since interruption_catch().
 */
bool interruption_noted(void)
{
	return interrupted;
}
