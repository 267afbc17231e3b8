#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Which columns does make reproduce have for the user's tree, and what does it say of a patch that
# does not apply, and of an option that the tree lacks? The trees are Linux 5.10, the same with
# what differs in v4.20: the order of writes, and arm64 without KEXEC_FILE; and the newest base,
# edited so that patches have to be merged. The first run builds two whole kernels. Not part of
# make check.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tap.sh"

work=$root/out/check/kdir
rm -rf "$work" && mkdir -p "$work"
# The path of a tree must not change from run to run, so that it is not built anew each time.
old=$work/old newest=$work/newest
tree=$("$root/scripts/fetch-base" 5.10)
cp -al "$tree" "$old"
tree=$("$root/scripts/fetch-base" newest)
cp -al "$tree" "$newest"

# edit FILE EXPRESSION: edit FILE, which is a link, with sed.
edit() {
	sed "$2" "$1" >"$work/edited"
	! cmp -s "$work/edited" "$1" || {
		echo "nothing to edit in $1"
		return 1
	}
	rm "$1" && mv "$work/edited" "$1"
}

# reproduces KDIR: run make reproduce. Its output is in $KDIR.log.
reproduces() {
	KDIR=$1 "$root/scripts/reproduce" >"$1.log" 2>&1 || :
}

# has KDIR TEXT...: the output has a line with each TEXT, a regular expression, and no case has
# ended otherwise than expected.
has() {
	log=$1.log
	shift
	! grep UNEXPECTED "$log" || return
	for text in "$@"; do
		grep -qE "$text" "$log" || {
			echo "no line matches: $text"
			cat "$log"
			return 1
		}
	done
}

reproduces "$old"
ok 'on 5.10, there is a column for the sets that apply' \
	has "$old" '^case +stock +runtime-pm +regressed +fixed *$' '0003-.*does not apply .*not even by git am -3' \
	'^hotplug.virtio_net_pci.hot_add +ok [0-9.]+ ms +ok [0-9.]+ ms +LOST +ok'

edit "$old/drivers/pci/hotplug/pciehp_hpc.c" '/^\tctrl->slot_ctrl = slot_ctrl;$/d
	s/^\tctrl->cmd_started = jiffies;$/&\n\tctrl->slot_ctrl = slot_ctrl;/'
edit "$old/arch/arm64/Kconfig" 's/^config KEXEC_FILE$/&\n\tdepends on BROKEN/'
reproduces "$old"
ok 'with the order of v4.20, stock fails as reported and fixed does not' \
	has "$old" '^case +stock +runtime-pm +fixed *$' 'no column regressed' 'has no CONFIG_KEXEC_FILE: building without' \
	'^hotplug.virtio_net_pci.hot_add +LOST +LOST +ok' '^empty_slot.attention_indicator_on_and_off +PENDING .* ok *$'

# A line within the context of a patch
edit "$newest/drivers/pci/hotplug/pciehp_ctrl.c" 's/^\tu8 getstatus = 0;$/\tu8 getstatus = 0x0;/'
reproduces "$newest"
ok 'patches that do not apply are merged' has "$newest" '^case +stock +series +regressed +fixed *$' \
	'series passes 36 of 36'

edit "$old/drivers/tty/serial/Kconfig" 's/^config SERIAL_AMBA_PL011$/&\n\tdepends on BROKEN/'
reproduces "$old"
ok 'nothing is built without an option that every case needs' \
	has "$old" 'nothing works without CONFIG_SERIAL_AMBA_PL011'
done_testing
