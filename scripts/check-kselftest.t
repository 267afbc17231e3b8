#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Run the quick cases of the kselftest. On the series they pass, except for known failures. On
# each regression patch, exactly the cases that its .verdicts file names fail. A hot-remove in a
# guest in a guest passes on the series. check-sets.t tests the stock kernel.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/series.sh"
. "$(dirname "$0")/cases.sh"
. "$(dirname "$0")/tap.sh"

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

# runs NAME ARGUMENT...: all cases end as expected; their table is in $out/NAME.
runs() {
	name=$1
	shift
	"$bin/pciehp_run" -o "$out/$name" "$@" >"$out/$name/table"
}

KERNEL=$(image series)
PCIEHP_RESULTS=$out
export KERNEL PCIEHP_RESULTS
ok 'the series passes' runs series -t "$quick" "$series"
# keeps_times: cases have the same time lines as above in a machine whose state was kept.
keeps_times() {
	for run in boots loads; do
		rm -rf "${out:?}/$run" && mkdir "$out/$run" || return
		PCIEHP_KEPT_STATES=$tmp runs $run -t '@(hotplug|bus_reset.msi|occupied_slot).*' "$series" || return
		for line in "$out/$run"/*.timeline; do
			cmp "$line" "$out/series/${line##*/}" || return
		done
	done
	find "$tmp" -name '*.ram' | grep -q .
}
scratch "$(mktemp -d)"
ok 'kept states do not change guest times' keeps_times
ok 'each regression patch makes exactly the named cases fail' runs regressions -n -t "$quick" "$@"
ok 'a guest in a guest passes' runs vfio -t vfio.hot_remove "${series%,*}"
for test in verdict faults; do
	ok "$test" prove --failures "$bin/${test}_test"
done
done_testing
