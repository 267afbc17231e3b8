# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# Functions of check-bisect.t, check-watch.t and check-kdir-input.t, which make the history of a
# kernel tree. Commits are made in the index, so that no files need to be checked out. Sourced
# after lib.sh, series.sh and tap.sh.

# The path is always the same, so that the kernel is built once for all these checks. Commits
# have a fixed time, so that their names do not change either.
linux=$root/out/check/history/linux
export GIT_AUTHOR_DATE='2026-01-01 00:00:00 +0000' GIT_COMMITTER_DATE='2026-01-01 00:00:00 +0000'

file=drivers/pci/hotplug/pciehp_core.c

# in_linux ARGUMENT...: run git in $linux.
in_linux() {
	git -C "$linux" "$@"
}

# commit SUBJECT: commit the index.
commit() {
	in_linux commit -q -m "$1"
}

# append TEXT: add TEXT at the end of $file in the index.
append() {
	blob=$({
		in_linux cat-file blob ":$file"
		echo "$1"
	} | in_linux hash-object -w --stdin)
	in_linux update-index --cacheinfo "100644,$blob,$file"
}

# apply PATCH: apply it to the index.
apply() {
	in_linux apply --cached "$root/patches/$1"
}

# new_history: make $linux. It has the newest base and a commit on it, the branch good, whose
# ports detect a hot-add also when they were suspended.
new_history() {
	base=$("$root/scripts/fetch-base" newest)
	repository=$("$root/scripts/import-base" "$base")
	rm -rf "${linux%/*}" && mkdir -p "${linux%/*}"
	git clone -q --shared --no-checkout "$repository" "$linux"
	in_linux read-tree HEAD
	in_linux checkout-index Kconfig Makefile
	in_set runtime-pm | while read -r patch _; do
		apply "$patch"
	done
	commit 'Keep ports awake'
	in_linux branch good
}
