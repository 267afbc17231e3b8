# shellcheck shell=sh disable=SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0-only
# Cases for pciehp_run, and kernels to run them on. Sourced after lib.sh and series.sh.

# Patterns of cases for pciehp_run:
#	core	cases of the report, and of the other failures that the series fixes
#	quick	cases of each kind that take little time
#	virtual	cases whose guest time is virtual
#	preempt_rt	cases for a kernel with PREEMPT_RT
#	exact	cases whose guest time is exact; pciehp-testing-design.rst explains why others are not
core='@(empty_slot|hotplug|slot|occupied_slot).*'
core="$core|machine.@(ioh3420_msi|pcie_root_port_msix|xio3130_msi)_1cpu.added_10_s_after_@(boot|removal)"
core="$core|machine.ioh3420_polling_1cpu.added_10_s_after_removal"
core="$core|machine.ioh3420_msi_threaded_1cpu.@(hot_add_remove_add|power_off)"
core="$core|slot_use.ioh3420.@(power_lost|removed_while_unbound)"
core="$core|bus_reset.msi.@(slot_*|attention_written_meanwhile|while_button_pending)"
core="$core|reset_moment.before_restore.card_@(added|removed)"
core="$core|error_recovery.msi.slot_*|error_recovery_with_card.msi.*"
core="$core|error_recovery_neighbour.card_cannot_recover|neighbour.two_root_ports.virtio_removed_by_surprise"
core="$core|port_reset.pcie_root_port.card_plugged_10_ms_before|card_reset.pcie_root_port.against_surprise_removal"
core="@($core)"
quick='empty_slot.*|hotplug.*|slot.*|nested_slot.*|occupied_slot.*|two_switches.*|device.*|slots.8.*'
quick="$quick|sriov.*|machine.*_1cpu.*|machine.pcie_root_port_msix_4cpu.*"
quick="$quick|@(slot_use|suspend|runtime_suspend|reboot|no_hotplug).pcie_root_port.*"
quick="$quick|bus_reset.msi.*|bus_reset_no_power.*|bus_reset.polling.@(slot_empty|attention_written_meanwhile)"
quick="$quick|reset_moment.before_re*|error_recovery*.@(msi.*|polling.slot_*|card_*)"
quick="$quick|neighbour.*|card_resources.*.beside_card"
quick="$quick|@(port_reset|card_reset|rescan).pcie_root_port.*|suspend_nested.*"
quick="$quick|@(vm|migration).xio3130.*|boot_moment.pcie_root_port_*"
# The SMMU and MSI code of the kernel has a lock order that lockdep reports, with or without pciehp.
quick_kasan="@($quick)"
quick="@($quick|iommu.pcie_root_port.*|realtime.pcie_root_port_2cpu.*)"
preempt_rt="@($core|slot_use.*|bus_reset*|reset_moment.*|port_reset.*|card_reset.*|error_recovery*.*)"
virtual='!(realtime.*|vfio*)'
exact='!(realtime.*|vfio*|device.nvme.*|iommu.*.disk_*|sriov.*|error_recovery_two_slots.*|reboot.*|migration.*|machine.*_[24]cpu.*)'

# run_command: print the command that the user has typed, as far as it matters for results.
run_command() {
	if grep -q "^${0##*/}:" "$root/Makefile"; then
		printf 'make %s' "${0##*/}"
	else
		printf 'scripts/%s' "${0##*/}"
	fi
	for name in ARCH ARCHS BASE KDIR KERNEL SUITE FLAVOUR CASES CMDLINE; do
		eval "value=\${$name-}"
		case $name=$value in
		*= | ARCH=arm64 | BASE=newest) ;;
		*) printf " %s='%s'" "$name" "$value" ;;
		esac
	done
}

# pciehp_run writes these to run.json.
PCIEHP_COMMAND=$(run_command)
PCIEHP_COMMIT=$(git -C "$root" describe --always --dirty --abbrev=12 2>/dev/null) || PCIEHP_COMMIT=
export PCIEHP_COMMAND PCIEHP_COMMIT

# image VARIANT: print the path of an image of that variant of the kernel in $tree. Build it if
# it does not exist yet.
image() {
	VARIANT=$1 TREE=${tree-} "$root/scripts/build-variant"
}

