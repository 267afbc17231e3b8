#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Is what we wrote in the kernel's style, and what we touch clean?
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tap.sh"

tree=$("$root/scripts/fetch-base" newest)
scratch "$(mktemp -d)"
# checkpatch leaves a file where it is run
cd "$tmp"
selftest=$root/tools/testing/selftests/pciehp

# FILE_PATH_CHANGES is about patches; volatile is what C wants of a sig_atomic_t.
# compiler.h is where the attributes get the names that checkpatch prefers, and
# in a test "FIXTURE_DATA(x) *self" is no multiplication; libelf's types have capitals.
checkpatch() {
	ignore=FILE_PATH_CHANGES,VOLATILE
	case $1 in
	*/compiler.h) ignore=$ignore,PREFER_DEFINED_ATTRIBUTE_MACRO ;;
	*_test.c) ignore=$ignore,SPACING ;;
	*/explore/points.c) ignore=$ignore,CAMELCASE ;;
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

# The user-space side; KSFT and libc headers are not ours. The Makefile defines a list.
sparse_selftest() {
	command -v sparse || return
	messages=$(find "$selftest/lib" "$selftest/runner" "$selftest/explore" "$selftest/preload" \
		-name '*.c' -print0 |
		xargs -0 -n 1 sparse -D_GNU_SOURCE -DGUEST_TESTS='""' -I"$selftest/lib" -Wno-decl 2>&1 |
		grep "$selftest") || return 0
	echo "$messages"
	return 1
}

for file in $(find "$selftest" "$root/drivers" -name '*.[ch]' | sort); do
	ok "checkpatch --strict ${file#"$root/"}" checkpatch "$file"
done
ok 'kernel-doc is complete' kernel_doc "$selftest"/lib/*/*.[ch] "$selftest"/guest/*.c \
	"$selftest"/explore/*.[ch] "$root"/drivers/pci/hotplug/tests/*.[ch]
ok 'sparse has no word against the kselftest' sparse_selftest
ok 'shellcheck has no word against the scripts' \
	shellcheck -x "$root"/scripts/* "$root/.ci/run"
ok 'every file has its SPDX line' spdx
done_testing
