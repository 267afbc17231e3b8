#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Does make htmldocs of the kernel build our documentation without warnings?
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

for base in ${BASES:-newest}; do
	tree=$work/$base
	ok "$base: the series applies" linked_series "$base" "$tree" "$work/staged"
	ok "$base: make htmldocs" htmldocs
	ok "$base: no warning about files of the series" no_warning_of_ours
	ok "$base: each of our pages is built" built
	rm -rf "$tree" "$work/staged"
done
done_testing
