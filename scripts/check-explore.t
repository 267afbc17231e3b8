#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Does make explore find known defects at the right points, and does it continue after an
# interruption?
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/series.sh"
. "$(dirname "$0")/cases.sh"
. "$(dirname "$0")/tap.sh"

EXPLORE=1
export EXPLORE
tree=$("$root/scripts/fetch-base" newest)
series=$(image series)
regressed=$(image regressed)
asleep=$(image regressions/suspended-without-pme)
unpatched=$(image runtime-pm)
bin=$("$root/scripts/build-selftest")
out=$root/out/check/explore
rm -rf "$out" && mkdir -p "$out"

explorer() {
	KERNEL=$1
	export KERNEL
	shift
	"$bin/pciehp_explore" -o "$out" "$@"
}

# has_point PATTERN: pcie_do_write_cmd() has a point that matches.
has_point() {
	explorer "$series" -p -f pcie_do_write_cmd | grep -E "^pcie_do_write_cmd\\+$1"
}

exits_with() {
	wanted=$1
	shift
	status=0
	"$@" || status=$?
	[ $status -eq "$wanted" ]
}

# A Command Completed event that no command has caused, while a command is written.
first_call=$(explorer "$series" -p -f pcie_do_write_cmd | awk '$3 == "call" { print $1; exit }')
other_events="root.add/command_completed@$first_call#1"

# prints KERNEL ARGUMENTS PATTERN: the explorer prints a line that matches.
prints() {
	# shellcheck disable=SC2086
	explorer "$1" $2 | grep -E "$3"
}

# No guest reaches that point for the 99th time.
nowhere="root.add/command_completed@$first_call#99"

# The thread of a nested slot has a card to remove while its port is removed.
nested='nested.remove_occupied/inner_surprise_removal@pciehp_unconfigure_device+0#1'

# One CPU writes Slot Control while the other runs the thread.
two_cpus='smp.remove/attention@pciehp_ist+0#1~pcie_do_write_cmd+0#1'

resume() {
	rm -f "$out/results.jsonl"
	explorer "$series" -s root.attention -x attention -l 2 || return
	explorer "$series" -s root.attention -x attention -l 4 || return
	# one line for the kernel, and one for each interleaving
	[ "$(wc -l <"$out/results.jsonl")" -eq 5 ] && [ "$(sort -u "$out/results.jsonl" | wc -l)" -eq 5 ]
}

# With -u, an event at a point gets one verdict. Without, it gets one in each scenario.
one_verdict_each() {
	rm -f "$out/results.jsonl"
	explorer "$series" -j 1 -u -s 'root.@(attention|power_off)' -x attention -f pcie_do_write_cmd || return
	grep -E '"(clean|violation)"' "$out/results.jsonl" | grep -oE '/attention@[^"]*' | sort >"$out/told"
	echo "$(wc -l <"$out/told") verdicts"
	[ -s "$out/told" ] && [ -z "$(uniq -d "$out/told")" ] || return
	explorer "$series" -j 1 -s 'root.@(attention|power_off)' -x attention -f pcie_do_write_cmd || return
	grep -E '"(clean|violation)"' "$out/results.jsonl" | grep -oE '/attention@[^"]*' | sort | uniq -d | grep .
}

# wait_for COMMAND...: wait until it succeeds, for a minute at most
wait_for() {
	for second in $(seq 60); do
		! "$@" >/dev/null 2>&1 || return 0
		sleep 1
	done
	echo "waited for $second s: $*"
	return 1
}

# machines: a QEMU of this test is running. Copies cannot be identified by their command line,
# but each of them has our library or a memory file of $out mapped.
machines() {
	grep -aqsE "$out/states\..*\.ram|$bin/pciehp_preload\.so" /proc/[0-9]*/maps
}

no_machines() {
	! machines
}

# interrupted ARGUMENT...: SIGINT ends the explorer, and no saved state and no QEMU is left.
interrupted() {
	KERNEL=$series "$bin/pciehp_explore" -o "$out" "$@" >/dev/null 2>&1 &
	pid=$!
	wait_for machines || return
	kill -INT $pid
	status=0
	wait $pid || status=$?
	echo "status $status"
	[ $status -eq 130 ] && wait_for no_machines || return
	left=$(find "$out" -name 'states.*')
	echo "$left"
	[ -z "$left" ]
}

ok 'a function has a point at its entry' has_point '0 pciehp entry drivers/pci/hotplug/pciehp_hpc.c:[0-9]+'
ok 'and points where its calls return' has_point '0x[0-9a-f]+ pciehp returned'
ok 'the reported bug is found' exits_with 1 explorer "$regressed" root.add
ok 'the reported bug is found in each replay' prints "$regressed" '-c 3 root.add' '^the same 3 of 3 times'
ok 'the reported bug is not found with the series' prints "$series" root.add ': clean, '
ok 'an event in the middle of a command is not lost' prints "$series" "$other_events" ': clean, '
ok 'a deadlock is found' prints "$unpatched" "$nested" 'pci_rescan_remove_lock is never released'
ok 'a port that nothing can wake is found' prints "$asleep" root.remove ' I7: .* is runtime suspended'
ok 'an interleaving that is not reached is no success' exits_with 2 explorer "$series" "$nowhere"
ok 'an exploration without a scenario is no success' exits_with 2 explorer "$series" -s root.nothing
ok 'each of two CPUs stops at a point' prints "$series" "$two_cpus" ': clean, '
ok 'a point of the boot is reached' prints "$series" boot.occupied/command_completed@pciehp_probe+0#1 ': clean, '
ok 'a port can lack Command Completed' prints "$series" no_completion.add ' intended=0x17e1'
ok 'an invalid name of an interleaving is refused' exits_with 2 explorer "$series" root.add/nothing@at+0x0#1
ok 'no interleaving is run twice' resume
ok 'with -u, an event at a point gets one verdict' one_verdict_each
ok 'an interruption leaves nothing behind' interrupted -s root.attention -t 60
ok 'an interruption of a replay leaves nothing behind' interrupted -c 60 root.add
done_testing
