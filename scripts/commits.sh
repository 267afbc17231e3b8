# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# The series as commits. Sourced after lib.sh and series.sh; works in the directory $tmp that
# scratch makes. Commits are made in an index alone: no file of a kernel tree is
# needed but those that the series touches, and none is written to.

# identity DIR: make the user of git in DIR the author, the committer and $who, who signs off.
identity() {
	who=$(git -C "$1" -c user.useConfigOnly=true var GIT_COMMITTER_IDENT 2>/dev/null) ||
		die "cannot sign off: set your name and address with git config --global user.name and user.email"
	who=${who% * *}
	GIT_AUTHOR_NAME=${who% <*} GIT_COMMITTER_NAME=${who% <*}
	GIT_AUTHOR_EMAIL=${who##*<} GIT_AUTHOR_EMAIL=${GIT_AUTHOR_EMAIL%>}
	GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
	export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
}

# Empty unless assistance and choose are called.
assisted_by='' merged=''

# assistance TREE: take $ASSISTED_BY for the trailer Assisted-by: of each patch, if it has the
# form that the kernel in TREE documents. Older kernels do not: the form of later ones is for
# them, too.
assistance() {
	assisted_by=${ASSISTED_BY-}
	[ "$assisted_by" ] || return 0
	doc=Documentation/process/coding-assistants.rst
	form=$(sed -n 's/^ *Assisted-by: \(.*\[TOOL1].*\)/\1/p' "$1/$doc" 2>/dev/null) || :
	: "${form:=LLM [TOOL1] [TOOL2]}"
	case $form in
	*:*) first='[[:alnum:]_.-]+:[[:alnum:]_.-]+' ;;
	*) first=${form%% *} ;;
	esac
	printf %s "$assisted_by" | tr '\n' '|' | grep -xE "$first( [[:alnum:]_.+-]+)*" | grep -qvE ' (git|gcc|make|vim?|emacs)( |$)' ||
		die "ASSISTED_BY='$assisted_by' is refused: it is '$form', as $doc of the kernel says, with tools such as coccinelle and sparse, but not git, gcc, make and editors"
}

# plain_git ARGUMENT...: run git without settings of the user and with the attributes of the
# kernel in $tree, so that its diffs are the same everywhere.
plain_git() {
	GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null \
		git -c "core.attributesFile=$tree/.gitattributes" -c core.abbrev=12 "$@"
}

# message PATCH: print the message of its commit.
message() {
	git mailinfo "$tmp/body" /dev/null <"$1" >"$tmp/info"
	{
		sed -n 's/^Subject: //p' "$tmp/info"
		echo
		sed '/^SPDX-License-Identifier:/d' "$tmp/body"
	} | git stripspace | sign
}

# sign: print the message on stdin with the trailers of the submitter.
sign() {
	git interpret-trailers ${assisted_by:+--trailer "Assisted-by: $assisted_by"} --trailer "Signed-off-by: $who"
}

# import_touched TREE: make the repository $tmp/git. Its one commit has the files of the
# pristine kernel in TREE that the series touches: to import all would take a minute.
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

# choose: check that $SET and $MERGED are sets, and have chosen() leave out those of $MERGED.
choose() {
	merged=${MERGED-}
	for name in ${SET-} $merged; do
		sets | grep -qxF -e "$name" || die "there is no set $name: the sets are $(sets | xargs)"
	done
	chosen | grep -qxF -e "${SET:-$(chosen | tail -n 1)}" || die "MERGED=$merged has all that SET=${SET-} asks for"
}

# chosen [SET]: print the sets, up to SET if given, without those that the tree has already.
chosen() {
	sets "${1-}" | while read -r name; do
		case " $merged " in
		*" $name "*) ;;
		*) echo "$name" ;;
		esac
	done
}

# no_tree KDIR: print why it is no kernel repository with a commit, or nothing if it is one.
no_tree() {
	[ "$1" ] || {
		echo "is not set: KDIR=/path/to/linux sets it"
		return
	}
	prefix=$(git -C "$1" rev-parse --show-prefix 2>&1) || {
		echo "is no git repository: ${prefix%%
*}"
		return
	}
	if [ "$prefix" ] || [ ! -f "$1/Kconfig" ] || [ -z "$(base_major "$1" 2>/dev/null)" ]; then
		echo "is not the top of a kernel tree"
	elif ! git -C "$1" rev-parse -q --verify 'HEAD^{commit}' >/dev/null; then
		echo "has no commit yet"
	fi
}

# import_head KDIR [SET]: make the repository $tmp/git likewise, from the HEAD of the
# repository KDIR, which is only read.
import_head() {
	git -C "$1" cat-file blob HEAD:Makefile >"$tmp/Makefile" || return
	major=$(base_major "$tmp")
	{
		printf 'Kconfig\nMakefile\n'
		for set in $(chosen "${2-}"); do
			in_set "$set"
		done | while read -r name overlay; do
			outside_git "$tmp" git apply --numstat --allow-empty "$(patch_for "$major" "$name")" | cut -f 3
			overlay_files "$overlay"
		done
	} | sort -u | xargs -d '\n' git -C "$1" ls-tree HEAD -- >"$tmp/touched" || return
	git init -q --bare "$tmp/git"
	awk '{ print $3 }' "$tmp/touched" | git -C "$1" pack-objects -q --stdout |
		git -C "$tmp/git" unpack-objects -q || return
	git -C "$tmp/git" update-index --index-info <"$tmp/touched"
	git -C "$tmp/git" update-ref refs/heads/base \
		"$(git -C "$tmp/git" commit-tree -m "$(git -C "$1" log -1 --format=%s)" "$(git -C "$tmp/git" write-tree)")"
}

# in_index ARGUMENT...: run git in $repository, with the index $tmp/index.
in_index() {
	GIT_DIR=$repository GIT_INDEX_FILE=$tmp/index git "$@"
}

# carry NAMES: put the overlay files of these names, and below them, into that index.
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

# assemble REPOSITORY COMMIT [SET]: make the commits of the series on top of COMMIT there, up
# to those of SET if given and without the sets $merged, and print the last one. Stderr
# gets the patch that does not fit.
assemble() (
	repository=$1
	commit=$(in_index rev-parse --verify "$2^{commit}")
	in_index cat-file blob "$commit:Makefile" >"$tmp/Makefile"
	major=$(base_major "$tmp")
	in_index read-tree "$commit"
	for set in $(chosen "${3-}"); do
		in_set "$set"
	done >"$tmp/chosen"
	while read -r name overlay; do
		patch=$(patch_for "$major" "$name")
		in_index apply --cached --allow-empty --whitespace=nowarn "$patch" 2>"$tmp/err" || {
			why="does not fit Linux $major"
			! in_index apply --cached --reverse --check "$patch" 2>/dev/null ||
				why="is in this Linux $major already"
			say "${patch#"$root/"} $why: $(head -n 1 "$tmp/err")"
			exit 1
		}
		carry "$overlay" || exit
		message "$patch" >"$tmp/message"
		commit=$(in_index commit-tree -p "$commit" -F "$tmp/message" "$(in_index write-tree)")
	done <"$tmp/chosen"
	echo "$commit"
)

# edited DIR: the tree in DIR has changes that refresh has not written back.
edited() {
	[ "$(git -C "$1" rev-parse -q --verify refs/pciehp/assembled)" != "$(git -C "$1" rev-parse -q --verify HEAD)" ] ||
		[ "$(git -C "$1" status --porcelain)" ]
}
