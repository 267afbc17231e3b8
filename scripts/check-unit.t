#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The clients of QMP, gdbstub and agent, against peers that misbehave; the check of
# trace events, against traces of a driver that does; the invariants and the verdict, by
# answers of a guest that are made up; which machine boots an image; and copies of a
# program that has not begun.
set -eu
. "$(dirname "$0")/lib.sh"

bin=$("$root/scripts/build-selftest")
out=$root/out/check
mkdir -p "$out"
status=0
set --
for test in qmp gdbstub agent batch contract invariants result image forkserver; do
	"$bin/${test}_test" >"$out/${test}_test.tap" 2>&1 || status=1
	set -- "$@" "${test}_test.tap"
done

# One plan for all. What a program said goes with its tests.
cd "$out"
awk '{ sub(/_test.tap$/, "", FILENAME) }
	/^ok / { $1 = $2 = ""; print "ok " ++n " - " FILENAME $0 }
	/^not ok / { $1 = $2 = $3 = ""; print "not ok " ++n " - " FILENAME $0 }
	/^# .*:/ { print } END { print "1.." n }' "$@"
exit $status
