# shellcheck shell=sh disable=SC2034,SC2154 # variables are shared with the scripts that source it
# SPDX-License-Identifier: GPL-2.0-only
# Functions that the scripts share. Sourced, not run.

root=$(cd "$(dirname "$0")/.." && pwd -P)
cache=${XDG_CACHE_HOME:-${HOME:?is not set, and neither is XDG_CACHE_HOME}/.cache}/pciehp

# If a script is run from a git hook, these would make git use the wrong repository.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
# The options of our make must not be passed to the Makefiles of the kernel.
unset MAKEFLAGS MFLAGS MAKELEVEL

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
	say "$*"
	exit 1
}

# at_least LEAST NAME VALUE: end unless VALUE, which is that of the variable NAME, is a number
# that is at least LEAST.
at_least() {
	case $3 in
	*[!0-9]* | '') ;;
	*) [ "$3" -lt "$1" ] || return 0 ;;
	esac
	die "$2=$3 is refused: it must be a number that is at least $1"
}

# scratch DIR: make the empty directory DIR and set $tmp to it. It is removed when the calling
# shell ends.
scratch() {
	tmp=$1
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	rm -rf "$tmp" && mkdir -p "$tmp"
}

# lock FILE: hold this lock until the calling shell ends.
lock() {
	exec 9>"$1"
	flock -n 9 || {
		say "waiting for another run to release $1"
		flock 9
	}
}

# writable DIR: make DIR if it does not exist. Fail if it is not writable.
writable() {
	mkdir -p "$1" 2>/dev/null && [ -w "$1" ]
}

# cache_dir DIR: like writable, but end if DIR is not writable.
cache_dir() {
	writable "$1" || die "cannot write to the cache in $1: set XDG_CACHE_HOME to a writable directory"
}

# free_mb DIR: print how many MB are free there.
free_mb() {
	df -Pm "$1" | awk 'NR == 2 { print $4 }'
}

# rows TABLE [NAME]: print the rows of scripts/TABLE, or only the row of that name.
rows() {
	awk -v name="${2-}" '/^[^#]/ && (name == "" || $1 == name)' "$root/scripts/$1"
}

# names TABLE: print the names of the rows of scripts/TABLE.
names() {
	rows "$1" | cut -f 1 | xargs
}

bases=$(rows bases | awk -F '\t' '$4 != "old" { print $1 }' | xargs)

# set_arch ARCH: set these variables to the row of ARCH in scripts/archs.
set_arch() {
	row=$(rows archs "$1")
	[ "$row" ] || die "there is no architecture '$1': use one of $(names archs)"
	read -r _ kernel_arch prefix boot_image fragment debian packages <<-END
		$row
	END
}

# kmake ARGUMENT...: run make on the kernel in $src, for the architecture of set_arch, with
# output in $obj.
kmake() {
	make -C "$src" "O=$obj" "ARCH=$kernel_arch" "CROSS_COMPILE=$prefix" LOCALVERSION= "$@" 9>&-
}

# id_of TEXT FILE...: print a hash of TEXT, and of all files at these paths of the repository.
id_of() {
	(
		echo "$1"
		shift
		cd "$root" && find "$@" -type f -exec sha256sum {} + | LC_ALL=C sort -k 2
	) | sha256sum | cut -c 1-32
}

# configure FILE...: write a new .config with the options of these files. The caller runs
# olddefconfig, because that drops options that only later patches add to the kernel.
configure() {
	kmake allnoconfig && "$src/scripts/kconfig/merge_config.sh" -m -O "$obj" "$obj/.config" "$@"
}

# base_major TREE: print its version, such as 6.1 and 7.2.
base_major() {
	awk '$1 == "VERSION" { v = $3 } $1 == "PATCHLEVEL" { print v "." $3; exit }' "$1/Makefile"
}

# needs_source: end with status 4 unless KDIR is the source of a kernel for the architecture of
# set_arch.
needs_source() {
	why=
	if [ ! -f "$KDIR/Kconfig" ] || [ -z "$(base_major "$KDIR" 2>/dev/null)" ]; then
		why='is no kernel source tree, as it has no Kconfig, or no Makefile with a version'
	elif [ ! -f "$KDIR/arch/$kernel_arch/Kconfig" ]; then
		why="has no arch/$kernel_arch/Kconfig: set ARCH= to an architecture that it has"
	fi
	[ "$why" ] || return 0
	say "cannot build KDIR=$KDIR: it $why"
	exit 4
}
