#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Is the series ready to be mailed, and do the mails give the tree that is tested?
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/series.sh"
. "$(dirname "$0")/commits.sh"
. "$(dirname "$0")/on-bases.sh"
. "$(dirname "$0")/tap.sh"

export_mails() {
	"$root/scripts/export-series" "$base" "$tmp/series" >"$tmp/mails"
}

# The lists' server, vger, has refused longer mails.
no_long_mail() {
	xargs wc -c <"$tmp/mails" | awk '$2 != "total" && $1 > 100000 {
		print $2 ": " $1 " characters, 100000 are allowed"
		failed = 1
	}
	END { exit failed }'
}

has_cover_letters() {
	for set in $(sets); do
		[ "$(in_set "$set" | wc -l)" -eq 1 ] || [ -f "$root/patches/cover-letter.$set" ] ||
			echo "patches/cover-letter.$set is missing"
	done >"$tmp/letters"
	for letter in "$root"/patches/cover-letter.*; do
		sets | grep -qxF "${letter##*/cover-letter.}" || echo "patches/${letter##*/} does not belong to a set"
	done >>"$tmp/letters"
	cat "$tmp/letters"
	[ ! -s "$tmp/letters" ]
}

# patches_in DIR: print its mails without the cover letter.
patches_in() {
	find "$1" -name '*.patch' ! -name '*0000-cover-letter.patch' | sort
}

# The first mail of a set names all patches of the sets before it, by subject and by id, unless
# the set needs no other.
needs_are_named() {
	rm -f "$tmp/before"*
	touch "$tmp/before" "$tmp/before.ids"
	for set in $(sets); do
		mail=$(find "$tmp/series/$set" -type f | sort | head -n 1)
		echo "$mail"
		if needs_no_set "$set"; then
			! grep '^prerequisite-patch-id: ' "$mail" || return
		else
			sed -n 's/^prerequisite-patch-id: //p' "$mail" | diff "$tmp/before.ids" - || return
			grep -xFf "$tmp/before" "$mail" | diff "$tmp/before" - || return
		fi
		for mail in $(patches_in "$tmp/series/$set"); do
			git patch-id --stable <"$mail" | cut -d ' ' -f 1 >>"$tmp/before.ids"
			git mailinfo /dev/null /dev/null <"$mail" | sed -n 's/^Subject: /  /p' >>"$tmp/before"
		done
	done
}

# small_sets: print the first set with one patch, and the first with several.
small_sets() {
	for set in $(sets); do
		echo "$(in_set "$set" | wc -l) $set"
	done | awk '$1 == 1 && !one++ { print $2 } $1 > 1 && !several++ { print $2 }'
}

# kernel_tree DIR: make a repository whose HEAD is not the base, and in which get_maintainer.pl
# works.
kernel_tree() {
	pristine "$1" && git -C "$1" commit -q --allow-empty -m 'no base' && cp "$tree/.gitattributes" "$1/" || return
	for file in "$tree"/*; do
		if [ -d "$file" ]; then
			mkdir -p "$1/${file##*/}"
		else
			cp "$file" "$1/"
		fi
	done
	cp "$tree/scripts/get_maintainer.pl" "$1/scripts/"
}

# files DIR: print its files with their hashes.
files() {
	find "$1" -type f -exec sha256sum {} + | sort
}

# Mail the second set, which needs the first. Only the second is written.
series_of_kdir() {
	linux=$tmp/linux
	set=$(sets | sed -n 2p)
	kernel_tree "$linux" && files "$linux" >"$tmp/files" &&
		KDIR=$linux SET=$set ASSISTED_BY='LLM sparse' "$root/scripts/export-series" "$base" "$tmp/of_kdir" >"$tmp/of_kdir.mails" &&
		files "$linux" | diff "$tmp/files" - || return
	[ "$(cd "$tmp/of_kdir" && echo *)" = "$set $set.bundle" ] &&
		grep -qx "base-commit: $(git -C "$linux" rev-parse HEAD)" "$(head -n 1 "$tmp/of_kdir.mails")" || return
	for mail in $(patches_in "$tmp/of_kdir"); do
		sed -n '/^Assisted-by: LLM sparse$/ { n; p; }' "$mail" | grep '^Signed-off-by: ' || return
	done
	# shellcheck disable=SC2046
	git -C "$linux" am -q $(patches_in "$tmp/series/$(sets | head -n 1)") $(patches_in "$tmp/of_kdir")
}

