# shellcheck shell=sh disable=SC2034 # what is set here is used where it is sourced
# SPDX-License-Identifier: GPL-2.0-only
# What the scripts share. Sourced, not run.

root=$(cd "$(dirname "$0")/.." && pwd -P)
cache=${XDG_CACHE_HOME:-${HOME:?is not set, and neither is XDG_CACHE_HOME}/.cache}/pciehp

# Run from a git hook, these would make git work on the wrong repository.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

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

# What the series is for, the newest first: as fetch-base knows them.
bases='newest 7.2 6.12 6.1'

# Patterns of cases, for pciehp_run: those of the report, and of what the series
# fixes besides; one of each kind, as far as that takes little time; those whose guest
# time is virtual; and those in which it is exact, for which pciehp-testing.rst has the
# reasons.
core='@(empty_slot|hotplug|slot|occupied_slot).*'
core="$core|machine.@(ioh3420_msi|pcie_root_port_msix|xio3130_msi)_1cpu.added_10_s_after_@(boot|removal)"
core="$core|machine.ioh3420_polling_1cpu.added_10_s_after_removal"
core="$core|machine.ioh3420_msi_threaded_1cpu.@(hot_add_remove_add|power_off)"
core="$core|slot_use.ioh3420.@(power_lost|removed_while_unbound)"
core="$core|bus_reset.msi.@(slot_*|attention_written_meanwhile|while_button_pending)"
core="$core|reset_moment.before_restore.card_@(added|removed)"
core="$core|error_recovery.msi.slot_*|error_recovery_with_card.msi.*"
core="$core|error_recovery_neighbour.card_cannot_recover|neighbour.two_root_ports.virtio_removed_by_surprise"
core="$core|port_reset.pcie_root_port.card_plugged_10_ms_before|card_reset.pcie_root_port.against_surprise_removal"
core="@($core)"
quick='empty_slot.*|hotplug.*|slot.*|nested_slot.*|occupied_slot.*|two_switches.*|device.*|slots.8.*'
quick="$quick|sriov.*|machine.*_1cpu.*|machine.pcie_root_port_msix_4cpu.*"
quick="$quick|@(slot_use|suspend|runtime_suspend|reboot|no_hotplug).pcie_root_port.*"
quick="$quick|bus_reset.msi.*|bus_reset_no_power.*|bus_reset.polling.@(slot_empty|attention_written_meanwhile)"
quick="$quick|reset_moment.before_re*|error_recovery*.@(msi.*|polling.slot_*|card_*)"
quick="$quick|neighbour.*|card_resources.*.beside_card|iommu.pcie_root_port.*"
quick="$quick|@(port_reset|card_reset|rescan).pcie_root_port.*|suspend_nested.*"
quick="$quick|@(vm|migration).xio3130.*|boot_moment.pcie_root_port_*|realtime.pcie_root_port_2cpu.*"
quick="@($quick)"
virtual='!(realtime.*|vfio*)'
exact='!(realtime.*|vfio*|device.nvme.*|iommu.*.disk_*|sriov.*|error_recovery_two_slots.*|reboot.*|migration.*|machine.*_[24]cpu.*)'

# image VARIANT: the kernel of $tree in that variant, built if need be
image() {
	VARIANT=$1 TREE=${tree-} "$root/scripts/build-variant"
}

# expected NAME: a file that says what of that variant fails: in patches/, NAME.expect for
# all bases. What the base of $tree has of its own comes first, and so counts.
expected() {
	major=$(base_major "${tree:-$KDIR}")
	all=$root/out/expect/$(echo "$1" | tr / -)-$major-${ARCH:-arm64}.expect
	mkdir -p "${all%/*}"
	part=$(mktemp "$all.XXXXXX")
	for own in "$major/$1-${ARCH:-arm64}" "$major/$1" "$1"; do
		[ ! -f "$root/patches/$own.expect" ] || cat "$root/patches/$own.expect"
	done >"$part"
	mv "$part" "$all"
	echo "$all"
}

