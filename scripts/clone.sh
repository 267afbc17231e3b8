# shellcheck shell=sh disable=SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0-only
# Test commits of KDIR in a clone of it, so that KDIR is only read. Sourced by bisect and watch
# after lib.sh, series.sh and commits.sh.

# refuse WHY: end because a variable is wrong.
refuse() {
	say "$*"
	exit 2
}

# needs_kdir NAME: end unless KDIR is a kernel repository with a commit that can be built for ARCH,
# and out/NAME can have the results. Set $out to that directory, and $tree to that of the clone.
needs_kdir() {
	why=$(why_no_tree "$KDIR")
	[ -z "$why" ] || refuse "cannot test commits of KDIR=$KDIR: it $why"
	set_arch "$ARCH"
	git -C "$KDIR" cat-file -e "HEAD:arch/$kernel_arch/Kconfig" 2>/dev/null ||
		refuse "cannot build HEAD of KDIR=$KDIR: it has no arch/$kernel_arch/Kconfig: set ARCH= to an architecture that it has"
	kdir=$(cd "$KDIR" && pwd -P)
	out=$root/out/$1
	tree=$root/out/clones/$(echo "$kdir" | sha256sum | cut -c 1-12)
	for dir in "$out" "${tree%/*}"; do
		writable "$dir" || die "cannot write to $dir: make it writable"
	done
}

# git_path NAME: print the path of that file of the repository of KDIR, which may be a worktree.
git_path() {
	git -C "$kdir" rev-parse --path-format=absolute --git-path "$1"
}

# in_tree ARGUMENT...: run git in the clone, without the user's hooks.
in_tree() {
	git -C "$tree" -c core.hooksPath=/dev/null "$@"
}

# clone_kdir: make $tree the clone of KDIR, and $out an empty directory. The clone stays, so that
# the next run does not build all objects again. It reads the objects of KDIR, also those that
# come later, and its history ends where that of KDIR ends, if that is shallow.
clone_kdir() {
	[ -z "$(git --no-optional-locks -C "$kdir" status --porcelain --untracked-files=no)" ] ||
		say "KDIR=$KDIR has changes that are not committed: commits are tested, so these changes are not"
	lock "${tree%/*}/.lock"
	need=2000
	rm -rf "$out" && mkdir "$out"
	if [ ! -d "$tree" ]; then
		[ "$(free_mb "${tree%/*}")" -ge $need ] ||
			die "cannot clone KDIR=$KDIR to $tree: $(free_mb "${tree%/*}") MB are free, $need are needed; free some space"
		rm -rf "$tree.part"
		{ git init -q --template= "$tree.part" && mkdir -p "$tree.part/.git/objects/info" && mv "$tree.part" "$tree"; } ||
			die "cannot clone KDIR=$KDIR to $tree (see the error above)"
	fi
	git_path objects >"$tree/.git/objects/info/alternates"
	rm -f "$tree/.git/shallow"
	[ ! -f "$(git_path shallow)" ] || cp "$(git_path shallow)" "$tree/.git/shallow"
	# An interrupted run has left these.
	rm -f "$tree/.git/index.lock"
	in_tree bisect reset -q >/dev/null 2>&1 || :
	in_tree am --quit >/dev/null 2>&1 || :
	export ARCH CASES KDIR="$tree" OUT="$out/commits"
}

# checkout COMMIT
checkout() {
	why=$(in_tree checkout -q -f --detach "$1" 2>&1) || die "cannot check out $1 in $tree: $(echo "$why" | tail -n 1)"
}

# step COMMIT: check it out and test it. Set $status to the exit status of bisect-step.
step() {
	checkout "$1"
	status=0
	"$root/scripts/bisect-step" || status=$?
	[ $status -lt 128 ] || exit 1
}

# results COMMIT: print the directory with its results.
results() {
	echo "$OUT/$(in_tree rev-parse --short=12 "$1")"
}
