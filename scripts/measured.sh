# shellcheck shell=sh disable=SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0-only
# Functions for the files in measured/. Sourced after lib.sh.
#
# A file has the output of a command, after lines "KEY: VALUE" and an empty line.

measured=$root/measured
# What determines the results. The index of git has it, so MEASURED.md can be committed along
# with a change.
determines='drivers patches tools scripts/bases'
# shellcheck disable=SC2086 # one word each
inputs=$(git -C "$root" ls-files -s $determines | sha256sum | cut -c 1-12)

# head_of NAME KEY: print the value of KEY at the top of measured/NAME.
head_of() {
	sed -n "/^\$/q; s/^$2: //p" "$measured/$1" 2>/dev/null
}

# field NAME COLUMN: print that column of the row NAME of the table.
field() {
	awk -F '\t' -v name="$1" -v column="$2" '$1 == name { print $column }' "$root/scripts/measurements"
}
