#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Does bench-table print the right figures, and name what is missing? The results are a few that
# this test writes. No kernel is booted.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tap.sh"

scratch "$(mktemp -d)"

# logs RUN KERNEL CASE MS US: write what a run leaves of a hot-add that takes MS and of commands
# that take US. With MS empty, the hot-add is lost. The machine's clock is 50 ms ahead of the kernel's.
logs() {
	name=$tmp/bench/$1/$2.$3
	{
		echo '6,1,0,-;Booting Linux'
		echo "13,152,150000,-;pciehp_agent: ready, 0 modules loaded, 149000000 ns since boot, 200000000 ns by the machine's clock"
		[ -z "$4" ] || echo "13,153,$((200000 + $4 * 1000 - 50000)),-;pciehp_agent: bind 0000:01:00.0"
	} >"$name.timeline"
	{
		echo '100000000 0000:00:08.0 read Slot Status 000000'
		echo '100100000 0000:00:08.0 write Slot Control 0x17f1'
		echo '100100000 0000:00:08.0 interrupt 0'
		echo "$((100100000 + $5 * 1000)) 0000:00:08.0 write Slot Status 0x0010"
		echo '200000000 - request device_add {"execute": "device_add"}'
		echo '200000000 0000:00:08.0 interrupt 0'
		[ -z "$4" ] || echo '200006000 0000:00:08.0 write Slot Status 0x0009'
		[ -z "$4" ] || echo '3000000000 - request device_del {"execute": "device_del"}'
		[ -z "$4" ] || echo '9000000000 0000:00:08.0 write Slot Control 0x17f1'
		[ -z "$4" ] || echo "$((9000000000 + $5 * 1000)) 0000:00:08.0 write Slot Status 0x0018"
	} >"$name.bus"
}

# entry KERNEL CASE VERDICT: print an entry of results.json.
entry() {
	jq -n --arg kernel "$1" --arg case "$2" --arg verdict "$3" '{ kernel: $kernel, case: $case, verdict: $verdict,
		as_expected: ($verdict != "ERROR") }'
}

# results: write two runs on two kernels, and three rounds beside the peer.
results() {
	rm -rf "$tmp/bench"
	one=machine.ioh3420_msi_1cpu.hot_add_remove_add
	two=machine.ioh3420_msi_2cpu.hot_add_remove_add
	many=slots.8.one_of_many
	intx=machine.ioh3420_intx_1cpu.hot_add_remove_add
	for run in 1 2; do
		mkdir -p "$tmp/bench/$run"
		logs $run stock $one '' 5
		logs $run series $one 1100 5
		logs $run series $two $((1100 + run * 10)) $((4 + run))
		logs $run series $many 1200 5
		{
			entry stock $one LOST && entry series $one ok && entry series $two ok && entry series $many ok &&
				entry series $intx 'SKIP no INTx'
		} | jq -s . >"$tmp/bench/$run/results.json"
		jq -n '{ start: "2026-01-01T00:00:00Z", command: "make bench", commit: "abc",
			kernels: [{ kernel: "stock" }, { kernel: "series" }] }' >"$tmp/bench/$run/run.json"
	done
	for ms in 30000 40000 60000; do
		printf '%s\t%s\n' peer $ms 'peer, card gone' $((ms + 6000)) cold $((ms / 8)) warm $((ms / 20)) \
			"cold, the peer's kernel" 5000
	done >"$tmp/bench/peer.tsv"
}

# ends STATUS: bench-table ends with it. Its table, with one blank between columns, is in
# $tmp/table, and its messages in $tmp/said.
ends() {
	status=0
	"$root/scripts/bench-table" "$tmp/bench" >"$tmp/wide" 2>"$tmp/said" || status=$?
	sed 's/  */ /g' "$tmp/wide" | tee "$tmp/table"
	cat "$tmp/said"
	[ "$status" -eq "$1" ]
}

# says LINE...: the table has these lines.
says() {
	cat "$tmp/table"
	for line; do
		grep -qxF -e "$line" "$tmp/table" || return
	done
}

# lacks COMMAND...: after the command, results are missing; it is named, and the status is 1.
lacks() {
	wanted=$1
	shift
	results && "$@" && ends 1 && says "FAILURE: $wanted"
}

