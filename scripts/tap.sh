# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
# What the checks share: each prints TAP. Sourced after lib.sh.

tests=0
failed=0

# ok NAME COMMAND...: a test that passes when the command succeeds; what the
# command prints is shown only when it fails.
ok() {
	tests=$((tests + 1))
	name=$1
	shift
	if output=$("$@" 2>&1); then
		echo "ok $tests - $name"
	else
		echo "not ok $tests - $name"
		echo "$output" | tail -n 30 | sed 's/^/# /'
		failed=$((failed + 1))
	fi
}

# done_testing: the plan, and the exit status.
done_testing() {
	echo "1..$tests"
	[ "$failed" -eq 0 ]
}
