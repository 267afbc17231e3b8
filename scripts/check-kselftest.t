#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The kselftest: green on the series, and red on each regression patch exactly
# where its .expect file says so.
set -eu
. "$(dirname "$0")/lib.sh"

tree=$("$root/scripts/fetch-base" newest)
bin=$("$root/scripts/build-selftest")
out=$root/out/check/kselftest
mkdir -p "$out"

image() {
	VARIANT=$1 TREE=$tree "$root/scripts/build-variant"
}

series=$(image series)
set -- "series=$series"
for patch in "$root"/patches/regressions/*.patch; do
	name=$(basename "$patch" .patch)
	kernel=$(image "regressions/$name")
	set -- "$@" "$name=$kernel,${patch%.patch}.expect"
done

status=0
"$bin/pciehp_run" -o "$out" "$@" >"$out/table" || status=$?
KERNEL=$series PCIEHP_RESULTS=$out "$bin/faults_test" >"$out/faults.tap" 2>&1 || status=$?

cases=$(grep -c '^\(not \)\?ok ' "$out/results.tap")
sed '/^TAP version/d; /^1\.\./d' "$out/results.tap"
awk -v n="$cases" '$1 == "ok" { $2 = ++n "" } $1 == "not" { $3 = ++n "" }
	/^(not )?ok / { print } END { print "1.." n }' "$out/faults.tap"
exit $status
