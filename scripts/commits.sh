# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# The series as commits. Sourced after lib.sh; works in the directory $tmp that
# scratch makes. Commits are made in an index alone: no file of a kernel tree is
# needed but those that the series touches, and none is written to.

# identity DIR: whoever works in DIR is author and committer of what is made here,
# and signs it off.
identity() {
	who=$(git -C "$1" -c user.useConfigOnly=true var GIT_COMMITTER_IDENT 2>/dev/null) ||
		die "cannot sign off: set your name and address with git config --global user.name and user.email"
	who=${who% * *}
	GIT_AUTHOR_NAME=${who% <*} GIT_COMMITTER_NAME=${who% <*}
	GIT_AUTHOR_EMAIL=${who##*<} GIT_AUTHOR_EMAIL=${GIT_AUTHOR_EMAIL%>}
	GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
	export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
}

# plain_git ARGUMENT...: without the settings of whoever runs it, and with the
# attributes of the kernel in $tree, so that its diffs are the same everywhere.
plain_git() {
	GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null \
		git -c "core.attributesFile=$tree/.gitattributes" -c core.abbrev=12 "$@"
}

# message PATCH: what its commit says.
message() {
	git mailinfo "$tmp/body" /dev/null <"$1" >"$tmp/info"
	{
		sed -n 's/^Subject: //p' "$tmp/info"
		echo
		sed '/^SPDX-License-Identifier:/d' "$tmp/body"
	} | git stripspace | git interpret-trailers --trailer "Signed-off-by: $who"
}

# import_touched TREE: make the repository $tmp/git, whose one commit has what the
# series touches of the pristine kernel in TREE: an import of all takes a minute.
import_touched() {
	series | stage "$1" "$tmp/stage" || return
	git init -q --bare "$tmp/git"
	{
		printf 'Kconfig\nMakefile\n'
		cat "$tmp/stage.list"
	} | sort -u | (cd "$1" && while read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done) >"$tmp/touched"
	(
		cd "$1" || exit
		export GIT_DIR="$tmp/git" GIT_WORK_TREE=.
		git add -f --pathspec-from-file="$tmp/touched"
		git update-ref refs/heads/base "$(git commit-tree -m "Linux ${1##*/}" "$(git write-tree)")"
	)
}

# in_index ARGUMENT...: git in the repository of assemble, with an index of ours.
in_index() {
	GIT_DIR=$repository GIT_INDEX_FILE=$tmp/index git "$@"
}

# carry NAMES: put the overlay files among and below them into that index.
carry() (
	overlay_files "$1" >"$tmp/carried" || exit
	if grep -qx MAINTAINERS "$tmp/carried"; then
		blob=$(in_index cat-file blob :MAINTAINERS | merge_maintainers | in_index hash-object -w --stdin)
		in_index update-index --cacheinfo "100644,$blob,MAINTAINERS"
		sed -i '/^MAINTAINERS$/d' "$tmp/carried"
	fi
	[ -s "$tmp/carried" ] || exit 0
	cd "$root" || exit
	GIT_WORK_TREE=. in_index add -f --pathspec-from-file="$tmp/carried"
)

# assemble REPOSITORY COMMIT: make the series' commits on top of COMMIT there, and
# print the last one. What does not fit is said on stderr.
assemble() (
	repository=$1
	commit=$(in_index rev-parse --verify "$2^{commit}")
	in_index cat-file blob "$commit:Makefile" >"$tmp/Makefile"
	major=$(base_major "$tmp")
	in_index read-tree "$commit"
	series >"$tmp/series"
	while read -r name overlay; do
		patch=$(patch_for "$major" "$name")
		in_index apply --cached --allow-empty --whitespace=nowarn "$patch" 2>"$tmp/err" || {
			say "${patch#"$root/"} does not fit Linux $major: $(head -n 1 "$tmp/err")"
			exit 1
		}
		carry "$overlay" || exit
		message "$patch" >"$tmp/message"
		commit=$(in_index commit-tree -p "$commit" -F "$tmp/message" "$(in_index write-tree)")
	done <"$tmp/series"
	echo "$commit"
)

# edited DIR: that tree has what refresh has not written back.
edited() {
	[ "$(git -C "$1" rev-parse -q --verify refs/pciehp/assembled)" != "$(git -C "$1" rev-parse -q --verify HEAD)" ] ||
		[ "$(git -C "$1" status --porcelain)" ]
}
