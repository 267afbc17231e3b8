# shellcheck shell=sh disable=SC2034,SC2154 # what is set here is used where it is sourced, and vice versa
# SPDX-License-Identifier: GPL-2.0-only
# What the scripts share. Sourced, not run.

root=$(cd "$(dirname "$0")/.." && pwd -P)
cache=${XDG_CACHE_HOME:-${HOME:?is not set, and neither is XDG_CACHE_HOME}/.cache}/pciehp

# Run from a git hook, these would make git work on the wrong repository.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
# What make was called with is not for the Makefiles of the kernel.
unset MAKEFLAGS MFLAGS MAKELEVEL

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
	say "$*"
	exit 1
}

# at_least LEAST NAME VALUE: what the variable NAME is set to is a number, and no less.
at_least() {
	case $3 in
	*[!0-9]* | '') ;;
	*) [ "$3" -lt "$1" ] || return 0 ;;
	esac
	die "$2=$3 is refused: it is a number, $1 or more"
}

# scratch DIR: an empty directory that is gone when the shell that asked for it
# ends, however it ends.
scratch() {
	tmp=$1
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	rm -rf "$tmp" && mkdir -p "$tmp"
}

# lock FILE: held until the shell that asked for it ends.
lock() {
	exec 9>"$1"
	flock -n 9 || {
		say "waiting for another run to release $1"
		flock 9
	}
}

# writable DIR: make it if need be.
writable() {
	mkdir -p "$1" 2>/dev/null && [ -w "$1" ]
}

# free_mb DIR
free_mb() {
	df -Pm "$1" | awk 'NR == 2 { print $4 }'
}

# rows TABLE [NAME]: those of scripts/TABLE, or the one of that name
rows() {
	awk -v name="${2-}" '/^[^#]/ && (name == "" || $1 == name)' "$root/scripts/$1"
}

# names TABLE: the names of its rows
names() {
	rows "$1" | cut -f 1 | xargs
}

bases=$(names bases)

# set_arch ARCH: set what scripts/archs has of it
set_arch() {
	row=$(rows archs "$1")
	[ "$row" ] || die "no architecture is called '$1': it is one of $(names archs)"
	read -r _ kernel_arch prefix boot_image fragment debian packages <<-END
		$row
	END
}

# kmake ARGUMENT...: make with the kernel in $src, for that architecture into $obj
kmake() {
	make -C "$src" "O=$obj" "ARCH=$kernel_arch" "CROSS_COMPILE=$prefix" LOCALVERSION= "$@" 9>&-
}

# configure FILE...: give $obj a new .config that has the options of these files. Some may
# be unknown to the kernel until it has more patches, and so olddefconfig is left to do.
configure() {
	kmake allnoconfig && "$src/scripts/kconfig/merge_config.sh" -m -O "$obj" "$obj/.config" "$@"
}

# base_major TREE: 6.1, 7.2, ...
base_major() {
	awk '$1 == "VERSION" { v = $3 } $1 == "PATCHLEVEL" { print v "." $3; exit }' "$1/Makefile"
}
