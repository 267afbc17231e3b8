#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Does make htmldocs of the kernel build our documentation without warnings? Are the figures that
# README shows those that were measured?
# BASES= names the kernels; the default is the newest.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/series.sh"
. "$(dirname "$0")/tap.sh"

work=$root/out/check/docs
export PYTHONDONTWRITEBYTECODE=1

htmldocs() {
	make -C "$tree" htmldocs SPHINXDIRS='PCI trace' >"$work/log" 2>&1
	status=$?
	cat "$work/log"
	return $status
}

# A pristine tree also has warnings about references to directories that are not built. So only
# warnings that name a file of the series count.
no_warning_of_ours() {
	grep '^Documentation/' "$work/staged.list" >"$work/ours"
	! grep -E 'WARNING|ERROR' "$work/log" | grep -F -f "$work/ours"
}

# If the pages were not built, the absence of warnings would prove nothing.
built() {
	sed -n 's/^Documentation\(.*\)\.rst$/\1.html/p' "$work/ours" | while read -r page; do
		find "$tree/Documentation/output" -path "*$page" | grep . || exit
	done
}

# squeezed FILE...: print the lines with one blank between words.
squeezed() {
	sed 's/  */ /g; s/^ //; s/ $//' "$@"
}

# measured_lines: each line of output in README that has a verdict, a count of cases or a host time
# is also in a file in measured/.
measured_lines() {
	grep -E '^    .*([^a-z]ok( |$)|LOST|ASLEEP|PENDING|TIMEOUT| passes [0-9]| passed| times as fast)|^    (peer|cold|warm)' "$root/README.md" |
		squeezed >"$work/shown"
	[ -s "$work/shown" ] || return
	squeezed "$root"/measured/* >"$work/measured"
	! grep -vxF -f "$work/measured" "$work/shown"
}

mkdir -p "$work"
ok 'README shows only output that was measured' measured_lines
"$root/scripts/measured-page" >"$work/MEASURED.md"
ok 'MEASURED.md is what make measured writes' diff "$work/MEASURED.md" "$root/MEASURED.md"
for base in ${BASES:-newest}; do
	tree=$work/$base
	ok "$base: the series applies" linked_series "$base" "$tree" "$work/staged"
	ok "$base: make htmldocs" htmldocs
	ok "$base: no warning about files of the series" no_warning_of_ours
	ok "$base: each of our pages is built" built
	rm -rf "$tree" "$work/staged"
done
done_testing
