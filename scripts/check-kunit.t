#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The KUnit suite passes on the series. On each patch of regressions/kunit/, exactly the tests
# that its .failures file names fail. With FULL=1, the other bases are tested as well.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/series.sh"
. "$(dirname "$0")/cases.sh"
. "$(dirname "$0")/kunit.sh"
. "$(dirname "$0")/tap.sh"

out=$root/out/check/kunit
mkdir -p "$out"

# run_by_tool LOG: run kunit.py in a kernel tree, with lockdep.
run_by_tool() (
	work=$cache/kunit/${tree##*/}
	cache_dir "$work"
	lock "$work/.lock"
	scratch "$(mktemp -d "$work/.tmp.XXXXXX")"
	put_series "$tree" "$work"
	export PYTHONDONTWRITEBYTECODE=1
	cd "$work/src"
	tools/testing/kunit/kunit.py run --arch=arm64 --cross_compile=aarch64-linux-gnu- \
		--kunitconfig=drivers/pci/hotplug/tests \
		--kunitconfig=tools/testing/selftests/pciehp/config.lockdep \
		--build_dir="$work/arm64" --jobs="$(nproc)" --raw_output=all >"$1" 2>&1 9>&-
)

# no_splat LOG
no_splat() {
	grep -q 'KTAP version' "$1" && ! grep -E 'WARNING:|BUG:|INFO: .*lock|Call trace:' "$1"
}

# passed TEST LOG
passed() {
	verdicts <"$2" | grep -x "ok $1"
}

# all_passed LOG: all tests have passed, and none is missing.
all_passed() {
	verdicts <"$1" >"$1.verdicts"
	grep '^not_ok' "$1.verdicts" && return 1
	[ "$(wc -l <"$1.verdicts")" -ge "$planned" ]
}

# failed_as_named LOG FAILURES: exactly the tests that FAILURES names have failed.
failed_as_named() {
	verdicts <"$1" >"$1.verdicts"
	[ "$(wc -l <"$1.verdicts")" -eq "$planned" ] || {
		echo "only $(wc -l <"$1.verdicts") of $planned tests have ended"
		return 1
	}
	sed -n 's/^not_ok //p' "$1.verdicts" | sort >"$1.failed"
	grep -v '^#' "$2" | sort | diff - "$1.failed"
}

# guest_time LOG: print how many virtual ms the suite took.
guest_time() {
	sed -n 's/^\[ *\([0-9.]*\)\] .*\(KTAP version 1\|ok [0-9]* pciehp\).*/\1/p' "$1" |
		awk 'NR == 1 { start = $1 } { end = $1 } END { printf "%d\n", (end - start) * 1000 }'
}

is_short() {
	ms=$(guest_time "$1")
	echo "$ms ms"
	[ "$ms" -gt 0 ] && [ "$ms" -lt 20000 ]
}

passes_in_virtual_time() {
	image=$(image kunit) && kunit_boot "$image" "$1" && all_passed "$1"
}

# passes_on BASE LOG: the suite passes on that base, but for the tests of its kunit.failures.
passes_on() {
	planned=$(kunit_cases "$1" | wc -l)
	known=$root/patches/$1/kunit.failures
	[ -f "$known" ] || known=/dev/null
	image=$(image kunit) && kunit_boot "$image" "$2" && failed_as_named "$2" "$known"
}

# each_is_listed: each test is in the .failures file of a defect.
each_is_listed() {
	cat "$root"/patches/regressions/kunit/*.failures >"$out/listed"
	unlisted=$(echo "$cases" | grep -vxFf "$out/listed") || return 0
	echo "no defect makes these fail: $unlisted"
	return 1
}

tree=$("$root/scripts/fetch-base" newest)
cases=$(kunit_cases "$(base_major "$tree")")
planned=$(echo "$cases" | wc -l)

ok 'each test is built' [ "$(kunit_cases all | wc -l)" -eq "$(cat "$root"/drivers/pci/hotplug/tests/*.c | grep -c '	KUNIT_CASE(')" ]
ok 'each test fails on a defect' each_is_listed
ok 'kunit.py run --arch=arm64' run_by_tool "$out/tool.log"
for test in $cases; do
	ok "$test" passed "$test" "$out/tool.log"
done
ok 'the kernel log has no warning of lockdep or others' no_splat "$out/tool.log"
ok 'the suite passes in virtual time' passes_in_virtual_time "$out/series.log"
ok 'the suite takes less than 20 s of guest time' is_short "$out/series.log"

# fails_as_named PATCH
fails_as_named() {
	log=$out/$(basename "$1" .patch).log
	image=$(image "kunit/$(basename "$1" .patch)") && kunit_boot "$image" "$log" &&
		failed_as_named "$log" "${1%.patch}.failures"
}

for patch in "$root"/patches/regressions/kunit/*.patch; do
	ok "$(basename "$patch" .patch) makes exactly the named tests fail" fails_as_named "$patch"
done

[ "${FULL-}" ] && for base in ${bases#newest}; do
	tree=$("$root/scripts/fetch-base" "$base")
	ok "$base: the suite passes" passes_on "$base" "$out/$base.log"
done
done_testing
