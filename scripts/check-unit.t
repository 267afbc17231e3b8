#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The tests of the kselftest's library that need no guest: they use fakes of QEMU, its gdbstub,
# the agent and the traces of a driver.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tap.sh"

bin=$("$root/scripts/build-selftest")
for test in qmp bus_log gdbstub agent batch trace_contract invariants result image forkserver; do
	ok "$test" prove --failures "$bin/${test}_test"
done
done_testing
