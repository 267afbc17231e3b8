# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# Functions of check-series.t and check-apply.t: the series as commits on each base. Only the
# files that it changes are imported, because all files would take long. Sourced after lib.sh,
# series.sh and commits.sh. Uses the directory $tmp, which scratch makes.
unset KDIR SET MERGED VERSION ASSISTED_BY

# assemble_on BASE: make $tmp/git, a repository with the branches base and pciehp, and
# $tmp/stage, the files of the branch pciehp. Set $tree to the whole base.
assemble_on() {
	rm -rf "${tmp:?}"/*
	tree=$("$root/scripts/fetch-base" "$1")
	import_touched "$tree"
	cp "$tree/Kconfig" "$tree/Makefile" "$tmp/stage/"
	git -C "$tmp/git" update-ref refs/heads/pciehp "$(assemble "$tmp/git" base)"
}

# pristine DIR: make DIR a repository with the files of the base.
pristine() {
	rm -rf "$1"
	git clone -q -b base "$tmp/git" "$1"
}

# is_tested DIR: the files in DIR are those of the kernels under test, which stage() made.
is_tested() {
	diff -r --exclude=.git "$tmp/stage" "$1"
}

# project: make $tmp/project, a copy of this project.
project() {
	rm -rf "$tmp/project"
	git -C "$root" ls-files -z --cached --others --exclude-standard |
		rsync -lpr --from0 --ignore-missing-args --files-from=- "$root/" "$tmp/project/" &&
		git -C "$tmp/project" init -q && git -C "$tmp/project" add . && git -C "$tmp/project" commit -qm project
}
