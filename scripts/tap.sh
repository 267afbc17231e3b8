# shellcheck shell=sh disable=SC2034
# SPDX-License-Identifier: GPL-2.0-only
# Functions of the checks, which print TAP. Sourced after lib.sh.

# Do not depend on the user's git settings, and use a fixed identity.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0=check
export GIT_CONFIG_KEY_1=user.email GIT_CONFIG_VALUE_1=check@example.invalid

# Messages of checkpatch about TRACE_EVENT(), which it takes for a call, and about EMe() as used
# in all files of include/trace/events.
trace_event_style=SPACING,OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT,COMPLEX_MACRO,MACRO_ARG_UNUSED,MACRO_ARG_REUSE,TRAILING_SEMICOLON,MULTISTATEMENT_MACRO_USE_DO_WHILE,CAMELCASE

tests=0
failed=0

# ok NAME COMMAND...: a test that passes if the command succeeds. If the command fails, the last
# lines of its output are printed.
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

# done_testing: print the plan, and return whether all tests passed.
done_testing() {
	echo "1..$tests"
	[ "$failed" -eq 0 ]
}
