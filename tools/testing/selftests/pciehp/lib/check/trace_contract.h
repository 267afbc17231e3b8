/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks the driver's trace events. */
#ifndef LIBPCIEHP_CHECK_TRACE_CONTRACT_H
#define LIBPCIEHP_CHECK_TRACE_CONTRACT_H

/**
 * typedef contract_report - receives a violation of the contract
 * @context: the @context of contract_check()
 * @why: the violation, as text
 * @event: the event that shows it, without a newline
 */
typedef void contract_report(void *context, const char *why,
			     const char *event);

int contract_check(const char *trace, contract_report *report, void *context);

#endif /* LIBPCIEHP_CHECK_TRACE_CONTRACT_H */
