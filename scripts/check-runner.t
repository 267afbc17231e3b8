#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Is what pciehp_run says of a test what the test says of itself, by its result and by
# how it ended? The test programs here are scripts, beside a copy of the runner; the
# kernel is one that is never booted.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tap.sh"

bin=$("$root/scripts/build-selftest")
scratch "$(mktemp -d)"
cp "$bin/pciehp_run" "$tmp/"
touch "$tmp/pciehp_agent-arm64.cpio"
# as machine_of_kernel() knows an image
{ head -c 56 /dev/zero && printf 'ARM\144'; } >"$tmp/Image"
for program in "$bin"/*_test; do
	cat >"$tmp/${program##*/}" <<-'END'
		#!/bin/sh
		echo "ok 1 other.${0##*/} # SKIP no kernel"
	END
done
cat >"$tmp/hotplug_test" <<'END'
#!/bin/sh
if [ "$1" = -T ]; then
	eval "$LISTING"
else
	[ -z "$RESULT" ] || echo "{ \"verdict\": \"$RESULT\", \"booted\": $BOOTED }" >"$PCIEHP_RESULTS/$PCIEHP_CASE.json"
	eval "$END"
fi
END
chmod +x "$tmp"/*_test

# runs STATUS: pciehp_run ends with it; what it says is in $tmp/said
runs() {
	wanted=$1
	status=0
	mkdir -p "$tmp/out"
	export RESULT END LISTING BOOTED
	QEMU=/bin/true "$tmp/pciehp_run" -t "$PATTERN" -o "$tmp/out" "x=$tmp/Image" >"$tmp/said" 2>&1 || status=$?
	cat "$tmp/said"
	echo "status $status"
	[ $status -eq "$wanted" ]
}

PATTERN='fake.*'
LISTING='echo "ok 1 fake.case # SKIP no kernel"'
BOOTED=true

# gives STATUS TAP: for a test that wrote RESULT and ended with END
gives() {
	runs "$1" || return
	cat "$tmp/out/results.tap"
	grep -qxF "$2" "$tmp/out/results.tap"
}

RESULT=ok END='exit 0'
ok 'what is ok and ends well is ok' gives 0 'ok 1 x fake.case # ok'
RESULT=ok END='exit 1'
ok 'what fails by an assertion alone is not ok' gives 1 'not ok 1 x fake.case # FAIL'
RESULT=ok END="kill -KILL \$\$"
ok 'what is killed is not ok' gives 1 'not ok 1 x fake.case # ERROR'
RESULT=ok END="kill -SEGV \$\$"
ok 'what crashes is not ok' gives 1 'not ok 1 x fake.case # ERROR'
RESULT='' END='exit 0'
ok 'what ends well without a result is not ok' gives 1 'not ok 1 x fake.case # NO RESULT'
RESULT='' END='exec /none'
ok 'what cannot be run is not ok' gives 1 'not ok 1 x fake.case # NO RESULT'
RESULT=LOST END='exit 1'
ok 'a result tells more than the end' gives 1 'not ok 1 x fake.case # LOST'
RESULT=LOST END='exit 0'
ok 'and counts if the test ends well' gives 1 'not ok 1 x fake.case # LOST'
RESULT='SKIP no card' END='exit 0'
ok 'what is skipped tells why' gives 0 'ok 1 x fake.case # SKIP no card'
RESULT='SKIP no card' END='exit 1'
ok 'what is skipped and fails is not ok' gives 1 'not ok 1 x fake.case # FAIL'

# refuses WHY: nothing is run
refuses() {
	runs 2 && grep -q "$1" "$tmp/said"
}

# One boot tells of an image, though there are two cases.
RESULT=ERROR END='echo tried >>tries; exit 1' BOOTED=false
LISTING='echo "ok 1 fake.one # SKIP no kernel"; echo "ok 2 fake.two # SKIP no kernel"'
tried_once() {
	cd "$tmp" && refuses 'it does not boot' && [ "$(wc -l <tries)" -eq 1 ]
}
ok 'a kernel that does not boot ends the run' tried_once

RESULT=ok END='exit 0' BOOTED=true
PATTERN=nothing
ok 'a pattern that no case matches is refused' refuses "none matches 'nothing'"
lists() {
	export LISTING
	listed=$("$tmp/pciehp_run" -t 'fake.*') && [ "$listed" = fake.case ]
}
LISTING='echo "ok 1 fake.case # SKIP no kernel"'
ok 'without a kernel, the cases are listed' lists
no_host() {
	CASES=nothing "$root/scripts/vfio" 2>&1 | grep "none matches 'nothing'"
}
ok 'nor does make vfio fetch a host for it' no_host

PATTERN='fake.*'
LISTING="kill -SEGV \$\$"
ok 'a program that crashes as it lists its cases is told' refuses 'cannot list the cases of hotplug_test'
LISTING=:
ok 'a program without cases is told' refuses 'cannot list the cases of hotplug_test: it has none'
chmod -x "$tmp/slot_test"
LISTING='echo "ok 1 fake.case # SKIP no kernel"'
ok 'a program that cannot be run is told' refuses 'cannot list the cases of slot_test'
done_testing
