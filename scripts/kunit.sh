# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# Functions that boot a kernel with the KUnit suite. Sourced after lib.sh and series.sh.

# kunit_boot IMAGE LOG [PARAMETER [SECONDS]]: boot the image in virtual time, so that waiting in
# the guest takes no time. It takes a few seconds. Fail if it has not ended after 300 s, or SECONDS.
kunit_boot() {
	timeout "${4:-300}" qemu-system-aarch64 -M virt,gic-version=3 -cpu cortex-a57 -m 256 \
		-icount shift=1,sleep=off -nodefaults -display none -no-reboot -serial stdio \
		-append "console=ttyAMA0 nokaslr panic=-1 kunit_shutdown=poweroff kunit.filter_glob=pciehp_* ${3-}" \
		-kernel "$1" </dev/null >"$2" 2>&1
}

# verdicts: print "ok NAME" or "not_ok NAME" for each test in the kernel log on stdin.
verdicts() {
	tr -d '\r' | sed -n 's/^\(\[ *[0-9.]*\] \)\{0,1\}    \(not ok\|ok\) [0-9]* \([^ ]*\).*/\2 \3/p' |
		sed 's/^not ok/not_ok/'
}

# kunit_cases MAJOR: print the names of the tests that kernels of that version have.
kunit_cases() {
	series | while read -r name _; do
		sed -n 's|^+.*\(tests/[a-z_]*_kunit\)\.o.*|drivers/pci/hotplug/\1.c|p' "$(patch_for "$1" "$name")"
	done | while read -r file; do
		sed -n 's/^	KUNIT_CASE(\(.*\)),/\1/p' "$(dir_of_overlay "$1" "$file")/$file"
	done
}
