# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# Functions that read patches/series and make kernel trees with the series. Sourced after lib.sh.

# series: print the lines of patches/series: a patch, then the overlay files that it adds.
series() {
	sed 's/#.*//' "$root/patches/series" | awk 'NF && $1 != "set"'
}

# in_set SET: print the lines of patches/series of that set.
in_set() {
	sed 's/#.*//' "$root/patches/series" | awk -v name="$1" '$1 == "set" { set = $2; next } NF && set == name'
}

# sets [SET]: print the names of the sets in order, up to SET if given.
sets() {
	awk -v last="${1-}" '$1 == "set" { print $2; if ($2 == last) exit }' "$root/patches/series"
}

# needs_no_set SET: that set needs none of the sets before it.
needs_no_set() {
	grep -qx "set $1 alone" "$root/patches/series"
}

# patch_for MAJOR NAME: print the path of the patch NAME for kernels of that version.
patch_for() {
	if [ -f "$root/patches/$1/$2" ]; then
		echo "$root/patches/$1/$2"
	else
		echo "$root/patches/$2"
	fi
}

# merge_maintainers: print the kernel's MAINTAINERS, on stdin, with our entry added in
# alphabetical order. Some titles are out of order, so our entry goes to the place where the
# fewest titles are on the wrong side of it.
merge_maintainers() {
	LC_ALL=C awk 'NR == FNR { if (!/SPDX-License/) entry = entry $0 "\n"; next }
		{ line[FNR] = $0 }
		/^[A-Z]:\t/ && line[FNR - 1] !~ /^[A-Z]:\t/ {
			if (wrong <= least) {
				least = wrong
				at = FNR - 1
			}
			wrong += line[FNR - 1] < entry ? -1 : 1
		}
		END {
			for (i = 1; i <= FNR; i++)
				print (i == at ? entry "\n" : "") line[i]
		}' "$root/MAINTAINERS" -
}

# overlay_files NAMES: print the files of these names, and those below them, without files that
# git ignores.
overlay_files() {
	for name in $1; do
		git -C "$root" ls-files --error-unmatch --cached --others --exclude-standard -- "$name" 2>/dev/null ||
			die "cannot add $name: patches/series names it, but it does not exist"
	done
}

# dir_of_overlay MAJOR FILE: print the directory that has this overlay file for kernels of that
# version.
dir_of_overlay() {
	if [ -f "$root/patches/$1/$2" ]; then
		echo "$root/patches/$1"
	else
		echo "$root"
	fi
}

# own_files MAJOR: print those overlay files on stdin of which kernels of that version have their
# own version.
own_files() {
	while read -r file; do
		[ ! -f "$root/patches/$1/$file" ] || echo "$file"
	done
}

# outside_git DIR COMMAND...: run the command in DIR. git does not search for a repository above
# DIR: in a repository, git apply takes paths relative to its top and silently skips other files.
outside_git() (
	cd "$1" || return
	shift
	GIT_CEILING_DIRECTORIES=$(cd .. && pwd -P) "$@"
)

# stage TREE DIR: apply the patches on stdin, in the format of series(), to the kernel in TREE.
# TREE is not changed. The changed files are written to DIR, and their names to DIR.list. If a
# patch does not apply, print its name on stderr.
stage() {
	major=$(base_major "$1")
	mkdir -p "$2"
	: >"$2.list"
	while read -r name overlay; do
		patch=$(patch_for "$major" "$name")
		if ! outside_git "$2" git apply --numstat --allow-empty "$patch" >"$2.stat" 2>"$2.err"; then
			say "cannot read patches/$name: $(head -n 1 "$2.err")"
			return 1
		fi
		cut -f 3 "$2.stat" | while read -r file; do
			grep -qxF "$file" "$2.list" && continue
			echo "$file" >>"$2.list"
			[ -f "$1/$file" ] || continue
			mkdir -p "$2/${file%/*}" && cp "$1/$file" "$2/$file"
		done
		if ! outside_git "$2" git apply --allow-empty --whitespace=nowarn "$patch" 2>"$2.err"; then
			say "${patch#"$root/"} does not apply to Linux $major in $1: $(head -n 1 "$2.err")"
			return 1
		fi
		for file in $(overlay_files "$overlay"); do
			echo "$file" >>"$2.list"
			if [ "$file" = MAINTAINERS ]; then
				merge_maintainers <"$1/$file" >"$2/$file"
			else
				(cd "$(dir_of_overlay "$major" "$file")" && cp --parents "$file" "$2") || return
			fi
		done
	done
}

# fits TREE: the patches on stdin, in the format of series(), apply to the kernel in TREE.
fits() (
	scratch "$(mktemp -d)"
	stage "$1" "$tmp/stage" 2>/dev/null
)

# fix_of_report: print the patches that fix the report in the trees of its time.
fix_of_report() {
	(cd "$root/patches" && ls v4.20/*.patch)
}

# has_reported_order TREE: the kernel in TREE writes Slot Control before it caches it, as
# v4.20-rc1 does.
has_reported_order() {
	fix_of_report | fits "$1"
}

# update_src TREE STAGED LIST WORK: make WORK/src the kernel in TREE, with the files of LIST from
# STAGED, which stage() made. Files of other variants there, which WORK/touched lists, are
# restored. Unchanged files are not written, so that make builds only changed ones.
update_src() {
	[ -d "$4/src" ] || {
		rm -rf "$4/src.part"
		# Links are enough, because files are replaced and never written to.
		cp -al "$1" "$4/src.part" || die "cannot make $4/src.part, a tree of links to $1: cp failed (see above)"
		mv -T "$4/src.part" "$4/src"
	}
	# This lists all files that may differ from TREE, even after an interruption.
	touch "$4/touched"
	sort -u "$4/touched" "$3" >"$4/touched.part"
	mv "$4/touched.part" "$4/touched"
	while read -r file; do
		if [ -f "$2/$file" ]; then
			from=$2/$file
		elif [ -f "$1/$file" ] && ! grep -qxF "$file" "$3"; then
			from=$1/$file
		else
			rm -f "$4/src/$file"
			continue
		fi
		cmp -s "$from" "$4/src/$file" && continue
		to=$4/src/$file
		mkdir -p "${to%/*}"
		{ cp "$from" "$4/file.part" && mv "$4/file.part" "$to"; } || die "cannot write $to: cp or mv failed (see above)"
	done <"$4/touched"
}

# linked_series BASE TREE STAGED: make TREE the kernel BASE with the series. The files that the
# series changes are also in STAGED. The other files are links, and must not be written to.
linked_series() {
	from=$("$root/scripts/fetch-base" "$1") || return
	rm -rf "$2" "$3"
	mkdir -p "$2"
	series | stage "$from" "$3" || return
	cp -al "$from/." "$2" 2>/dev/null || cp -a "$from/." "$2" || return
	(cd "$3" && find . -type f -exec cp --remove-destination --parents {} "$2" \;)
}

# put_series TREE WORK [PATCH...]: make WORK/src the kernel in TREE with the series and these
# patches. The caller must have called scratch, and must hold a lock of WORK.
put_series() {
	from=$1
	work=$2
	shift 2
	{
		series
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} | stage "$from" "$tmp/stage" || return
	sort -u "$tmp/stage.list" >"$tmp/touched"
	update_src "$from" "$tmp/stage" "$tmp/touched" "$work"
}
