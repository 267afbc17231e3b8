#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The clients of QMP, gdbstub and agent, against peers that misbehave; the check of
# trace events, against traces of a driver that does; the invariants and the verdict, by
# answers of a guest that are made up; which machine boots an image; and copies of a
# program that has not begun.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tap.sh"

bin=$("$root/scripts/build-selftest")
for test in qmp gdbstub agent batch contract invariants result image forkserver; do
	ok "$test" prove --failures "$bin/${test}_test"
done
done_testing
