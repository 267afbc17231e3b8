#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Does pciehp_run judge a test by its result and its exit status? The test programs are scripts
# in the directory of a copy of pciehp_run, and no kernel is booted.
#
# From the environment:
#	BIN	the directory with pciehp_run; if unset, it is built
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tap.sh"

bin=${BIN:-$("$root/scripts/build-selftest")}
scratch "$(mktemp -d)"
cp "$bin/pciehp_run" "$tmp/"
touch "$tmp/pciehp_agent-arm64.cpio"
# machine_of_kernel() recognizes this as an image for arm64
{ head -c 56 /dev/zero && printf 'ARM\144'; } >"$tmp/Image"
for program in "$root"/tools/testing/selftests/pciehp/*_test.c; do
	cat >"$tmp/$(basename "$program" .c)" <<-'END'
		#!/bin/sh
		echo "ok 1 other.${0##*/} # SKIP no kernel"
	END
done
cat >"$tmp/hotplug_test" <<'END'
#!/bin/sh
if [ "$1" = -T ]; then
	eval "$LISTING"
else
	[ -z "$RESULT" ] || echo "{ \"verdict\": \"$RESULT\", \"booted\": $BOOTED, \"timeouts\": [ $SAID ] }" \
		>"$PCIEHP_RESULTS/$PCIEHP_CASE.json"
	eval "$END"
