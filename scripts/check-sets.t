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

# expected_from SET [VERDICT]: print the lines of stock.verdicts after "set SET", with VERDICT
# instead of theirs if given.
expected_from() {
	awk -v want="$1" -v verdict="${2-}" '
		$1 == "set" { set = $2 }
		$1 == "case" && set == want { print $1, $2, verdict ? verdict : substr($0, index($0, $3)) }' \
		"$root/patches/stock.verdicts"
}

# expected_with SET: print the verdicts to expect with the sets up to SET, those of later sets
# first, because the first line that names a case is used.
expected_with() (
	for set in $(sets "$1" | tac); do
		expected_from "$set" ok
		cat "$root/patches/$set.verdicts" 2>/dev/null || :
	done
	for set in $(sets) none; do
		sets "$1" | grep -qx "$set" || expected_from "$set"
	done
	# The first set fixes all failures that only the newest kernel has.
	own=$root/patches/$(base_major "$tree")/stock-arm64.verdicts
	[ "$1" != runtime-pm ] || [ ! -f "$own" ] ||
		awk '$1 == "case" && $3 != "ok" { print $1, $2, "ok" }' "$own"
)

tree=$("$root/scripts/fetch-base" newest)
bin=$("$root/scripts/build-selftest")
out=$root/out/sets
rm -rf "$out" && mkdir -p "$out"
stock=$(kernel stock)
set -- "$stock"
for set in $(sets); do
	case $set in check | selftest | doc) continue ;; esac
	kernel=$(image "$set")
	expected_with "$set" >"$out/$set.verdicts"
	set -- "$@" "$set=$kernel,$out/$set.verdicts"
done

cases=$quick
[ -z "${FULL-}" ] || cases=$virtual
status=0
"$bin/pciehp_run" -n -t "$cases" -o "$out" "$@" >"$out/table" || status=$?
cat "$out/results.tap"
exit $status
