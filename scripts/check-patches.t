#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Do the patches apply to every base, and are they ready to be mailed?
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tap.sh"

# fits BASE: the patches apply to BASE. fetch-base newest would also accept another base.
fits() {
	tree=$("$root/scripts/fetch-base" "$1") || return
	echo "$tree"
	"$root/scripts/patches-fit" "$tree"
}

# With the regression patch, the oldest base has the code of v4.20-rc1 to v4.20.
fits_v4_20() {
	tree=$("$root/scripts/fetch-base" "${bases##* }") || return
	file=drivers/pci/hotplug/pciehp_hpc.c
	mkdir -p "$tmp/v4.20/${file%/*}"
	cp "$tree/$file" "$tmp/v4.20/$file"
	cd "$tmp/v4.20" || return
	git init -q
	git apply "$root/patches/regressions/slot-ctrl-cached-late.patch" &&
		git add . &&
		git commit -qm base &&
		git am "$1"
}

# Without the kernel's history, checkpatch knows no commit. Our patches are signed off when they
# are exported.
mailable() {
	"$root/scripts/export-series" v4.20 "$tmp/series" >"$tmp/exported" &&
		xargs perl "$tree/scripts/checkpatch.pl" --no-tree --strict --quiet \
			--ignore UNKNOWN_COMMIT_ID <"$tmp/exported"
}

# The cache has a tree, and no suite can be reached.
keeps_newest() {
	mkdir -p "$tmp/cache/pciehp/src"
	ln -s "$tree" "$tmp/cache/pciehp/src/${tree##*/}"
	ln -s "${tree##*/}" "$tmp/cache/pciehp/src/newest"
	touch -h -d '2 days ago' "$tmp/cache/pciehp/src/newest"
	echo 'Acquire::http::Proxy "http://127.0.0.1:9"; Acquire::https::Proxy "http://127.0.0.1:9";' >"$tmp/apt.conf"
	found=$(APT_CONFIG=$tmp/apt.conf XDG_CACHE_HOME=$tmp/cache "$root/scripts/fetch-base" newest)
	echo "$found"
	[ "$found" = "$tree" ]
}

scratch "$(mktemp -d)"
# checkpatch writes a file to the current directory
cd "$tmp"
for base in $bases; do
	ok "patches apply to base $base" fits "$base"
done
for patch in "$root"/patches/v4.20/*.patch; do
	ok "git am applies ${patch##*/} to the code of v4.20-rc1" fits_v4_20 "$patch"
done
tree=$("$root/scripts/fetch-base" newest)
ok 'the newest base in the cache is used when no suite can be reached' keeps_newest
ok 'checkpatch --strict finds nothing in the exported patches' mailable
done_testing