fi
END
chmod +x "$tmp"/*_test

# runs STATUS: pciehp_run exits with that status. Its output is in $tmp/said.
runs() {
	wanted=$1
	status=0
	mkdir -p "$tmp/out"
	export RESULT END LISTING BOOTED SAID
	QEMU=/bin/true "$tmp/pciehp_run" -t "$PATTERN" -o "$tmp/out" "x=$tmp/Image${EXPECT:+,$EXPECT}" \
		>"$tmp/said" 2>&1 || status=$?
	cat "$tmp/said"
	echo "status $status"
	[ $status -eq "$wanted" ]
}

PATTERN='fake.*'
LISTING='echo "ok 1 fake.case # SKIP no kernel"'
BOOTED=true SAID='' EXPECT=''

# gives STATUS TAP: if a test writes RESULT and ends with END, pciehp_run exits with STATUS and
# prints this line of TAP.
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

# writes FILE CHECK...: for such a test, pciehp_run writes FILE, and the command CHECK prints true
# for it.
writes() {
	runs "$1" || return
	shift
	file=$tmp/out/$1
	shift
	answer=$("$@" "$file") && echo "$answer" && [ "$answer" = true ]
}

# junit EXPRESSION: a check of results.xml.
junit() {
	writes "$1" results.xml xmllint --xpath "$2"
}

# kcidb EXPRESSION: a check of kcidb.json.
kcidb() {
	writes "$1" kcidb.json jq "$2"
}

RESULT='LOST <&>' END='exit 1'
ok 'JUnit has a failure with the verdict' junit 1 \
	'count(//testsuite[@name="x" and @tests=1 and @failures=1 and @errors=0 and @skipped=0]/testcase[@classname="fake" and @name="case"]/failure[starts-with(@message, "LOST <&")]) = 1'
RESULT=ok END='exit 0'
ok 'JUnit has a case that passes' junit 0 \
	'count(//testsuite[@failures=0]/testcase[system-out and not(failure)]) = 1 and //testcase/@time >= 0'
RESULT='SKIP no card'
ok 'JUnit has a case that is skipped' junit 0 'count(//testsuite[@skipped=1]/testcase/skipped[@message="SKIP no card"]) = 1'
RESULT='' END='exit 0'
ok 'JUnit has an error if there is no result' junit 1 'count(//testsuite[@errors=1 and @failures=0]/testcase/error) = 1'
ok 'and so has the report for KCIDB' kcidb 1 '.tests[0].status == "ERROR"'
RESULT=ok
ok 'the report for KCIDB has the version, a checkout, a build and the test of it' kcidb 0 '
	(.version == { major: 5, minor: 3 }) and (.checkouts | length) == 1
	and .builds[0].checkout_id == .checkouts[0].id and .builds[0].architecture == "arm64"
	and .tests[0].build_id == .builds[0].id and .tests[0].path == "pciehp.fake.case"
	and .tests[0].status == "PASS" and (.tests[0].duration | type) == "number"
	and ([.checkouts, .builds, .tests | .[] | .origin == "pciehp" and (.id | startswith("pciehp:"))] | all)'
RESULT='SKIP no card'
ok 'the report for KCIDB has a case that is skipped' kcidb 0 '.tests[0].status == "SKIP"'
RESULT=LOST END='exit 1'
ok 'the report for KCIDB has a failure' kcidb 1 '.tests[0].status == "FAIL" and .tests[0].misc.verdict == "LOST"'
described() {
	PCIEHP_COMMIT=abc PCIEHP_COMMAND='make it' runs 1 &&
		jq -e '.commit == "abc" and .command == "make it" and .kernels[0].kernel == "x" and (.start <= .end)' "$tmp/out/run.json"
}
ok 'the run is described' described

# counts SUMMARY: for such a test, pciehp_run prints that summary.
counts() {
	runs 0 && tail -n 1 "$tmp/said" | grep -xF "$1"
}

RESULT=ok END='exit 0'
ok 'what passes is counted' counts 'x passes 1 of 1 cases.'
RESULT='SKIP no card' END='exit 0'
ok 'what is skipped is counted apart' counts 'x passes 0 of 1 cases, 1 skipped.'

left_by_another_run() {
	echo '{ "verdict": "ok", "booted": true }' >"$tmp/out/x.fake.case.json"
	gives 1 'not ok 1 x fake.case # NO RESULT'
}
RESULT='' END='exit 0'
ok 'what an earlier run left is no result' left_by_another_run

gone_since() {
	LISTING="$LISTING; chmod -x \"\$0\"" gives 1 'not ok 1 x fake.case # NO RESULT'
	status=$?
	chmod +x "$tmp/hotplug_test"
	return $status
}
ok 'what cannot be run any more is not ok' gone_since

# expecting LINES STATUS TAP: like gives, with a .verdicts file that has these lines.
expecting() {
	printf '%b\n' "$1" >"$tmp/expect"
	EXPECT=$tmp/expect gives "$2" "$3"
}

RESULT=LOST END='exit 1'
ok 'what is expected is ok' expecting 'case fake.* LOST' 0 'ok 1 x fake.case # LOST'
ok 'a line is for cases of just its name' expecting 'case fake LOST\ncase ake.* LOST' 1 \
	'not ok 1 x fake.case # LOST'
ok 'the first line that names a case counts' expecting 'case fake.case ok\ncase fake.* LOST' 1 \
	'not ok 1 x fake.case # LOST'
RESULT='LOST, TIMEOUT x 1'
ok 'a line is for just its verdict' expecting 'case fake.* LOST' 1 \
	'not ok 1 x fake.case # LOST, TIMEOUT x 1'
RESULT=ok END='exit 0'
ok 'what is ok though it is expected to fail is told' expecting 'case fake.* LOST' 1 \
	'not ok 1 x fake.case # ok'
ok 'what the kernel should have said is missed' expecting 'message fake.* Timeout' 1 \
	'ok 1 x fake.case # ok'
# shellcheck disable=SC2089 # the fake tests evaluate it
SAID='"Timeout on hotplug command"'
ok 'and not if it has said that' expecting 'message fake.* Timeout' 0 'ok 1 x fake.case # ok'

# refuses WHY: pciehp_run prints WHY and runs nothing.
refuses() {
	runs 2 && grep -q "$1" "$tmp/said"
}

# The image is booted only once, although there are two cases.
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
	listed=$(LISTING=$LISTING "$tmp/pciehp_run" -t 'fake.*') && [ "$listed" = fake.case ]
}
# shellcheck disable=SC2089 # the fake tests evaluate it
LISTING='echo "ok 1 fake.case # SKIP no kernel"'
ok 'without a kernel, the cases are listed' lists
no_host() {
	CASES=nothing "$root/scripts/vfio" 2>&1 | grep "none matches 'nothing'"
}
ok 'nor does make vfio fetch a host for it' no_host

PATTERN='fake.*'
mkdir "$tmp/kept"
cp /bin/true "$tmp/qemu-system-aarch64"
# kept [QEMU]: print the folder of kept states that a test gets.
kept() {
	END="echo \$PCIEHP_KEPT_STATES >$tmp/folder"
	QEMU=${1-} PATH=$tmp:$PATH PCIEHP_KEPT_STATES=$tmp/kept LISTING=$LISTING RESULT=ok END=$END BOOTED=true SAID='' \
		"$tmp/pciehp_run" -t "$PATTERN" -o "$tmp/out" "x=$tmp/Image" >&2 && cat "$tmp/folder"
}
keeps() {
	folder=$(kept) && [ -d "$folder" ] && [ "$(kept)" = "$folder" ]
}
ok 'a later run gets the states that were kept' keeps
keeps_apart() {
	folder=$(kept) && touch "$1" && [ "$(kept)" != "$folder" ]
}
for file in Image pciehp_agent-arm64.cpio qemu-system-aarch64 pciehp_run; do
	ok "but not if $file has changed" keeps_apart "$tmp/$file"
done
keeps_none() {
	folder=$(kept /bin/true) && [ -z "$folder" ]
}
ok 'with QEMU= no states are kept' keeps_none

# Results that are kept. work STATUS ARGUMENT...: run pciehp_run, and require that exit status.
work() {
	wanted=$1
	shift
	status=0
	mkdir -p "$tmp/a" "$tmp/b" "$tmp/merged"
	# shellcheck disable=SC2090 # the fake tests evaluate them
	export RESULT END LISTING BOOTED SAID
	QEMU=/bin/true PCIEHP_BUNDLE=one "$tmp/pciehp_run" -t 'fake.*' "$@" >"$tmp/said" 2>&1 || status=$?
	cat "$tmp/said"
	echo "status $status"
	[ $status -eq "$wanted" ]
}
kernel=x=$tmp/Image
LISTING='echo "ok 1 fake.one # SKIP no kernel"; echo "ok 2 fake.two # SKIP no kernel"'
RESULT=ok END="echo \$PCIEHP_CASE >>$tmp/ran" BOOTED=true SAID=''
lists_ids() {
	work 0 "$kernel" && [ "$(xargs <"$tmp/said")" = 'x/fake.one x/fake.two' ]
}
ok 'the names of the jobs are listed' lists_ids
runs_one() {
	work 0 -r -o "$tmp/a" "$kernel" x/fake.one && [ "$(xargs <"$tmp/ran")" = x.fake.one ]
}
ok 'only the job that is named is run' runs_one
ok 'a name of no job is refused' work 2 -r -o "$tmp/a" "$kernel" x/fake.one x/fake.four
merges() {
	work "$1" -m -o "$tmp/merged" "$kernel" "$tmp/a" "$tmp/b" && grep -F "$2" "$tmp/said" "$tmp/merged/results.tap"
}
ok 'a job without a result is missing' merges 1 'not ok 2 x fake.two # MISSING'
ok 'and that is printed' merges 1 'MISSING: x/fake.two:'
resumes() {
	work 0 -r -o "$tmp/a" "$kernel" && [ "$(xargs <"$tmp/ran")" = 'x.fake.one x.fake.two' ]
}
ok 'what has a result is not run again' resumes
same_as_whole() {
	merges 0 'x passes 2 of 2 cases.' && runs 0 && for file in results.tap results.xml; do
		sed 's/ timestamp=[^>]*//' "$tmp/out/$file" >"$tmp/whole"
		sed 's/ timestamp=[^>]*//' "$tmp/merged/$file" | diff "$tmp/whole" - || return
	done
}
ok 'merged results are those of a run on one host' same_as_whole
# again CHANGE: a case whose file was changed by the command CHANGE is run again.
again() {
	: >"$tmp/ran"
	eval "$1" && work 0 -r -o "$tmp/a" "$kernel" && [ "$(xargs <"$tmp/ran")" = x.fake.one ]
}
file=$tmp/a/results/x/fake.one.json
ok 'a result that was cut is run again' again "truncate -s 100 $file"
ok 'an empty one, too' again ": >$file"
ok 'and one that is gone' again "rm $file"
ok 'and one of another bundle' again "sed -i '/bundle/s/one/two/' $file"
ok 'and one of another case' again "cp $tmp/a/results/x/fake.two.json $file"
ok 'and one that says nothing about the kernel' again "sed -i '/verdict/s/ok/NO RESULT/' $file"
written_whole() {
	[ "$(cd "$tmp/a/results/x" && echo ./*)" = './fake.one.json ./fake.two.json' ]
}
ok 'nothing but results is left' written_whole

