#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Does bisect find the commit with the defect in a history of 16 commits, of which one does not
# build and one panics? Does it refuse wrong input? The history is made on the newest base. The
# first run builds a whole kernel; then it takes some minutes. Not part of make check.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/series.sh"
. "$(dirname "$0")/tap.sh"

tree=$("$root/scripts/fetch-base" newest)
repository=$("$root/scripts/import-base" "$tree")
linux=$root/out/check/bisect/linux
rm -rf "${linux%/*}" && mkdir -p "${linux%/*}"
git clone -q --shared --no-checkout "$repository" "$linux"
git -C "$linux" read-tree HEAD
git -C "$linux" checkout-index Kconfig Makefile

file=drivers/pci/hotplug/pciehp_core.c

# commit SUBJECT: commit the index.
commit() {
	git -C "$linux" commit -q -m "$1"
}

# append TEXT: add TEXT at the end of $file in the index.
append() {
	blob=$({
		git -C "$linux" cat-file blob ":$file"
		echo "$1"
	} | git -C "$linux" hash-object -w --stdin)
	git -C "$linux" update-index --cacheinfo "100644,$blob,$file"
}

# apply PATCH: apply it to the index.
apply() {
	git -C "$linux" apply --cached "$root/patches/$1"
}

# back SUBJECT: commit that undoes the last commit.
back() {
	git -C "$linux" read-tree HEAD^
	commit "$1"
}

in_set runtime-pm | while read -r patch _; do
	apply "$patch"
done
commit 'Keep ports awake'
git -C "$linux" branch good
for n in $(seq 16); do
	case $n in
	4)
		append '#error "does not build"'
		commit "$n does not build"
		;;
	8)
		append 'static int __init no_boot(void) { panic("no boot"); } late_initcall(no_boot);'
		commit "$n panics"
		;;
	5 | 9) back "$n mends that" ;;
	11)
		apply regressions/slot-ctrl-cached-late.patch
		commit "$n has the defect"
		;;
	*)
		append "/* $n */"
		commit "$n changes nothing"
		;;
	esac
done

bisects() {
	KDIR=$linux GOOD=$1 BAD=$2 CASES=hotplug.virtio_net_pci.hot_add "$root/scripts/bisect" 2>&1
}

# refuses GOOD BAD MESSAGE
refuses() {
	! text=$(bisects "$1" "$2") || return
	echo "$text"
	echo "$text" | grep -qF "$3"
}

# finds: the commit is found, with its verdict and that of the commit before.
finds() {
	text=$(bisects good HEAD)
	echo "$text"
	echo "$text" | grep -q '^    11 has the defect$' &&
		echo "$text" | grep -qE '^hotplug\.virtio_net_pci\.hot_add +ok [0-9.]+ ms +LOST'
}

status=$(git -C "$linux" status --porcelain | sha256sum)
# unchanged: KDIR is as it was.
unchanged() {
	[ "$(git -C "$linux" status --porcelain | sha256sum)" = "$status" ] &&
		! git -C "$linux" for-each-ref | grep bisect
}

ok 'the commit with the defect is found' finds
ok 'a GOOD that is bad is refused' refuses HEAD~1 HEAD 'is not good'
ok 'a BAD that is good is refused' refuses good good~0 'is not bad'
ok 'a GOOD that is later is refused' refuses HEAD good 'is no ancestor'
ok 'a commit that does not exist is refused' refuses none HEAD 'is no commit'
ok 'KDIR is as it was' unchanged
done_testing
