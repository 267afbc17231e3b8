#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Do README's commands work on a fresh Debian 12 and a fresh Debian 13? In a directory with only
# the base system, git, make and gcc, clone this repository and run make reproduce on a
# ready-made kernel, as root, as a user who may not install packages, and on other versions of
# QEMU. Then run the checks of make bisect and make watch, which build a whole kernel. Needs root
# and debootstrap. Not part of make check.
#
# From the environment:
#	SUITES	bookworm and trixie if unset
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/series.sh"
. "$(dirname "$0")/cases.sh"
. "$(dirname "$0")/tap.sh"

if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
	die "cannot make a fresh Debian system: this needs root and the package debootstrap"
fi
# shellcheck disable=SC2016 # for apt
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep '/debian/*$' | head -n 1)
[ "$mirror" ] || die "cannot make a fresh Debian system: the apt sources name no archive of Debian"
tree=$("$root/scripts/fetch-base" newest)
kernel=$(image series)
roots=$root/out/check/hosts
mkdir -p "$roots"

# make_root SUITE: make $dir a fresh system.
make_root() {
	rm -rf "$dir" && debootstrap --variant=minbase --include=git,make,gcc,libc6-dev,ca-certificates \
		"$1" "$dir" "$mirror" && cp "$kernel" "$dir/Image" &&
		git clone -q "$root" "$dir/pciehp" && chroot "$dir" useradd -m user
}

# inside USER COMMAND: run the command in $dir as that user.
inside() {
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --pid --fork sh -c '
		mount --bind /dev "$0/dev" && mount -t proc proc "$0/proc" &&
			exec chroot "$0" su - "$1" -c "cd /pciehp && $2"' "$dir" "$1" "$2" </dev/null
}

# as_root [VARIABLE]: run make reproduce with that variable.
as_root() {
	text=$(inside root "${1-} make reproduce KERNEL=/Image" 2>&1) || :
	echo "$text"
	echo "$text" | grep -q 'kernel passes 36 of 36 cases'
}

# bisects_and_watches: all tests of these checks pass, on a kernel that is downloaded and built.
bisects_and_watches() {
	inside root 'scripts/setup mail && prove --verbose --exec sh scripts/check-bisect.t scripts/check-watch.t' 2>&1
}

as_user() {
	! text=$(inside user 'make reproduce KERNEL=/Image' 2>&1) || return
	echo "$text"
	echo "$text" | grep -q 'run as root: apt-get install'
}

for suite in ${SUITES:-bookworm trixie}; do
	dir=$roots/$suite
	ok "$suite: a fresh system" make_root "$suite"
	ok "$suite: a user who may not install packages is told which" as_user
	ok "$suite: make reproduce" as_root
	for version in $(names qemus); do
		ok "$suite: make reproduce on QEMU $version" as_root "QEMU=\$(scripts/fetch-qemu $version arm64)"
	done
	ok "$suite: make bisect and make watch" bisects_and_watches
done
done_testing
