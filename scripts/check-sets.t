#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Does each set of the series, with those before it, turn exactly those cases green that
# it claims? What it claims is after "set NAME" in stock.expect; what is wrong until a later
# set stays as it is in stock, or as NAME.expect has it. Sets without code of the kernel are
# left out.
#
# From the environment:
#	FULL	if set: all cases, else the quick cut
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/series.sh"
. "$(dirname "$0")/cases.sh"

# expected_from SET: the lines of stock.expect after "set SET"; with a second argument,
# that verdict instead of theirs.
expected_from() {
	awk -v want="$1" -v verdict="${2-}" '
		$1 == "set" { set = $2 }
		$1 == "case" && set == want { print $1, $2, verdict ? verdict : substr($0, index($0, $3)) }' \
		"$root/patches/stock.expect"
}

# claims SET: what the kernel with the sets up to that one is to get. What a later set
# cures counts before what an earlier one makes better.
claims() (
	for set in $(sets "$1" | tac); do
		expected_from "$set" ok
		cat "$root/patches/$set.expect" 2>/dev/null || :
	done
	for set in $(sets) none; do
		sets "$1" | grep -qx "$set" || expected_from "$set"
	done
	# What only the newest kernel fails is all for the first set.
	own=$root/patches/$(base_major "$tree")/stock-arm64.expect
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
	claims "$set" >"$out/$set.expect"
	set -- "$@" "$set=$kernel,$out/$set.expect"
done

cases=$quick
[ -z "${FULL-}" ] || cases=$virtual
status=0
"$bin/pciehp_run" -n -t "$cases" -o "$out" "$@" >"$out/table" || status=$?
cat "$out/results.tap"
exit $status
