#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Does the kselftest build without a warning after each commit of its set, and do its tests pass
# then? After a commit, hotplug_test and the library's tests that the commit adds or changes are
# run on the series, and of each other program that it adds, the first case of every fixture. A
# commit that has passed is run again only if the kselftest or the kernel has changed.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/series.sh"
. "$(dirname "$0")/commits.sh"
. "$(dirname "$0")/on-bases.sh"
. "$(dirname "$0")/cases.sh"
. "$(dirname "$0")/tap.sh"

dir=tools/testing/selftests/pciehp
work=$root/out/check/steps
passed=$root/out/steps-passed

# builds COMMIT: build its kselftest in $work, from the objects of the commit before it.
builds() {
	rm -rf "$work/src" && mkdir -p "$work/src" &&
		git -C "$tmp/git" archive "$1" "$dir" | tar -x -C "$work/src" &&
		"$root/scripts/build-selftest" "$work/src/$dir" "$work" &&
		! grep 'warning:' "$work/build/selftest.log"
}

# changed COMMIT FILTER PATTERN: print the test programs that COMMIT has added (FILTER is A), or
# added or changed (AM).
changed() {
	git -C "$tmp/git" diff --name-only "--diff-filter=$2" "$1^" "$1" -- ":(glob)$dir/$3_test.c" |
		sed 's|.*/||; s|\.c$||'
}

# first_cases PROGRAM: print the options that run the first case of each of its fixtures.
first_cases() {
	"$work/selftest/$1" -l 2>&1 | awk '/^---/ && getline > 0 {
		printf " -r %s", NF == 3 ? $1 "." $2 "." $3 : $1 "." $2
	}'
}

# runs COMMIT: print what to run after it. A line is a program with its options.
runs() {
	echo hotplug_test
	changed "$1" AM 'lib/tests/*'
	for program in $(changed "$1" A '*' | grep -vx hotplug_test); do
		echo "$program$(first_cases "$program")"
	done
}

# failed_tests PROGRAM: print the tests of $work/PROGRAM.log that have failed and should not have.
failed_tests() {
	sed -n 's/^not ok [0-9]* \([^ ]*\).*/\1/p' "$work/$1.log" | grep -vxE -f "$work/expected"
	grep -q '^# Totals:' "$work/$1.log" || grep -q '^1\.\.0' "$work/$1.log" || {
		echo "$1 did not end:"
		tail -n 5 "$work/$1.log"
	}
}

# run FILE: run the lines of FILE.
run() {
	# shellcheck disable=SC2016 # for the inner shell
	KERNEL=$kernel xargs -P "$(nproc)" -I RUN sh -c '
		set -- RUN
		program=$1
		shift
		cd "$0" # consoles of failed cases go here
		timeout 600 "$0/selftest/$program" "$@" >"$0/$program.log" 2>&1 || :' "$work" <"$1"
	while read -r program _; do
		failed_tests "$program"
	done <"$1" >"$work/failed"
	cat "$work/failed"
	[ ! -s "$work/failed" ]
}

# passes COMMIT
passes() {
	key=$passed/$(git -C "$tmp/git" rev-parse "$1:$dir")-$(basename "${kernel%/*}")
	[ ! -f "$key" ] || return 0
	builds "$1" && runs "$1" >"$work/runs" && run "$work/runs" && mkdir -p "$passed" && touch "$key"
}

rm -rf "$work" && mkdir -p "$work"
scratch "$(mktemp -d)"
identity "$root"
assemble_on newest
kernel=$(image series)
# The patterns of cases, as regular expressions.
sed -n 's/^case \([^ ]*\) .*/\1/p' "$(expected series verdicts)" |
	sed 's/\./\\./g; s/\*/.*/g; s/@(/(/g' >"$work/expected"
last=$(assemble "$tmp/git" base selftest)
for commit in $(git -C "$tmp/git" rev-list --reverse -n "$(in_set selftest | wc -l)" "$last"); do
	ok "$(git -C "$tmp/git" log -1 --format=%s "$commit")" passes "$commit"
done
done_testing
