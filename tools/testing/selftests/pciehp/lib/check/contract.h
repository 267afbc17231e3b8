/* SPDX-License-Identifier: GPL-2.0-only */
/* What the driver's trace events must tell. */
#ifndef LIBPCIEHP_CHECK_CONTRACT_H
#define LIBPCIEHP_CHECK_CONTRACT_H

/**
 * typedef contract_report - receives what is not as it must be
 * @context: what contract_check() was given
 * @why: for people
 * @event: the event that shows it, without a newline
 */
typedef void contract_report(void *context, const char *why,
			     const char *event);

int contract_check(const char *trace, contract_report *report, void *context);

#endif /* LIBPCIEHP_CHECK_CONTRACT_H */
