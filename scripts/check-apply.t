#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Does make apply give the tree that was tested, and does make refresh write edits back?
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/series.sh"
. "$(dirname "$0")/commits.sh"
. "$(dirname "$0")/on-bases.sh"
. "$(dirname "$0")/tap.sh"

apply() {
	pristine "$tmp/kdir" && "$root/scripts/apply" "$tmp/kdir" && is_tested "$tmp/kdir"
}

# Apply the first set, and then the others.
apply_sets() {
	first=$(sets | head -n 1)
	n=$(in_set "$first" | wc -l)
	git -C "$tmp/git" branch -q first "$(git -C "$tmp/git" rev-list --reverse base..pciehp | sed -n "${n}p")"
	pristine "$tmp/kdir" && SET=$first ASSISTED_BY=LLM "$root/scripts/apply" "$tmp/kdir" &&
		git -C "$tmp/kdir" log -1 --format=%b | grep -x 'Assisted-by: LLM' &&
		git -C "$tmp/kdir" fetch -q "$tmp/git" first && git -C "$tmp/kdir" diff --exit-code FETCH_HEAD &&
		git -C "$tmp/kdir" branch -q -m merged &&
		MERGED=$first "$root/scripts/apply" "$tmp/kdir" && is_tested "$tmp/kdir"
}

# state DIR: print everything that apply must not change if it fails.
state() {
	git -C "$1" rev-parse HEAD && git -C "$1" branch && git -C "$1" status && git -C "$1" diff HEAD
}

# refuses STATUS: apply exits with that status and changes nothing.
refuses() {
	before=$(state "$tmp/kdir")
	status=0
	"$root/scripts/apply" "$tmp/kdir" || status=$?
	[ $status -eq "$1" ] && [ "$(state "$tmp/kdir")" = "$before" ]
}

# Change a file that the series patches, first without a commit and then with one.
apply_leaves_misfit() {
	pristine "$tmp/kdir" &&
		cp "$tmp/kdir/Makefile" "$tmp/kdir/$(git -C "$tmp/git" diff --diff-filter=M --name-only base pciehp | head -n 1)" &&
		refuses 2 && git -C "$tmp/kdir" commit -qam misfit && refuses 1
}

# tree_to_edit: make a copy of this project with a tree as make tree makes it.
tree_to_edit() {
	project || return
	edit=$tmp/project/out/tree/$base
	git clone -q -b base "$tmp/git" "$edit" &&
		git -C "$edit" checkout -q -b pciehp origin/pciehp &&
		git -C "$edit" update-ref refs/pciehp/assembled HEAD
}

changed_in_project() {
	git -C "$tmp/project" add . && ! git -C "$tmp/project" diff --cached --exit-code
}

refresh() {
	"$tmp/project/scripts/refresh" "$base"
}

refresh_changes_nothing() {
	tree_to_edit && refresh && ! changed_in_project
}

# The edits are: a new first patch; a new third patch, which must get into the set of the
# second; a change to a file that a patch changes; and a change to a file that a patch adds.
refresh_takes_edits() {
	tree_to_edit && cd "$edit" || return
	first=$(git rev-list --reverse base.. | head -n 1)
	git checkout -q --detach base &&
		sed -i '1s/^/# edited\n/' Makefile && git commit -qam 'Begin with an edit' &&
		git cherry-pick "$first" >/dev/null &&
		sed -i '1s/^/# edited\n/' Kconfig && git commit -qam 'Edit again' &&
		git cherry-pick "$first..pciehp" >/dev/null && git checkout -q -B pciehp &&
		echo edited | tee -a tools/testing/selftests/pciehp/settings >>tools/testing/selftests/Makefile &&
		git commit -qa --fixup "$(git log -1 --format=%h -- tools/testing/selftests/pciehp/settings)" &&
		GIT_SEQUENCE_EDITOR=: git rebase -qi --autosquash base || return
	cd "$root"
	refresh && changed_in_project >/dev/null &&
		grep -qx '+# edited' "$tmp/project/patches/0001-Begin-with-an-edit.patch" &&
		sed '/^set /h; /0003-Edit-again.patch/!d; g' "$tmp/project/patches/series" | grep -qx "set $(sets | head -n 1)" &&
		grep -qx edited "$tmp/project/tools/testing/selftests/pciehp/settings" &&
		grep -qx +edited "$tmp"/project/patches/[0-9]*.patch &&
		git -C "$tmp/project" commit -qm edits && refresh && ! changed_in_project
}

refresh_undoes_nothing() {
	tree_to_edit && echo later >>"$tmp/project/tools/testing/selftests/pciehp/settings" &&
		! refresh && grep -qx later "$tmp/project/tools/testing/selftests/pciehp/settings"
}

scratch "$(mktemp -d)"
identity "$root"
for base in $bases; do
	assemble_on "$base"

	ok "$base: make apply gives the tested tree" apply
	ok "$base: make refresh of an unedited make tree changes nothing" refresh_changes_nothing
	[ "$base" != newest ] || {
		ok 'make apply applies one set, and the others later' apply_sets
		ok 'make apply changes nothing if a patch does not apply' apply_leaves_misfit
		ok 'make refresh writes edits back' refresh_takes_edits
		ok 'make refresh does not overwrite changes that are newer than the tree' refresh_undoes_nothing
	}
done
done_testing
