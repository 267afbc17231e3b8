#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Does watch find the patch with the defect in a series of three, and is its answer a mail that
# git send-email takes? Does it name a patch that does not build, find nothing in a good series,
# and refuse wrong input? The first run builds a whole kernel; then it takes some minutes. Not
# part of make check.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/series.sh"
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/history.sh"

new_history
mails=${linux%/*}
cases='@(empty_slot.boot|hotplug.virtio_net_pci.hot_add)'

# mbox NAME OPTION...: write the commits since good to the mbox NAME, and go back to good.
mbox() {
	mbox=$mails/$1
	shift
	in_linux format-patch -q --stdout --thread --to=linux-pci@example.invalid \
		--cc='=?UTF-8?q?Zo=C3=AB?= <zoe@example.invalid>' "$@" good.. >"$mbox"
	in_linux reset -q --soft good
	in_linux read-tree good
}

append '/* 1 */'
commit 'PCI: pciehp: Change nothing'
apply regressions/slot-ctrl-cached-late.patch
commit 'PCI: pciehp: Cache late'
append '/* 3 */'
commit 'PCI: pciehp: Change nothing more'
mbox defect -v2 --cover-letter
# A reply, as in a whole thread, and as if the cover letter had been written by somebody.
sed -i '1,/^---/s/\*\*\* SUBJECT HERE \*\*\*/PCI: pciehp: Tidy up/' "$mails/defect"
cat >>"$mails/defect" <<'END'
From mboxrd@z Thu Jan  1 00:00:00 1970
From: Reader <reader@example.invalid>
Subject: Re: [PATCH v2 2/3] PCI: pciehp: Cache late

> diff --git a/Makefile b/Makefile
Why?
END
append '#error "does not build"'
commit 'PCI: pciehp: Forget a semicolon'
mbox no-build
append '/* 4 */'
commit 'PCI: pciehp: Change nothing again'
mbox good

sed 's/ctrl->slot_ctrl/ctrl->no_such/' "$mails/defect" >"$mails/no-fit"
# é in ISO 8859-1
sed 's/^From: check/Content-Type: text\/plain; charset=UTF-8\n&/; s/nothing more/\xe9/' \
	"$mails/defect" >"$mails/latin1"
: >"$mails/empty"
printf 'From mboxrd@z Thu Jan  1 00:00:00 1970\nSubject: Hello\n\nHow are you?\n' >"$mails/no-patch"
awk '/^From / { mail++ } mail != 3' "$mails/defect" >"$mails/incomplete"
cat "$mails/defect" "$mails/defect" >"$mails/twice"

# watches STATUS MBOX PATTERN...: make watch ends with STATUS, and prints a line for each PATTERN.
watches() {
	status=0
	text=$(KDIR=$linux SERIES=$mails/$2 CASES=$cases "$root/scripts/watch" 2>&1) || status=$?
	echo "$text"
	echo "status $status"
	[ $status -eq "$1" ] || return
	shift 2
	for pattern in "$@"; do
		echo "$text" | grep -qE "$pattern" || {
			echo "no line matches: $pattern"
			return 1
		}
	done
}

# is_mail: git send-email takes the answer, and sends it to all.
is_mail() {
	text=$(git send-email --dry-run --from=me@example.invalid --confirm=never \
		"$root/out/watch/answer.txt" 2>&1) || :
	echo "$text"
	for address in check@ linux-pci@ zoe@; do
		echo "$text" | grep -q "$address" || return
	done
}

was=$(in_linux status --porcelain | sha256sum)$(in_linux rev-parse HEAD)
# unchanged: KDIR is as it was.
unchanged() {
	[ "$(in_linux status --porcelain | sha256sum)$(in_linux rev-parse HEAD)" = "$was" ]
}

ok 'the patch with the defect is found' watches 1 defect \
	'^Subject: Re: \[PATCH v2 0/3\] PCI: pciehp: Tidy up$' '^In-Reply-To: <cover\.' \
	'^The first bad commit is 2/3:$' '^    PCI: pciehp: Cache late$' \
	'^    hotplug\.virtio_net_pci\.hot_add +ok +LOST' '^    3/3 +0 ok, 2 failed'
ok 'the answer is a mail to all' is_mail
ok 'a patch that does not build is named' watches 1 no-build \
	'^The first bad commit is 1/1:$' '^It does not build\.$' \
	'^    drivers/pci/hotplug/pciehp_core.c:.*does not build'
ok 'a good patch breaks nothing' watches 0 good '^Subject: Re: \[PATCH\]' '^No commit breaks a case\.$'
ok 'a patch that does not apply is named' watches 3 no-fit \
	"^watch: patch 2/3 'PCI: pciehp: Cache late' does not apply"
ok 'a mail that is not UTF-8 is refused' watches 2 latin1 'is not UTF-8'
ok 'an empty file is refused' watches 2 empty 'it is empty'
ok 'mails without a patch are refused' watches 2 no-patch 'there is no patch in it'
ok 'a series that lacks a patch is refused' watches 2 incomplete 'patch 2/3 is missing'
ok 'two series are refused' watches 2 twice 'more than one mail with patch'
ok 'a file that does not exist is refused' watches 2 none 'there is no such file'
ok 'KDIR is as it was' unchanged
done_testing
