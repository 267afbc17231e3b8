#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Tests of the tests. Each patch of regressions/selftest/ adds a fault to the runner, the
# library or the agent. With it, exactly the tests that its .failures file names must fail. A
# line of that file is "PROGRAM TEST". Without a fault, no test may fail.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/series.sh"
. "$(dirname "$0")/cases.sh"
. "$(dirname "$0")/tap.sh"

faults=$root/patches/regressions/selftest
out=$root/out/check/faults
src=$out/src
mkdir -p "$out"
tree=$("$root/scripts/fetch-base" newest)
KERNEL=$(image series)
export KERNEL

# named FAILURES...: print the tests that these files name.
named() {
	sed '/^#/d' "$@" | LC_ALL=C sort -u
}

# build PATCH TARGET...: build the kselftest with that fault, or without one if PATCH is empty.
build() {
	patch=$1
	shift
	rm -rf "$src" && mkdir -p "$src"
	(cd "$root" && cp -R --parents tools/testing/selftests/pciehp "$src") || return
	[ -z "$patch" ] || outside_git "$src" git apply "$patch" || return
	"$root/scripts/build-selftest" "$src/tools/testing/selftests/pciehp" "$out" "$@" || return
	! grep 'warning:' "$out/build/selftest.log"
}

# run PROGRAM: print "ok PROGRAM TEST" or "not_ok PROGRAM TEST" for each of its tests.
run() {
	case $1 in
	check-runner) BIN=$out/selftest timeout 60 sh "$root/scripts/check-runner.t" ;;
	*) (cd "$out" && timeout 120 "selftest/$1") ;;
	esac 2>"$out/$1.err" | sed -n "s/^not ok/not_ok/; s/^\(ok\|not_ok\) [0-9]* \(- \)\{0,1\}/\1 $1 /p"
}

# verdicts PATCH FAILURES...: run all programs that these files name, with that fault.
verdicts() {
	patch=$1
	shift
	programs=$(named "$@" | cut -d ' ' -f 1 | uniq)
	[ "$programs" ] || { echo "$* names no test" && return 1; }
	# shellcheck disable=SC2046 # one word a target
	build "$patch" pciehp_agent-arm64.cpio $(echo "$programs" | sed 's/^check-runner$/pciehp_run/') || return
	for program in $programs; do
		run "$program"
	done >"$out/verdicts"
}

failed_tests() {
	sed -n 's/^not_ok //p' "$out/verdicts" | LC_ALL=C sort
}

# all_pass FAILURES...: no test fails, and each test that these files name has been run.
all_pass() {
	verdicts '' "$@" || return
	cp "$out/verdicts" "$out/green"
	! failed_tests | grep . && ! named "$@" | sed 's/^/ok /' | grep -vxF -f "$out/verdicts"
}

# all_have_run: each test of these programs has passed or failed.
all_have_run() {
	for program in $programs; do
		sed -n "s/^ok \($program \)/\1/p" "$out/green"
	done | LC_ALL=C sort >"$out/planned"
	sed 's/^[a-z_]* //' "$out/verdicts" | LC_ALL=C sort | diff "$out/planned" -
}

# fails_as_named PATCH
fails_as_named() {
	verdicts "$1" "${1%.patch}.failures" && all_have_run && failed_tests | diff - "$out/named"
}

ok 'without a fault, all tests pass' all_pass "$faults"/*.failures
for fault in "$faults"/*.patch; do
	named "${fault%.patch}.failures" >"$out/named"
	ok "$(basename "$fault" .patch) makes exactly the named tests fail" fails_as_named "$fault"
done
done_testing
