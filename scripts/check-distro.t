#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Does fetch-distro-kernel list Debian's kernels, and refuse kernels that do not exist? None is
# downloaded.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tap.sh"

own=$(. /etc/os-release && echo "${VERSION_CODENAME:-none}")

fetch() {
	SUITE=$1 FLAVOUR=$2 "$root/scripts/fetch-distro-kernel" >"$tmp/out" 2>"$tmp/said"
}

lists() {
	cat "$tmp/out" "$tmp/said"
	grep -qxE "$1 +[0-9][^ ]+" "$tmp/out"
}

# refuses SUITE FLAVOUR WHY
refuses() {
	fetch "$1" "$2" && return 1
	cat "$tmp/out" "$tmp/said"
	! [ -s "$tmp/out" ] && grep -q "$3" "$tmp/said"
}

scratch "$(mktemp -d)"
if ! fetch "$own" '' && grep -q 'Failed to fetch' "$tmp/said"; then
	echo "1..0 # SKIP $(tail -n 1 "$tmp/said")"
	exit
fi
for flavour in arm64 cloud-arm64 amd64 rt-amd64; do
	ok "$own has a kernel $flavour" lists $flavour
done
ok 'a flavour that does not exist is refused, and the existing ones are listed' \
	refuses "$own" none-arm64 'cannot get FLAVOUR=none-arm64 of .* arm64 '
ok 'a suite that does not exist is refused' refuses none arm64 'cannot get a kernel of none: '
done_testing