# runs_times STATUS TIMES: pciehp_run -r exits with STATUS, and runs the case that often.
runs_times() {
	: >"$tmp/ran"
	rm -rf "$tmp/b"
	work "$1" -r -o "$tmp/b" "$kernel" x/fake.one && [ "$(wc -l <"$tmp/ran")" -eq "$2" ]
}
RESULT=LOST
ok 'what fails is run once' runs_times 1 1
RESULT='' END="$END; kill -KILL \$\$"
ok 'what is killed is run three times' runs_times 1 3
RESULT=ok END="echo >>$tmp/ran; [ \"\$(wc -l <$tmp/ran)\" -gt 1 ] || kill -KILL \$\$"
ok 'what is killed once has the result of the second time' runs_times 0 2
ok 'two results that are the same are one' merges 0 'x passes 2 of 2 cases.'
sed -i '/verdict/s/ok/LOST/' "$tmp/b/results/x/fake.one.json"
ok 'two results that differ are none' merges 1 'not ok 1 x fake.one # DISAGREE: ok, LOST'
ok 'and both are printed' merges 1 "DISAGREE: x/fake.one: ok in $tmp/a"

PATTERN='fake.*' RESULT=ok END='exit 0'
LISTING="kill -SEGV \$\$"
ok 'a program that crashes as it lists its cases is told' refuses 'cannot list the cases of hotplug_test'
LISTING=:
ok 'a program without cases is told' refuses 'cannot list the cases of hotplug_test: it has none'
chmod -x "$tmp/slot_use_test"
LISTING='echo "ok 1 fake.case # SKIP no kernel"'
ok 'a program that cannot be run is told' refuses 'cannot list the cases of slot_use_test'
done_testing
