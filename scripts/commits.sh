# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# Make commits of the series. Sourced after lib.sh and series.sh. Uses the directory $tmp, which
# scratch makes. Commits are made in an index only: of a kernel tree, only the files that the
# series changes are needed, and none is written to.

# identity DIR: use git's user in DIR as author and committer, and set $who for the sign-off.
identity() {
	who=$(git -C "$1" -c user.useConfigOnly=true var GIT_COMMITTER_IDENT 2>/dev/null) ||
		die "cannot sign off: set your name and address with git config --global user.name and user.email"
	who=${who% * *}
	GIT_AUTHOR_NAME=${who% <*} GIT_COMMITTER_NAME=${who% <*}
	GIT_AUTHOR_EMAIL=${who##*<} GIT_AUTHOR_EMAIL=${GIT_AUTHOR_EMAIL%>}
	GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
	export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
}

# check_assisted_by and check_choice set these.
assisted_by='' merged=''

# check_assisted_by TREE: use $ASSISTED_BY for the trailer Assisted-by: of each patch, if it has
# the form that the kernel in TREE documents. If TREE is too old to have that document, the
# form of later kernels is used.
check_assisted_by() {
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
		die "ASSISTED_BY='$assisted_by' is refused: $doc of the kernel requires the form '$form', with tools such as coccinelle and sparse, but without git, gcc, make and editors"
}

# plain_git ARGUMENT...: run git without the user's settings and with the attributes of the
# kernel in $tree, so that its diffs are the same everywhere.
plain_git() {
	GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null \
		git -c "core.attributesFile=$tree/.gitattributes" -c core.abbrev=12 "$@"
}

# message PATCH: print the commit message of that patch.
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

# import_files TREE: print a new commit in $tmp/git, which has those files of the kernel in TREE
# that $tmp/touched lists. Files of TREE that do not exist are left out.
import_files() (
	in_files() {
		GIT_DIR=$tmp/git GIT_INDEX_FILE=$tmp/files.index GIT_WORK_TREE=. git "$@"
	}
	cd "$1" || exit
	while read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done <"$tmp/touched" >"$tmp/present"
	in_files read-tree --empty && in_files add -f --pathspec-from-file="$tmp/present" &&
		in_files commit-tree -m "Linux ${1##*/}" "$(in_files write-tree)"
)

# import_touched TREE: make the repository $tmp/git. Its one commit has the files of the
# pristine kernel in TREE that the series changes. To import all files would take a minute.
import_touched() {
	series | stage "$1" "$tmp/stage" || return
	git init -q --bare "$tmp/git"
	{
		printf 'Kconfig\nMakefile\n'
		cat "$tmp/stage.list"
	} | sort -u >"$tmp/touched"
	start=$(import_files "$1") && git -C "$tmp/git" update-ref refs/heads/base "$start"
}

# check_choice: check that $SET and $MERGED are sets, and make chosen() leave out $MERGED.
check_choice() {
	merged=${MERGED-}
	for name in ${SET-} $merged; do
		sets | grep -qxF -e "$name" || die "there is no set $name in patches/series: the sets are $(sets | xargs)"
	done
	chosen | grep -qxF -e "${SET:-$(chosen | tail -n 1)}" || die "nothing is left to do: MERGED=$merged includes SET=${SET-}"
}

# chosen [SET]: print the sets, up to SET if given, without those that the tree already has.
chosen() {
	sets "${1-}" | while read -r name; do
		case " $merged " in
		*" $name "*) ;;
		*) echo "$name" ;;
		esac
	done
}

# why_no_tree KDIR: print why KDIR is no kernel repository with a commit. Print nothing if it
# is one.
why_no_tree() {
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

# import_head KDIR [SET]: make the repository $tmp/git like import_touched, but from the HEAD of
# the repository KDIR. KDIR is not changed.
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

# add_files DIR LIST: add the files of LIST, from DIR, to that index.
add_files() {
	[ ! -s "$2" ] || (cd "$1" && GIT_WORK_TREE=. in_index add -f --pathspec-from-file="$2")
}

# add_overlay MAJOR NAMES: add the overlay files of these names, and below them, to that index,
# in the version for kernels of version MAJOR.
add_overlay() (
	overlay_files "$2" >"$tmp/overlay" || exit
	if grep -qx MAINTAINERS "$tmp/overlay"; then
		blob=$(in_index cat-file blob :MAINTAINERS | merge_maintainers | in_index hash-object -w --stdin)
		in_index update-index --cacheinfo "100644,$blob,MAINTAINERS"
		sed -i '/^MAINTAINERS$/d' "$tmp/overlay"
	fi
	own_files "$1" <"$tmp/overlay" >"$tmp/own"
	add_files "$root" "$tmp/overlay" && add_files "$root/patches/$1" "$tmp/own"
)

# assemble REPOSITORY COMMIT [SET]: make the commits of the series on top of COMMIT in
# REPOSITORY, up to those of SET if given and without the sets $merged. Print the last commit.
# If a patch does not apply, print its name on stderr.
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
			why="does not apply to Linux $major"
			! in_index apply --cached --reverse --check "$patch" 2>/dev/null ||
				why="is in this Linux $major already"
			say "${patch#"$root/"} $why: $(head -n 1 "$tmp/err")"
			exit 1
		}
		add_overlay "$major" "$overlay" || exit
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