# kernel_or_series: $KERNEL, or the series' image of $BASE, the newest if unset.
kernel_or_series() {
	if [ "${KERNEL-}" ]; then
		echo "$KERNEL"
	else
		tree=$("$root/scripts/fetch-base" "${BASE:-newest}") || return
		image series
	fi
}

# regression PATCH: "NAME=IMAGE,EXPECT", as pciehp_run takes a kernel.
regression() {
	name=$(basename "$1" .patch)
	kernel=$(image "regressions/$name") || return
	echo "$name=$kernel,${1%.patch}.expect"
}

# load_cores: keep every core busy with something else until the script ends.
load_cores() {
	load=
	trap 'kill $load 2>/dev/null' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	for _ in $(seq "$(nproc)"); do
		while :; do :; done &
		load="$load $!"
	done
}

# base_major TREE: 6.1, 7.2, ...
base_major() {
	awk '$1 == "VERSION" { v = $3 } $1 == "PATCHLEVEL" { print v "." $3; exit }' "$1/Makefile"
}

# The lines of patches/series: a patch, then the overlay files it carries.
series() {
	sed 's/#.*//' "$root/patches/series" | awk 'NF && $1 != "set"'
}

# in_set SET: those that are posted together.
in_set() {
	sed 's/#.*//' "$root/patches/series" | awk -v name="$1" '$1 == "set" { set = $2; next } NF && set == name'
}

# sets [SET]: their names, in order, up to SET if given.
sets() {
	awk -v last="${1-}" '$1 == "set" { print $2; if ($2 == last) exit }' "$root/patches/series"
}

# alone SET: it needs none of the sets before it.
alone() {
	grep -qx "set $1 alone" "$root/patches/series"
}

# patch_for MAJOR NAME: its file; a base that needs another version has its own.
patch_for() {
	if [ -f "$root/patches/$1/$2" ]; then
		echo "$root/patches/$1/$2"
	else
		echo "$root/patches/$2"
	fi
}

# merge_maintainers: the kernel's MAINTAINERS on stdin with our entry put where the
# alphabet wants it: where the fewest titles, as some are out of order, are on the
# wrong side of it.
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

# overlay_files NAMES: the files among and below them, which git knows.
overlay_files() {
	for name in $1; do
		git -C "$root" ls-files --error-unmatch --cached --others --exclude-standard -- "$name" 2>/dev/null ||
			die "patches/series: $name is carried by a patch, but is not there"
	done
}

# outside_git DIR COMMAND...: run it in DIR. Inside a repository, git apply takes
# paths to be relative to its top and silently skips files that it does not know.
outside_git() (
	cd "$1" || return
	shift
	GIT_CEILING_DIRECTORIES=$(cd .. && pwd -P) "$@"
)

# stage TREE DIR: for lines as series() prints them on stdin, put the files that
# they touch into DIR as they are once all is applied to TREE, and their names
# into DIR.list. TREE itself is only read. What does not fit is said on stderr.
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

# lay TREE STAGED LIST WORK: make WORK/src what stage() made of TREE, with the files
# of LIST from STAGED, whatever was laid there before, as WORK/touched tells. No file
# that is as it should be is touched, so that make redoes only what depends on the
# rest.
lay() {
	[ -d "$4/src" ] || {
		rm -rf "$4/src.part"
		# Links, for what follows replaces files and writes to none.
		cp -al "$1" "$4/src.part" || die "cannot make a tree of links in $4/src.part"
		mv -T "$4/src.part" "$4/src"
	}
	# Whatever variant was here last, and however far it came, is in this list.
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

# linked_series BASE TREE STAGED: make TREE the kernel BASE with the series, of which
# STAGED has what that touches; the rest are links, to be written to by nobody.
linked_series() {
	from=$("$root/scripts/fetch-base" "$1") || return
	rm -rf "$2" "$3"
	mkdir -p "$2"
	series | stage "$from" "$3" || return
	cp -al "$from/." "$2" 2>/dev/null || cp -a "$from/." "$2" || return
	(cd "$3" && find . -type f -exec cp --remove-destination --parents {} "$2" \;)
}

# put_series TREE WORK [PATCH...]: make WORK/src the kernel in TREE with the series
# and these patches applied, for whoever holds the scratch directory and a lock of
# WORK.
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
