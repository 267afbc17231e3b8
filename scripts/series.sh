# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# The series of patches/series, and kernel trees with it. Sourced after lib.sh.

# series: print the lines of patches/series: a patch, then the overlay files that it carries.
series() {
	sed 's/#.*//' "$root/patches/series" | awk 'NF && $1 != "set"'
}

# in_set SET: print the lines of that set.
in_set() {
	sed 's/#.*//' "$root/patches/series" | awk -v name="$1" '$1 == "set" { set = $2; next } NF && set == name'
}

# sets [SET]: print the names of the sets in order, up to SET if given.
sets() {
	awk -v last="${1-}" '$1 == "set" { print $2; if ($2 == last) exit }' "$root/patches/series"
}

# alone SET: it needs none of the sets before it.
alone() {
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
# alphabetical order. Some titles are out of order: our entry goes where the fewest are on
# the wrong side of it.
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

# overlay_files NAMES: print the files of these names, and below them, that git does not ignore.
overlay_files() {
	for name in $1; do
		git -C "$root" ls-files --error-unmatch --cached --others --exclude-standard -- "$name" 2>/dev/null ||
			die "patches/series: $name is carried by a patch, but is not there"
	done
}

# outside_git DIR COMMAND...: run it in DIR, with git not looking for a repository above. In
# one, git apply takes paths to be relative to its top and silently skips other files.
outside_git() (
	cd "$1" || return
	shift
	GIT_CEILING_DIRECTORIES=$(cd .. && pwd -P) "$@"
)

# stage TREE DIR: apply the patches on stdin, in lines as series() prints them, to the kernel
# in TREE, which is only read. DIR gets the files that they touch, and DIR.list their names.
# Stderr gets the patch that does not fit.
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
			say "${patch#"$root/"} does not fit Linux $major in $1: $(head -n 1 "$2.err")"
			return 1
		fi
		for file in $(overlay_files "$overlay"); do
			echo "$file" >>"$2.list"
			if [ "$file" = MAINTAINERS ]; then
				merge_maintainers <"$1/$file" >"$2/$file"
			else
				(cd "$root" && cp --parents "$file" "$2") || return
			fi
		done
	done
}

# lay TREE STAGED LIST WORK: make WORK/src the kernel in TREE with the files of LIST from
# STAGED, which stage() made. Files of other variants there, which WORK/touched names, are
# restored. Files that do not change are not written, so that make builds only what does.
lay() {
	[ -d "$4/src" ] || {
		rm -rf "$4/src.part"
		# Links suffice, as files are replaced and never written to.
		cp -al "$1" "$4/src.part" || die "cannot make a tree of links in $4/src.part"
		mv -T "$4/src.part" "$4/src"
	}
	# Also after an interruption, this names all files that may differ from TREE.
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
		{ cp "$from" "$4/file.part" && mv "$4/file.part" "$to"; } || die "cannot write $to"
	done <"$4/touched"
}

# linked_series BASE TREE STAGED: make TREE the kernel BASE with the series. STAGED gets the
# files that the series touches; the others are links, and must not be written to.
linked_series() {
	from=$("$root/scripts/fetch-base" "$1") || return
	rm -rf "$2" "$3"
	mkdir -p "$2"
	series | stage "$from" "$3" || return
	cp -al "$from/." "$2" 2>/dev/null || cp -a "$from/." "$2" || return
	(cd "$3" && find . -type f -exec cp --remove-destination --parents {} "$2" \;)
}

# put_series TREE WORK [PATCH...]: make WORK/src the kernel in TREE with the series and these
# patches. The caller has called scratch, and holds a lock of WORK.
put_series() {
	from=$1
	work=$2
	shift 2
	{
		series
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} | stage "$from" "$tmp/stage" || return
	sort -u "$tmp/stage.list" >"$tmp/touched"
	lay "$from" "$tmp/stage" "$tmp/touched" "$work"
}