no_result() {
	entry series "$one" ERROR | jq -s . >"$tmp/bench/1/results.json"
}

results
ok 'the results of two runs are a table' ends 0
ok 'samples that are the same are called so' says \
	'bound ms virtual 8 xio3130 msi - 1200 all 2' 'boot us virtual 1 ioh3420 msi 105 all 2 105 [105 106] 4'
ok 'others have median, minimum and maximum' says \
	'command us virtual 1 ioh3420 msi 5 all 2 5 [5 6] 8' 'interrupt us virtual 1 ioh3420 msi 5 all 2, 2 never 6 [5 6] 8'
ok 'a lost event is counted apart' says 'bound ms virtual 1 ioh3420 msi 2 never 1105 [1100 1120] 4'
ok 'a removal ends with the write that powers the slot off' says 'deleted ms virtual 1 ioh3420 msi - 6000 all 4'
ok 'host times of the same round are compared' says \
	'peer 3 40 30 60 1 1 1' 'warm 3 2 1.5 3 20 20 20' "cold, the peer's kernel 3 5 5 5 8 6 12" \
	'A hot-add and a hot-remove are 20 times as fast as in the peer.'
ok 'a case that cannot run is told, with the reason' says "SKIP no INTx: $intx"
ok 'the same is in bench.json' jq -e '.status == 0 and .missing == []
	and (.groups[] | select(.what == "bound" and .kernel == "stock") | .never == 2 and .n == 0)
	and (.groups[] | select(.what == "bound" and .kernel == "series" and .slots == 1) | .p5 == 1100e6 and .p95 == 1120e6)' \
	"$tmp/bench/bench.json"

ok 'a log that is missing is named' lacks "series $one, run 2: no series.$one.timeline or .bus" \
	rm "$tmp/bench/2/series.$one.bus"
ok 'an empty log is named' lacks "series $many, run 2: no time for boot, bound, command" \
	truncate -s 0 "$tmp/bench/2/series.$many.bus"
ok 'an end that the log of a good case lacks is named' \
	lacks "series $one, run 1: the verdict is ok, but no end of \"bound\" is in the log" logs 1 series $one '' 5
ok 'a case without a result is named' lacks "series $one, run 1: ERROR is not as expected" no_result
ok 'a host time that is missing is named' lacks 'host time of peer' sed -i '/^peer\t/d' "$tmp/bench/peer.tsv"

slow() {
	results && sed -i 's/^warm\t.*/warm\t9000/' "$tmp/bench/peer.tsv" && ends 3 && grep 'not 10 times' "$tmp/said"
}
ok 'less than 10 times as fast as the peer is a failure' slow
nothing() {
	rm -rf "$tmp/bench" && mkdir "$tmp/bench" && ends 4 && grep 'run make bench first' "$tmp/said"
}
ok 'without results, it says how to get them' nothing

# Print what QEMU and a guest do, one step for each line of input.
cat >"$tmp/qemu" <<'END'
#!/bin/sh
for said in 'Booting\n~ # ' '2\n~ # (qemu) ' '(qemu) virtio-pci\nvirtio_net\n' '3\n~ # (qemu) ' \
	'(qemu) \n[ 1.5] 0000:00:02.0: button\n' '3\n~ # ' 'interfaces: 3\n~ # ' 'interfaces: 2\n~ # '; do
	printf '%b' "$said"
	read -r line
done
END
chmod +x "$tmp/qemu"

# peer STATUS QEMU: bench-peer ends with STATUS if it runs QEMU.
peer() {
	status=0
	timeout 60 "$root/scripts/bench-peer" "$2" kernel initrd firmware "$tmp/console" >"$tmp/peer" 2>&1 || status=$?
	cat "$tmp/peer"
	[ "$status" -eq "$1" ]
}
peer_is_timed() {
	peer 0 "$tmp/qemu" && [ "$(cut -f 1 "$tmp/peer")" = "$(printf 'peer\npeer, card gone')" ] &&
		! cut -f 2 "$tmp/peer" | grep '[^0-9]'
}
ok 'the peer is timed to its verdict, and until the card is gone' peer_is_timed
peer_ends() {
	peer 5 false && grep "cannot boot Debian's installer: QEMU has ended; what the guest printed is in $tmp/console" "$tmp/peer"
}
ok 'a peer that ends early is a failure' peer_ends
done_testing
