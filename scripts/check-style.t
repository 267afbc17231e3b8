#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Do our files have the style of the kernel, and do the checkers report nothing?
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tap.sh"

tree=$("$root/scripts/fetch-base" newest)
scratch "$(mktemp -d)"
# checkpatch writes a file to the current directory
cd "$tmp"
selftest=$root/tools/testing/selftests/pciehp

# FILE_PATH_CHANGES applies to patches only, and in C a sig_atomic_t must be volatile.
# compiler.h defines the names of attributes that checkpatch prefers. checkpatch takes
# "FIXTURE_DATA(x) *self" in a test for a multiplication. The types of libelf have capitals. The
# page of the results has sentences in strings, and an element that is called main.
checkpatch() {
	ignore=FILE_PATH_CHANGES,VOLATILE
	case $1 in
	*/compiler.h) ignore=$ignore,PREFER_DEFINED_ATTRIBUTE_MACRO ;;
	*_test.c) ignore=$ignore,SPACING ;;
	*_trace.h) ignore=$ignore,$trace_event_style ;;
	*/explore/points.c) ignore=$ignore,CAMELCASE ;;
	*/tools/report/*) ignore=$ignore,LONG_LINE,LONG_LINE_STRING,SPLIT_STRING,EMBEDDED_FUNCTION_NAME ;;
	esac
	perl "$tree/scripts/checkpatch.pl" --no-tree --strict --terse --show-types \
		--ignore "$ignore" -f "$1"
}

kernel_doc() {
	[ -z "$("$tree/scripts/kernel-doc" -none "$@" 2>&1 | tee /dev/stderr)" ]
}

spdx() {
	without=$(cd "$root" && git ls-files -z --cached --others --exclude-standard |
		xargs -0 grep -L SPDX-License-Identifier)
	echo "$without"
	[ -z "$without" ]
}

# sparse_ours: sparse reports nothing about our files. Messages about the headers of KSFT
# and libc do not count. The Makefile defines GUEST_TESTS.
sparse_ours() {
	command -v sparse || return
	messages=$(find "$selftest/lib" "$selftest/runner" "$selftest/explore" "$selftest/preload" "$root/tools/report" \
		-name '*.c' ! -name '*_test.c' -print0 |
		xargs -0 -n 1 sparse -D_GNU_SOURCE -DGUEST_TESTS='""' -I"$selftest/lib" -Wno-decl 2>&1 |
		grep -e "$selftest" -e "$root/tools/report") || return 0
	echo "$messages"
	return 1
}

# The Makefile lists the layers (directories) of the library in order. A layer may include itself
# and the layers before it. The cases, the runner and the explorer may include all layers, but not
# each other. Code that runs in the guest or in QEMU may include only a few layers. Two tests in
# lib/tests boot guests like cases do, so they may include the fixture of the cases.
includes_go_down() {
	layers=$(sed -n 's/^LIB_LAYERS := //p' "$selftest/Makefile")
	[ "$layers" ] && includes | awk -v layers="$layers" '
		BEGIN {
			n = split(layers, layer, " ")
			for (i = 1; i <= n; i++)
				rank["lib/" layer[i]] = i
			may["agent"] = rank["lib/util"]
			may["preload"] = rank["lib/qemu"]
		}
		{
			from = to = ""
			if (match($1, ".*/"))
				from = substr($1, 1, RLENGTH - 1)
			if (match($2, ".*/"))
				to = substr($2, 1, RLENGTH - 1)
			highest = from in rank ? rank[from] : from in may ? may[from] : n
		}
		from == to || (to in rank && rank[to] <= highest) { next }
		$2 == "lib/libpciehp" && !(from in rank || from in may) { next }
		$2 == "guest_fixture" && from == "lib/tests" { next }
		{ print $1 " includes " $2; bad = 1 }
		END { exit bad }'
}

# No two files include each other, directly or through other files.
no_circles() {
	loops=$(includes | awk '$1 != $2' | tsort 2>&1 >/dev/null)
	echo "$loops"
	[ -z "$loops" ]
}

# includes: print, for each file, its name and that of each of our files that it includes,
# without their endings.
includes() {
	(cd "$selftest" && grep -rE --include='*.[ch]' '^#include "' .) |
		sed -n 's|^\./\(.*\)\.[ch]:#include "\(.*\)\.h"|\1 \2|p' | grep -v kselftest_harness |
		while read -r file included; do
			dir=$(dirname "$file")
			if [ -e "$selftest/$dir/$included.h" ]; then
				included=$dir/$included
			else
				included=lib/$included
			fi
			# e.g. if a.c in x/ includes ../b.h
			(cd "$selftest" && realpath --relative-to=. "$file" "$included" | paste -sd ' ')
		done
}

for file in $(find "$selftest" "$root/drivers" "$root"/patches/*/drivers "$root/tools/report" -name '*.[ch]' | sort); do
	ok "checkpatch --strict ${file#"$root/"}" checkpatch "$file"
done
ok 'kernel-doc is complete' kernel_doc "$selftest"/lib/*/*.[ch] "$selftest"/agent/*.c \
	"$selftest"/explore/*.[ch] "$root"/tools/report/*.[ch] "$root"/drivers/pci/hotplug/tests/*.[ch] \
	"$root"/patches/*/drivers/pci/hotplug/tests/*.[ch]
ok 'sparse finds nothing in the kselftest and the program of the page' sparse_ours
# shellcheck disable=SC2046 # one word each
ok 'shellcheck finds nothing in the scripts' \
	shellcheck -x $(grep -lE '^#(!/bin/sh| shellcheck shell)' "$root"/scripts/*) "$root/.ci/run"
ok 'every file has an SPDX line' spdx
ok 'each file of the kselftest includes only layers that it may include' includes_go_down
ok 'no includes of the kselftest are circular' no_circles
done_testing