# expected NAME KIND: print the path of a file with the expected failures of that variant. KIND
# is verdicts or violations. The file begins with the expectations for the base of $tree only,
# and ends with patches/NAME.KIND, which is for all bases. With CONFIG, it begins with those for
# kernels with these options. The first line that names a case is used.
expected() {
	major=$(base_major "${tree:-$KDIR}")
	all=$root/out/expected/$(echo "$1" | tr / -)-$major-${ARCH:-arm64}${CONFIG:+-$CONFIG}.$2
	mkdir -p "${all%/*}"
	part=$(mktemp "$all.XXXXXX")
	for own in ${CONFIG:+"$1-$CONFIG"} "$major/$1-${ARCH:-arm64}" "$major/$1" "$1"; do
		[ ! -f "$root/patches/$own.$2" ] || cat "$root/patches/$own.$2"
	done >"$part"
	mv "$part" "$all"
	echo "$all"
}

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
	# The set hpie also fixes the defect of the report.
	if [ -z "${tree-}" ] && has_reported_order "$KDIR" && ! sets "$1" | grep -qx hpie; then
		cat "$(expected regressions/slot-ctrl-cached-late verdicts)"
	fi
	cat "$root/patches/$(base_major "${tree:-$KDIR}")/stock.verdicts" 2>/dev/null || :
	for set in $(sets "$1" | tac); do
		expected_from "$set" ok
		cat "$root/patches/$set.verdicts" 2>/dev/null || :
	done
	for set in $(sets) none; do
		sets "$1" | grep -qx "$set" || expected_from "$set"
	done
	# The first set fixes all failures that only the newest kernel has.
	own=$root/patches/$(base_major "${tree:-$KDIR}")/stock-arm64.verdicts
	[ "$1" != runtime-pm ] || [ ! -f "$own" ] ||
		awk '$1 == "case" && $3 != "ok" { print $1, $2, "ok" }' "$own"
)

# kernel_or_series: print $KERNEL. If it is unset, print the path of an image of $BASE with the
# series.
kernel_or_series() {
	if [ "${KERNEL-}" ]; then
		echo "$KERNEL"
	else
		tree=$("$root/scripts/fetch-base" "${BASE:-newest}") || return
		image series
	fi
}

# kernel VARIANT: print "NAME=IMAGE,EXPECT", the argument of pciehp_run for that variant.
kernel() {
	image=$(image "$1") || return
	name=$1
	# The kernels of the report have the defect as they are.
	[ "$1" != stock ] || [ "${tree-}" ] || ! has_reported_order "$KDIR" || name=regressed
	case $name in
	regressed) expect=$(expected regressions/slot-ctrl-cached-late verdicts) ;;
	# This variant has the set runtime-pm, so 7.3/stock-arm64.verdicts does not apply.
	fixed) expect=$(ARCH=any expected stock verdicts) ;;
	*)
		expect=$(expected "$name" verdicts)
		! sets | grep -qx "$name" || expected_with "$name" >"$expect"
		;;
	esac
	echo "${1##*/}=$image,$expect"
}

# regressions: print the names of the variants that have a known defect.
regressions() {
	(cd "$root/patches" && ls regressions/*.patch) | sed 's/\.patch$//'
}

# keep_states: keep the states of booted machines for later runs of pciehp_run. Of those that have
# not been used for an hour, keep what was used last, up to 3000 MB.
keep_states() {
	PCIEHP_KEPT_STATES=$cache/states
	export PCIEHP_KEPT_STATES
	writable "$PCIEHP_KEPT_STATES" || {
		unset PCIEHP_KEPT_STATES
		return
	}
	(
		cd "$PCIEHP_KEPT_STATES" || exit
		find . -mindepth 1 -maxdepth 1 -mmin +60 -printf '%T@ %f\n' | sort -rn | cut -d ' ' -f 2 |
			xargs -r du -sm | awk '(mb += $1) > 3000 { print $2 }' | xargs -r rm -rf
	)
}

# show_cases DIR CLAIM ARGUMENT...: run pciehp_run with its results in DIR. Print CLAIM if all
# cases were run and ended as expected. End the script with the status of pciehp_run.
show_cases() {
	out=$1
	claim=$2
	shift 2
	mkdir -p "$out"
	lock "$out.lock"
	keep_states
	rm -rf "$out" && mkdir "$out"
	status=0
	"$bin/pciehp_run" -o "$out" "$@" 9>&- || status=$?
	case $status in
	0) [ -z "$claim" ] || grep -q '# SKIP' "$out/results.tap" || echo "$claim" ;;
	1) echo "Some cases did not end as expected: see UNEXPECTED above." ;;
	*) exit $status ;;
	esac
	echo "Results and consoles: $out"
	exit $status
}

# load_cores: keep every core busy until the script ends.
load_cores() {
	load=
	trap 'kill $load 2>/dev/null' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	for _ in $(seq "$(nproc)"); do
		while :; do :; done &
		load="$load $!"
	done
}
