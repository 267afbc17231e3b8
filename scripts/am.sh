# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# Apply the series to a kernel that is none of the bases. Sourced after lib.sh, series.sh and
# commits.sh.

# am_series TREE DIR [SET]: apply the sets up to SET to the kernel in TREE with git am -3, and
# write the changed files like stage() does. The merges start from the newest base. If a patch
# does not apply, say which. Print the name of the last set that applies as a whole: DIR has
# that set and those before it. Fail if there is none.
am_series() (
	tree=$(cd "$1" && pwd -P)
	base=$("$root/scripts/fetch-base" newest) || exit
	scratch "$2.am"
	# These commits are not kept.
	export GIT_AUTHOR_NAME=pciehp GIT_AUTHOR_EMAIL=pciehp@localhost
	export GIT_COMMITTER_NAME=pciehp GIT_COMMITTER_EMAIL=pciehp@localhost
	# shellcheck disable=SC2034 # for message()
	who='pciehp <pciehp@localhost>'

	import_touched "$base" && last=$(assemble "$tmp/git" base "${3-}") || exit
	git -C "$tmp/git" format-patch -q --full-index -o "$tmp/mails" "base..$last"
	start=$(import_files "$tree") || exit
	git -C "$tmp/git" worktree add -q --detach "$tmp/work" "$start" || exit
	cd "$tmp/work" || exit
	git am -q -3 "$tmp"/mails/* >"$tmp/log" 2>&1 || git am --quit

	# The name of a set and one of its patches a line, in order.
	for set in $(sets "${3-}"); do
		in_set "$set" | sed "s/ .*//; s/^/$set /"
	done >"$tmp/patches"
	applied=$(git rev-list --count "$start..HEAD")
	refused=$(sed -n "$((applied + 1))p" "$tmp/patches")
	if [ "$refused" ]; then
		say "patches/${refused#* } does not apply to the kernel in $tree, not even by git am -3"
		sed -i "/^${refused% *} /,\$d" "$tmp/patches"
		git checkout -q -f "HEAD~$((applied - $(wc -l <"$tmp/patches")))"
	fi
	[ -s "$tmp/patches" ] || exit 1
	git diff --no-renames --name-only "$start" HEAD >"$2.list"
	mkdir -p "$2"
	while read -r file; do
		[ ! -f "$file" ] || cp --parents "$file" "$2"
	done <"$2.list"
	tail -n 1 "$tmp/patches" | cut -d ' ' -f 1
)

# fitting_variant TREE: print the variant with all sets that apply to the kernel in TREE: series,
# or the name of the last set. Fail if none applies.
fitting_variant() (
	if series | fits "$1"; then
		echo series
		exit
	fi
	scratch "$(mktemp -d)"
	last=$(am_series "$1" "$tmp/stage") || exit
	[ "$last" != "$(sets | tail -n 1)" ] || last=series
	echo "$last"
)
