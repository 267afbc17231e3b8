#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Is what make matrix ENGINE= prints the same as on one host, if workers, QEMU or the controller are
# killed? A bundle with some quick cases is run here, on a test cluster of Slurm with two nodes, and
# over ssh on this machine.
#
# From the environment:
#	BUNDLE	the unpacked bundle; if unset, it is made
#	KILLS	how many random kills at least; 3 if unset
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tap.sh"

: "${BUNDLE:=$("$root/scripts/bundle")}" "${KILLS:=3}"
[ -x "$BUNDLE/run" ] || die "cannot test BUNDLE=$BUNDLE: it has no run; name the directory of an unpacked bundle"
BUNDLE=$(cd "$BUNDLE" && pwd)
scratch "$(mktemp -d)"
trap '"$root/scripts/slurm-cluster" stop "$tmp/slurm" 2>/dev/null; [ ! -f "$tmp/sshd.pid" ] || kill "$(cat "$tmp/sshd.pid")"; rm -rf "$tmp"' EXIT
cases='@(empty_slot|hotplug).*'

# small: make the bundle $tmp/small, with these cases on the series and two other kernels.
small() {
	cp -R "$BUNDLE" "$tmp/small"
	cd "$tmp/small"
	sed -n "s/^\(lane 'arm64' '' '' \)'[^']*'/\1'$cases'/p
		s/^\(lane 'regressions' '' '-n' \)'[^']*' \('stock[^']*'\) .*\('slot-ctrl[^']*'\) .*/\1'hotplug.*' \2 \3/p" \
		"$BUNDLE/lanes" >lanes
	grep -E '^(arm64/series/(empty_slot|hotplug)|regressions/(stock|slot-ctrl-cached-late)/hotplug)\.' "$BUNDLE/ids" >ids
	echo "small-$(cat "$BUNDLE/digest")" >digest
	[ "$(wc -l <lanes)" -eq 2 ] && [ "$(wc -l <ids)" -ge 10 ]
}

# verdicts DIR: print what the results there say about the kernels. In virtual time, latencies are
# the same in each run.
verdicts() {
	jq -c '.[] | [.kernel, .case, .verdict, .as_expected, .latency_ms, .steps]' "$1/arm64/results.json" "$1/regressions/results.json"
}

# same DIR: the results there are those of the undisturbed run, and so are the tables.
same() {
	verdicts "$1" | diff "$tmp/verdicts" - && for lane in arm64 regressions; do
		diff "$tmp/alone/$lane/table" "$1/$lane/table" && diff "$tmp/alone/$lane/results.tap" "$1/$lane/results.tap" || return
	done
}

alone() {
	"$tmp/small/run" -o "$tmp/alone" --shard 1/1 && "$tmp/small/run" --merge "$tmp/alone" "$tmp/alone" &&
		verdicts "$tmp/alone" >"$tmp/verdicts" && [ "$(wc -l <"$tmp/verdicts")" -ge 10 ]
}

# divided N: parts 1/N to N/N, each with its own folder, are merged.
divided() {
	for part in $(seq "$1"); do
		"$tmp/small/run" -o "$tmp/part-$part" --shard "$part/$1" || return
	done
	"$tmp/small/run" --merge "$tmp/divided" "$tmp"/part-* && same "$tmp/divided"
}

one_missing() {
	id=$("$tmp/small/run" --list | head -n 1)
	rm "$tmp/part-1/${id%%/*}/results/${id#*/}.json"
	"$tmp/small/run" --merge "$tmp/divided" "$tmp"/part-* 2>&1 | grep -F "MISSING: ${id#*/}"
}

refused() {
	! "$tmp/small/run" "$@" 2>"$tmp/why" && cat "$tmp/why" && [ -s "$tmp/why" ]
}

# distribute DIR: run the small bundle on $ENGINE, with results in DIR.
distribute() {
	BUNDLE=$tmp/small OUT=$1 "$root/scripts/distribute"
}

cluster() {
	"$root/scripts/slurm-cluster" "$1" "$tmp/slurm" ${2:+"$2"}
}

# random N: print a number from 0 to N - 1.
random() {
	echo $(($(od -An -N4 -tu4 /dev/urandom) % $1))
}

# kill_something: kill a node, a worker, a QEMU or the controller, and start again what must be.
kill_something() {
	case $(random 4) in
	0)
		node=n$(($(random 2) + 1))
		echo "kills node $node"
		cluster kill "$node"
		sleep "$(random 20)"
		cluster revive "$node"
		;;
	1)
		echo 'kills the controller'
		cluster kill controller
		sleep "$(random 5)"
		cluster revive controller
		;;
	2) kill_job pciehp_run ;;
	3) kill_job qemu-system-aar ;;
	esac
}

