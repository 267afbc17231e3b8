#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The kselftest, a quick cut of it: green on the series, but for what is known, and
# red on each regression patch exactly where its .expect file says so. Of the guest in a
# guest, a hot-add and a hot-remove on the series. What is red on stock, check-sets.t sees.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cases.sh"

tree=$("$root/scripts/fetch-base" newest)
bin=$("$root/scripts/build-selftest")
out=$root/out/check/kselftest
host=$("$root/scripts/fetch-host")
eval "export $host"
mkdir -p "$out/series" "$out/regressions" "$out/vfio"

series=$(kernel series)
set --
for variant in $(regressions); do
	kernel=$(kernel "$variant")
	set -- "$@" "$kernel"
done

status=0
"$bin/pciehp_run" -t "$quick" -o "$out/series" "$series" >"$out/series/table" || status=$?
"$bin/pciehp_run" -n -t "$quick" -o "$out/regressions" "$@" >"$out/regressions/table" || status=$?
"$bin/pciehp_run" -t vfio.hot_remove -o "$out/vfio" "${series%,*}" >"$out/vfio/table" || status=$?
KERNEL=$(image series)
export KERNEL
for test in verdict faults; do
	PCIEHP_RESULTS=$out "$bin/${test}_test" >"$out/$test.tap" 2>&1 || status=$?
done

# One plan for all.
awk '$1 == "ok" { $2 = ++n "" } $1 == "not" { $3 = ++n "" }
	/^(not )?ok / { print } END { print "1.." n }' \
	"$out/series/results.tap" "$out/regressions/results.tap" "$out/vfio/results.tap" \
	"$out/verdict.tap" "$out/faults.tap"
exit $status
