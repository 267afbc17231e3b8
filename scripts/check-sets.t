#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Does each set of the series, on top of the sets before it, make exactly the cases pass that
# are listed after "set NAME" in stock.verdicts? Cases of later sets fail as on the stock kernel,
# or as listed in NAME.verdicts. Sets that do not change the kernel are left out.
#
# From the environment:
#	FULL	if set: all cases; if not: the quick ones
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/series.sh"
. "$(dirname "$0")/cases.sh"

tree=$("$root/scripts/fetch-base" newest)
bin=$("$root/scripts/build-selftest")
out=$root/out/sets
rm -rf "$out" && mkdir -p "$out"
stock=$(kernel stock)
set -- "$stock"
for set in $(sets); do
	case $set in check | selftest | doc) continue ;; esac
	column=$(kernel "$set")
	set -- "$@" "$column"
done

cases=$quick
[ -z "${FULL-}" ] || cases=$virtual
status=0
"$bin/pciehp_run" -n -t "$cases" -o "$out" "$@" >"$out/table" || status=$?
cat "$out/results.tap"
exit $status