# kill_job NAME: kill a process of a job that has that name.
kill_job() {
	for pid in $(cluster list | shuf); do
		[ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ] || continue
		echo "kills $1 $pid"
		kill -KILL "$pid" || :
		return
	done
	echo "there is no $1 to kill"
}

# resume_nodes: do what an administrator does about nodes that could not start a job.
resume_nodes() {
	sinfo -h -N -t drain -o %N 2>/dev/null | while read -r node; do
		scontrol update "nodename=$node" state=resume
	done
}

# disturbed: the results are the same, although something is killed up to four times.
disturbed() {
	before=$(grep -c ^kills "$tmp/kills") || :
	rm -rf "$tmp/disturbed"
	distribute "$tmp/disturbed" >"$tmp/said" 2>&1 &
	running=$!
	sleep "$(random 10)"
	while kill -0 "$running" 2>/dev/null; do
		[ "$(grep -c ^kills "$tmp/kills")" -ge $((before + 4)) ] || kill_something | tee -a "$tmp/kills"
		resume_nodes
		sleep "$(random 20)"
	done
	status=0
	wait "$running" || status=$?
	cat "$tmp/said"
	[ $status -eq 0 ] && same "$tmp/disturbed"
}

cancelled() {
	distribute "$tmp/cancelled" >"$tmp/said" 2>&1 &
	running=$!
	sleep 12
	# The other job joins the results.
	scancel "$(squeue -h -o %F | sort -n | head -n 1)"
	status=0
	wait "$running" || status=$?
	tail -n 3 "$tmp/said"
	[ $status -eq 1 ] && grep -q MISSING "$tmp/said" && distribute "$tmp/cancelled" && same "$tmp/cancelled"
}

nothing_left() {
	cluster stop
	! grep -lzxF "SLURM_CONF=$tmp/slurm/slurm.conf" /proc/[0-9]*/environ 2>/dev/null && [ ! -e "$tmp/slurm" ]
}

ok 'a bundle of a few cases' small
ok 'its cases run here' alone
ok 'three parts are the whole' divided 3
ok 'a result that is gone is missing' one_missing
ok 'an ID of no case is refused' refused arm64/series/hotplug.none
ok 'part 4 of 3 is refused' refused --shard 4/3

ENGINE=slurm
SLURM_CONF=$tmp/slurm/slurm.conf
export ENGINE SLURM_CONF
ok 'a cluster starts' cluster start
undisturbed() {
	distribute "$tmp/on-$ENGINE" && same "$tmp/on-$ENGINE"
}
ok 'Slurm: the same' undisturbed
ok 'a cancelled array is resumed' cancelled
: >"$tmp/kills"
while [ "$(grep -c ^kills "$tmp/kills")" -lt "$KILLS" ]; do
	ok 'Slurm with kills: the same' disturbed
done
ok 'nothing is left of the cluster' nothing_left

# start_ssh: start an sshd of our own, for the hosts w1 and w2.
start_ssh() {
	for key in host user; do
		ssh-keygen -q -t ed25519 -N '' -f "$tmp/$key"
	done
	cp "$tmp/user.pub" "$tmp/authorized"
	port=$((20000 + $$ % 20000))
	printf '%s\n' "Port $port" 'ListenAddress 127.0.0.1' "HostKey $tmp/host" "PidFile $tmp/sshd.pid" \
		"AuthorizedKeysFile $tmp/authorized" 'StrictModes no' 'UsePAM no' 'MaxStartups 100' >"$tmp/sshd_config"
	printf '%s\n' 'Host w1 w2' 'HostName 127.0.0.1' "Port $port" "IdentityFile $tmp/user" 'IdentitiesOnly yes' \
		"UserKnownHostsFile $tmp/known" 'StrictHostKeyChecking accept-new' 'LogLevel ERROR' >"$tmp/ssh_config"
	# A root's sshd insists on this folder.
	[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
	"$(PATH=$PATH:/usr/sbin command -v sshd)" -f "$tmp/sshd_config" -E "$tmp/sshd.log"
	ssh -F "$tmp/ssh_config" w1 true
}
ENGINE=parallel HOSTS='1/w1 1/w2' SSH="ssh -F $tmp/ssh_config" PARTS=4
export HOSTS SSH PARTS
ok 'an sshd starts' start_ssh
ok 'GNU parallel: the same' undisturbed
nothing_there() {
	! ls -d "$HOME"/.pciehp-small-*
}
ok 'nothing is left on the hosts' nothing_there
done_testing
