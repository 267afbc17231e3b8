#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Do the patches apply to every base, and are they fit to be mailed?
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tap.sh"

# fits BASE: unlike with fetch-base newest, another base that fits does not count.
fits() {
	tree=$("$root/scripts/fetch-base" "$1") || return
	echo "$tree"
	"$root/scripts/patches-fit" "$tree"
}

# The regression patch makes the code of the oldest base that of v4.20-rc1 to v4.20.
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

# Without the kernel's history, checkpatch knows no commit; and a patch of ours
# is signed off only when it is exported.
mailable() {
	"$root/scripts/export-series" v4.20 "$tmp/series" >"$tmp/exported" &&
		xargs perl "$tree/scripts/checkpatch.pl" --no-tree --strict --quiet \
			--ignore UNKNOWN_COMMIT_ID <"$tmp/exported"
}

# The cache has links to a tree that is there, and no suite can be reached.
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
# checkpatch leaves a file where it is run
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
