#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Can the kselftest be built, run and installed like any other kselftest, in each base?
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/series.sh"
. "$(dirname "$0")/cases.sh"
. "$(dirname "$0")/tap.sh"

work=$root/out/check/intree
mkdir -p "$work"
newest=$("$root/scripts/fetch-base" newest)
KERNEL=$(tree=$newest image series)

apply_series() {
	linked_series "$1" "$tree" "$work/staged" && make -C "$tree" -s headers
}

selftests() {
	make "-j$(nproc)" -C "$tree/tools/testing/selftests" TARGETS=pciehp "$@" 2>&1
}

# all_skipped_but PASSED: in the output of run_tests on stdin, that many tests pass and the
# others are skipped.
all_skipped_but() {
	awk -v passed="$1" '{ print } /^not ok / || /Error/ { bad = 1 }
		/^ok .* # SKIP/ { skipped++; next } /^ok / { n++ }
		END { exit bad || n != passed || !skipped }'
}

# The tests of the library that do not boot a guest pass without a kernel.
run_without_kernel() {
	selftests run_tests | all_skipped_but \
		"$(grep -L guest_fixture.h "$tree"/tools/testing/selftests/pciehp/lib/tests/*_test.c | wc -l)"
}

run_without_jansson() {
	selftests clean >/dev/null &&
		PKG_CONFIG_LIBDIR=/none selftests run_tests | all_skipped_but 0
}

# boots_guests ARGUMENT...: the installed kselftest passes with a kernel.
boots_guests() {
	rm -rf "$work/installed"
	selftests "$@" "INSTALL_PATH=$work/installed" install &&
		(cd "$work/installed" && KERNEL=$KERNEL ./run_kselftest.sh -t pciehp:hotplug_test) >"$work/log" 2>&1 &&
		grep -q '^ok 1 selftests: pciehp: hotplug_test$' "$work/log" && return
	cat "$work/log"
	return 1
}

boots_guests_built_anew() {
	selftests clean >/dev/null && boots_guests "$@"
}

skips_without_compiler() {
	boots_guests_built_anew ARCH=arm64 CROSS_COMPILE=no-such- ||
		grep '^ok 1 selftests: pciehp: hotplug_test # SKIP' "$work/log"
}

for base in $bases; do
	tree=$work/$base
	ok "$base: the series applies, and 'make headers' runs" apply_series "$base"
	ok "$base: run_tests without a kernel" run_without_kernel
	ok "$base: install and run_kselftest.sh" boots_guests
	[ "$base" != newest ] || {
		ok 'ARCH=arm64 CROSS_COMPILE=' boots_guests_built_anew ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-
		ok 'ARCH=arm64 LLVM=1' boots_guests_built_anew ARCH=arm64 LLVM=1
		ok 'without a compiler for the guest' skips_without_compiler
		ok 'without jansson' run_without_jansson
	}
	rm -rf "$tree" "$work/staged" "$work/installed"
done
done_testing
