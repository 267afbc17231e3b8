// SPDX-License-Identifier: GPL-2.0-only
/* Signals that ask a program with many machines to end, and to leave nothing behind. */
#include <signal.h>

#include "util/interruption.h"

static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
	interrupted = 1;
}

/**
 * interruption_catch() - have SIGINT, SIGTERM and SIGHUP only be noted
 *
 * Without SA_RESTART, so that waiting ends too.
 */
void interruption_catch(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

/**
 * interruption_noted() - was the program told to end
 *
 * Return: whether it was, since interruption_catch().
 */
bool interruption_noted(void)
{
	return interrupted;
}