# refused WORD COMMAND...: the command fails, prints WORD, and $tmp/none stays empty.
refused() {
	word=$1
	shift
	rm -rf "$tmp/none"
	! "$@" >"$tmp/refusal" 2>&1 || return
	cat "$tmp/refusal"
	grep -qF "$word" "$tmp/refusal" && [ -z "$(ls "$tmp/none" 2>/dev/null)" ]
}

series_is_refused() {
	set -- "$root/scripts/export-series" "$base" "$tmp/none"
	first=$(sets | head -n 1)
	git -C "$tmp/linux" rm -q "$(git -C "$tmp/git" diff --diff-filter=M --name-only base pciehp | grep '^drivers' | head -n 1)" &&
		git -C "$tmp/linux" commit -qm misfit &&
		refused "does not apply to KDIR=$tmp/linux, commit $(git -C "$tmp/linux" rev-parse --short=12 HEAD)" env "KDIR=$tmp/linux" "$@" &&
		refused 'no git repository' env "KDIR=$tmp" "$@" &&
		refused 'there is no set none' env SET=none "$@" &&
		refused "MERGED=$first" env "MERGED=$first" "$@" &&
		refused "there is no v1 of the set $first" env VERSION=2 "$@" || return
	for assisted_by in sparse 'LLM git' 'LLM <llm@example.invalid>' 'Assisted-by: LLM'; do
		refused 'LLM [TOOL1] [TOOL2]' env "ASSISTED_BY=$assisted_by" "SET=$first" "$@" || return
	done
}

# The two versions differ by a word in each message.
second_version() {
	project && sed -i 's/^SPDX-License-Identifier:/Edited.\n\n&/' "$tmp/project"/patches/[0-9]*.patch || return
	for set in $(small_sets); do
		VERSION=2 SET=$set "$tmp/project/scripts/export-series" "$base" "$tmp/series" >"$tmp/second" || return
		mail=$(head -n 1 "$tmp/second")
		grep '^Subject: \[PATCH v2[] ]' "$mail" && grep -x 'Range-diff against v1:' "$mail" &&
			[ "$(grep -cx '    +    Edited\.' "$mail")" -eq "$(in_set "$set" | wc -l)" ] || return
		pristine "$tmp/am" || return
		for before in $(sets "$set"); do
			[ "$before" = "$set" ] || patches_in "$tmp/series/$before"
		done >"$tmp/mails.before"
		patches_in "$tmp/series/$set-v2" | cat "$tmp/mails.before" - | xargs git -C "$tmp/am" am -q || return
	done
}

# am MAIL...: git am on the pristine base gives the tested tree.
am() {
	pristine "$tmp/am" && git -C "$tmp/am" am -q "$@" && is_tested "$tmp/am"
}

am_mails() {
	# shellcheck disable=SC2046
	am $(grep -v 0000-cover-letter "$tmp/mails")
}

# UNKNOWN_COMMIT_ID is ignored because there is no history here, and FILE_PATH_CHANGES because
# maintained() checks that. The typo is in the title of a commit that Fixes: names. The
# messages about the kselftest, which is the same for all bases, and about trace events are
# those that check-style.t ignores as well.
checkpatch_mails() (
	# checkpatch writes a file to the current directory
	cd "$tmp" || exit
	grep -v 0000-cover-letter "$tmp/mails" | if [ "$base" = newest ]; then
		cat
	else
		xargs grep -L '^+++ b/tools/testing/selftests/pciehp/'
	fi | xargs perl "$newest/scripts/checkpatch.pl" --no-tree "--root=$newest" --strict --quiet --terse --showfile \
		--show-types --ignore UNKNOWN_COMMIT_ID,FILE_PATH_CHANGES >"$tmp/words" || :
	! grep -v '^total: ' "$tmp/words" |
		grep -v "^:[0-9]*: WARNING:TYPO_SPELLING: 'implemetation' " |
		grep -vE '^tools/testing/selftests/pciehp/.*:(VOLATILE|SPACING|PREFER_DEFINED_ATTRIBUTE_MACRO):' |
		grep -vE '^tools/testing/selftests/pciehp/explore/points.c:.*:CAMELCASE:' |
		grep -vE "^[^:]*_trace\.h:.*:($(echo "$trace_event_style" | tr , '|')):"
)

dry_send() {
	xargs git send-email --dry-run --quiet --confirm=never <"$tmp/mails"
}

