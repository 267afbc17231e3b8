#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Does bisect find the commit with the defect in a history of 16 commits, of which one does not
# build and one panics? Does it refuse wrong input? The history is made on the newest base. The
# first run builds a whole kernel; then it takes some minutes. Not part of make check.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/series.sh"
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/history.sh"

# back SUBJECT: commit that undoes the last commit.
back() {
	in_linux read-tree HEAD^
	commit "$1"
}

new_history
for n in $(seq 16); do
	case $n in
	4)
		append '#error "does not build"'
		commit "$n does not build"
		;;
	8)
		append 'static int __init no_boot(void) { panic("no boot"); } late_initcall(no_boot);'
		commit "$n panics"
		;;
	5 | 9) back "$n mends that" ;;
	11)
		apply regressions/slot-ctrl-cached-late.patch
		commit "$n has the defect"
		;;
	*)
		append "/* $n */"
		commit "$n changes nothing"
		;;
	esac
done

# bisects GOOD BAD: run make bisect.
bisects() {
	KDIR=$linux GOOD=$1 BAD=$2 CASES=hotplug.virtio_net_pci.hot_add "$root/scripts/bisect" 2>&1
}

# refuses STATUS GOOD BAD MESSAGE
refuses() {
	status=0
	text=$(bisects "$2" "$3") || status=$?
	echo "$text"
	[ $status -eq "$1" ] && echo "$text" | grep -qF "$4"
}

# finds: the commit is found, with its verdict and that of the commit before.
finds() {
	text=$(bisects good HEAD)
	echo "$text"
	echo "$text" | grep -q '^    11 has the defect$' &&
		echo "$text" | grep -qE '^hotplug\.virtio_net_pci\.hot_add +ok [0-9.]+ ms +LOST'
}

was=$(in_linux status --porcelain | sha256sum)
# unchanged: KDIR is as it was.
unchanged() {
	[ "$(in_linux status --porcelain | sha256sum)" = "$was" ] &&
		! in_linux for-each-ref | grep bisect
}

ok 'the commit with the defect is found' finds
ok 'a GOOD that is bad is refused' refuses 3 HEAD~1 HEAD 'is not good'
ok 'a BAD that is good is refused' refuses 3 good good~0 'is not bad'
ok 'a GOOD that is later is refused' refuses 2 HEAD good 'is no ancestor'
ok 'a commit that does not exist is refused' refuses 2 none HEAD 'is no commit'
ok 'KDIR is as it was' unchanged
done_testing
