# shellcheck shell=sh disable=SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0-only
# Functions for the files in measured/. Sourced after lib.sh.
#
# A file has the output of a command, after lines "KEY: VALUE" and an empty line.

measured=$root/measured
determines='drivers patches tools scripts/bases'

# inputs NAME: print a hash of what determines the result of that row. The index of git has it, so
# MEASURED.md can be committed along with a change. Most rows run no KUnit test.
inputs() {
	case $1 in
	kunit | coverage | mutants | builds | check) set -- ;;
	*) set -- ':!*/pci/hotplug/tests/*' ':!patches/regressions/kunit' ':!*/kunit.failures' ':!patches/mutants' \
		':!patches/coverage' ;;
	esac
	# shellcheck disable=SC2086 # one word each
	git -C "$root" ls-files -s -- $determines "$@" | sha256sum | cut -c 1-12
}

# head_of NAME KEY: print the value of KEY at the top of measured/NAME.
head_of() {
	sed -n "/^\$/q; s/^$2: //p" "$measured/$1" 2>/dev/null
}

# field NAME COLUMN: print that column of the row NAME of the table.
field() {
	awk -F '\t' -v name="$1" -v column="$2" '$1 == name { print $column }' "$root/scripts/measurements"
}