# Each set is sent to a mailbox, and applied from it with b4, as a maintainer would.
b4_am() {
	cat >"$tmp/sendmail" <<-END
		#!/bin/sh
		{ echo "From x Thu Jan  1 00:00:00 1970"; sed 's/^>*From />&/'; echo; } >>"$tmp/mbox"
	END
	chmod +x "$tmp/sendmail"
	taken=
	for set in $(sets); do
		rm -f "$tmp/mbox"
		mkdir -p "$tmp/b4/$set"
		grep "/$set/" "$tmp/mails" | xargs git send-email --quiet --confirm=never "--sendmail-cmd=$tmp/sendmail" &&
			XDG_DATA_HOME=$tmp/b4 XDG_CACHE_HOME=$tmp/b4 b4 --offline-mode --no-stdin \
				am -m "$tmp/mbox" -o "$tmp/b4/$set" || return
		taken="$taken $(echo "$tmp/b4/$set"/*.mbx)"
	done
	# shellcheck disable=SC2086
	am $taken
}

am_first_set() {
	pristine "$tmp/first" && git -C "$tmp/first" am -q "$tmp/series/$(sets | head -n 1)"/*.patch
}

# kernel_doc DIR: print the messages of kernel-doc about the C files that the series changes.
kernel_doc() (
	cd "$1"
	sort -u "$tmp/stage.list" | grep '^\(drivers\|include\)/.*\.[ch]$' | while read -r file; do
		[ ! -f "$file" ] || "$tree/scripts/kernel-doc" -none "$file" 2>&1
	done | sed 's/:[0-9]*:* /: /' | sort
)

kernel_doc_is_complete() {
	kernel_doc "$tree" >"$tmp/doc.stock"
	kernel_doc "$tmp/stage" >"$tmp/doc.series"
	new=$(comm -13 "$tmp/doc.stock" "$tmp/doc.series")
	echo "$new"
	[ -z "$new" ]
}

# maintained: our entry in MAINTAINERS covers every new file.
maintained() {
	sed -n 's/^F:\t//p' "$root/MAINTAINERS" | sed 's|/$|/*|' >"$tmp/globs"
	sort -u "$tmp/stage.list" | while read -r file; do
		[ ! -f "$tree/$file" ] || continue
		while read -r glob; do
			# shellcheck disable=SC2254 # a glob
			case $file in
			$glob) continue 2 ;;
			esac
		done <"$tmp/globs"
		echo "$file"
	done >"$tmp/orphans"
	cat "$tmp/orphans"
	[ ! -s "$tmp/orphans" ]
}

no_stray_patch() {
	series | cut -d ' ' -f 1 >"$tmp/names"
	stray=$(find "$root/patches" -name '[0-9]*.patch' ! -path '*/patches/v4.20/*' |
		sed 's|.*/||' | grep -vxFf "$tmp/names") || return 0
	echo "no patch of the series: $stray"
	return 1
}

no_stray_file() {
	overlay_files "$(series | cut -s -d ' ' -f 2-)" >"$tmp/names"
	stray=$(cd "$root/patches" && find ./[0-9]*/* -type f -path './*/*/*' ! -path '*/regressions/*' |
		sed 's|^\./[^/]*/||' | grep -vxFf "$tmp/names") || return 0
	echo "no new file of the series: $stray"
	return 1
}

newest=$("$root/scripts/fetch-base" newest)
scratch "$(mktemp -d)"
identity "$root"
ok 'every patch is in patches/series' no_stray_patch
ok 'every file that a base has its own version of is a new file of the series' no_stray_file
ok 'every set of several patches has a cover letter' has_cover_letters
for base in $bases; do
	assemble_on "$base"

	ok "$base: make series" export_mails
	ok "$base: git am gives the tested tree" am_mails
	ok "$base: git am takes the first set alone" am_first_set
	ok "$base: checkpatch --strict finds nothing in the patches" checkpatch_mails
	ok "$base: kernel-doc finds nothing new" kernel_doc_is_complete
	ok "$base: git send-email --dry-run" dry_send
	[ "$base" != newest ] || {
		ok 'no mail is too long' no_long_mail
		ok 'the first mail of a set names the patches that it needs' needs_are_named
		ok 'make series KDIR= writes mails for its HEAD, and changes nothing there' series_of_kdir
		ok 'make series refuses wrong variables and trees, and writes nothing' series_is_refused
		ok 'make series VERSION=2 writes a range-diff' second_version
		ok 'b4 am of the mailbox gives the tested tree' b4_am
		ok 'MAINTAINERS covers every new file' maintained
	}
done
done_testing
