# shellcheck shell=sh disable=SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0-only
# Functions that read a series of patches from an mbox. Sourced by watch after lib.sh and
# clone.sh. Uses the directory $tmp, which scratch makes.

# bad WHY: end because of the mbox.
bad() {
	refuse "cannot take patches from SERIES=$SERIES: $*; b4 mbox writes a good one"
}

# header NAME FILE: print that header of the mail as it is, without its name.
header() {
	awk -v name="$(echo "$1" | tr '[:upper:]' '[:lower:]'):" '
		/^\r?$/ { exit }
		{ sub(/\r$/, "") }
		/^[ \t]/ { if (found) print; next }
		{ found = tolower(substr($0, 1, length(name))) == name && !seen }
		found { seen = 1; sub(/^[^:]*: */, ""); print }' "$2"
}

# read_series: write patch N to $tmp/patch/N, and a line for each, its number and subject, to
# $tmp/patches. Set $of to their number, and $first to the mail that starts the thread.
read_series() {
	[ "$SERIES" ] || refuse 'SERIES is not set: name an mbox, as b4 mbox writes it'
	[ -f "$SERIES" ] || bad 'there is no such file'
	[ -r "$SERIES" ] || bad 'it is not readable'
	[ -s "$SERIES" ] || bad 'it is empty'
	mkdir "$tmp/mails" "$tmp/patch"
	git mailsplit -b -o"$tmp/mails" -- "$SERIES" >/dev/null 2>"$tmp/err" || bad "$(head -n 1 "$tmp/err")"
	of='' first=''
	for mail in "$tmp"/mails/*; do
		git mailinfo -k "$tmp/body" "$tmp/diff" <"$mail" >"$tmp/info" 2>"$tmp/err" ||
			bad "its mail ${mail##*/}: $(head -n 1 "$tmp/err")"
		subject=$(sed -n 's/^Subject: //p' "$tmp/info")
		# [PATCH v2 2/3] is 2 of 3, and [PATCH] is 1 of 1.
		number=$(echo "$subject" | sed -n 's|^[^]]*[^]0-9]0*\([0-9]*\)/0*\([0-9]*\)[^]0-9]*].*|\1 \2|p')
		case $subject in
		[Rr][Ee]:*) continue ;;
		*) [ "$number" ] || [ -s "$tmp/diff" ] || continue ;;
		esac
		iconv -f UTF-8 -t UTF-8 "$tmp/info" "$tmp/body" "$tmp/diff" >/dev/null 2>&1 ||
			bad "mail ${mail##*/} in it is not UTF-8, and its header does not name the encoding that it has"
		: "${number:=1 1}"
		: "${of:=${number#* }}"
		[ "${number#* }" = "$of" ] || bad "it has more than one series: one of $of patches, and '$subject'"
		number=${number% *}
		if [ -z "$number" ]; then
			first=$mail
			continue
		fi
		[ -s "$tmp/diff" ] || bad "there is no patch in its mail '$subject'"
		[ ! -e "$tmp/patch/$number" ] || bad "it has more than one mail with patch $number/$of"
		cp "$mail" "$tmp/patch/$number"
		echo "$number $(echo "$subject" | sed 's/^\(\[[^]]*\] *\)*//')" >>"$tmp/subjects"
	done
	[ -f "$tmp/subjects" ] || bad 'there is no patch in it'
	for number in $(seq "$of"); do
		[ -e "$tmp/patch/$number" ] || bad "patch $number/$of is missing in it"
	done
	sort -n "$tmp/subjects" >"$tmp/patches"
	: "${first:=$tmp/patch/1}"
}

# headers: print the headers of an answer to everybody in the thread.
headers() {
	to=$(header To "$first")
	cc=$(header Cc "$first")
	id=$(header Message-ID "$first")
	git mailinfo -k /dev/null /dev/null <"$first" | sed -n 's/^Subject: /Subject: Re: /p'
	echo "To: $(header From "$first")"
	[ -z "$to$cc" ] || echo "Cc: $to${to:+${cc:+,
 }}$cc"
	[ -z "$id" ] || printf 'In-Reply-To: %s\nReferences: %s\n' "$id" "$id"
	printf 'MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n'
}
