#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What do the goals that take KDIR= say of a tree that they cannot use, and of a directory that
# they cannot write to? Each must end with its own status and print what is wrong, and KDIR must
# be as it was. The tree is a small part of the newest base, so no kernel is built. Not part of
# make check, because directories are mounted.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tap.sh"

work=$root/out/check/kdir-input
linux=$work/linux
tree=$("$root/scripts/fetch-base" newest)
"$root/scripts/build-selftest" >/dev/null
rm -rf "$work" && mkdir -p "$linux"
# These exist when directories are mounted on them.
mkdir -p "$root/out/kdir" "$root/out/clones"
(cd "$tree" && cp -r --parents Makefile Kconfig arch/arm64/Kconfig drivers/pci/hotplug "$linux")
in_linux() {
	git -C "$linux" "$@"
}
in_linux init -q
for subject in first second third; do
	echo "# $subject" >>"$linux/Kconfig"
	in_linux add -f .
	in_linux commit -q -m "$subject"
done
# A patch that applies
echo '# fourth' >>"$linux/Kconfig"
in_linux commit -q -a -m fourth
in_linux format-patch -q --stdout -1 >"$work/mbox"
in_linux reset -q --hard HEAD~1

# run GOAL [DIR OPTION]: run a goal on $kdir, while DIR is mounted read-only (ro) or is a small
# file system (size=).
run() {
	script=$root/scripts/$1
	[ "$1" != variant ] || script=$root/scripts/build-variant
	user=
	[ "$(id -u)" -eq 0 ] || user=--map-root-user
	# shellcheck disable=SC2016 # for the inner shell
	KDIR=$kdir VARIANT=stock GOOD=$good BAD=HEAD SERIES=$work/mbox CASES=empty_slot.boot \
		unshare $user --mount sh -c '
			case $2 in
			ro) mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" ;;
			size=*) mount -t tmpfs -o "$2" tmpfs "$1" ;;
			esac && exec "$0"' "$script" "${2-}" "${3-}" 2>&1
}

# state: print all that must not change in $kdir.
state() {
	[ ! -d "$kdir" ] || {
		git --no-optional-locks -C "$kdir" status --porcelain
		git -C "$kdir" rev-parse HEAD
		git -C "$kdir" for-each-ref
		cat "$kdir/Kconfig"
	} 2>&1
}

# says STATUS LINES MESSAGE GOAL [DIR OPTION]: the goal ends with this status, prints this
# message, and no more lines than LINES. $kdir does not change.
says() {
	was=$(state)
	want=$1 lines=$2 message=$3
	shift 3
	status=0
	text=$(run "$@") || status=$?
	echo "$text"
	echo "status $status"
	[ $status -eq "$want" ] && [ "$(echo "$text" | grep -vc 'waiting for another run')" -le "$lines" ] &&
		echo "$text" | grep -qF "$message" && [ "$(state)" = "$was" ]
}

good=HEAD~1
kdir=$work/none
for goal in reproduce variant; do
	ok "$goal: KDIR does not exist" says 4 1 'it is no kernel source tree' $goal
done
for goal in bisect watch; do
	ok "$goal: KDIR does not exist" says 2 1 'No such file or directory' $goal
done

kdir=$linux
for goal in reproduce variant; do
	ok "$goal: out is read-only" says 1 2 "cannot write the build log to $root/out/build" $goal "$root/out" ro
	ok "$goal: the disk is full" says 1 2 '10 MB are free, 2500 are needed' $goal "$root/out/kdir" size=10m
done
ok 'bisect: out is read-only' says 1 1 "cannot write to $root/out/bisect" bisect "$root/out" ro
ok 'watch: out is read-only' says 4 1 "cannot write to $root/out/watch" watch "$root/out" ro
ok 'bisect: the disk is full' says 1 1 '10 MB are free, 2000 are needed' bisect "$root/out/clones" size=10m
ok 'watch: the disk is full' says 4 1 '10 MB are free, 2000 are needed' watch "$root/out/clones" size=10m

# The tree has no arch/arm64/Makefile, so that no commit builds.
ok 'bisect: BAD does not build' says 3 2 'BAD=HEAD cannot be tested' bisect
ok 'watch: HEAD does not build' says 4 2 'does not build before the patches' watch
ok 'bisect: KDIR is read-only' says 3 2 'BAD=HEAD cannot be tested' bisect "$linux" ro
ok 'watch: KDIR is read-only' says 4 2 'does not build before the patches' watch "$linux" ro
ok 'variant: KDIR is read-only' says 2 5 'cannot build stock' variant "$linux" ro

echo '# edited' >>"$linux/Kconfig"
ok 'bisect: KDIR has changes' says 3 3 'these changes are not' bisect
ok 'watch: KDIR has changes' says 4 3 'these changes are not' watch
in_linux checkout -q Kconfig

kdir=$work/worktree
in_linux worktree add -q --detach "$kdir"
ok 'bisect: KDIR is a worktree' says 3 2 'BAD=HEAD cannot be tested' bisect
ok 'watch: KDIR is a worktree' says 4 2 'does not build before the patches' watch

kdir=$work/shallow
git clone -q --depth 2 "file://$linux" "$kdir"
ok 'bisect: KDIR is shallow' says 3 2 'BAD=HEAD cannot be tested' bisect
ok 'watch: KDIR is shallow' says 4 2 'does not build before the patches' watch
good=HEAD~2
ok 'bisect: GOOD is not in the shallow KDIR' says 2 1 'git fetch --unshallow' bisect

kdir=$linux
good=none
ok 'bisect: GOOD does not exist' says 2 1 'GOOD=none is no commit' bisect
good=
ok 'bisect: GOOD is not set' says 2 1 'GOOD is not set' bisect

in_linux rm -q -r arch
in_linux commit -q -m 'no arm64'
for goal in reproduce variant; do
	ok "$goal: KDIR has no arm64" says 4 1 'it has no arch/arm64/Kconfig' $goal
done
for goal in bisect watch; do
	ok "$goal: KDIR has no arm64" says 2 1 'it has no arch/arm64/Kconfig' $goal
done
done_testing
