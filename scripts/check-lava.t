#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Does LAVA accept our job, and does it run the bundle's cases? Check the job by LAVA's own
# schemas. If there is a bundle in out/bundle/, start a LAVA server, a dispatcher and a device,
# submit the job, and compare the results with those of the bundle here. All of it runs over a copy
# of this system, without network, and is gone afterwards. Not part of make check.
#
# From the environment:
#	SELECT	the IDs of the cases to run, a regular expression
#	NO_KVM	1 if unset: the machine that LAVA boots is emulated
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tap.sh"

work=$root/out/check/lava
schemas=
for packages in /usr/lib/python3/dist-packages "$cache/lava/$(. /etc/os-release && echo "${VERSION_CODENAME:-none}")/usr/lib/python3/dist-packages"; do
	[ ! -d "$packages/lava_common" ] || schemas=$packages
done

# valid JOB: LAVA's schemas accept the job and its test definition.
valid() {
	PYTHONPATH=$schemas PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 - "$1" <<-'END'
		import sys, yaml
		from lava_common import schemas
		from lava_common.schemas.test import testdef
		with open(sys.argv[1]) as file:
		    job = yaml.safe_load(file)
		schemas.validate(job, strict=True)
		for action in job["actions"]:
		    for definition in action.get("test", {}).get("definitions", []):
		        testdef.validate(definition["repository"])
	END
}

# refused EXPRESSION: LAVA's schemas do not accept the job if it is changed by the sed expression.
refused() {
	sed "$1" "$root/labs/lava/job.yaml" >"$work/broken.yaml"
	! cmp -s "$root/labs/lava/job.yaml" "$work/broken.yaml" || { echo "$1 changes nothing" && return 1; }
	! valid "$work/broken.yaml"
}

# reported COMMAND...: run the bundle's script with commands in place of those of LAVA, which print
# their arguments.
reported() {
	mkdir -p "$work/stubs"
	for name in lava-test-case lava-test-raise; do
		printf '#!/bin/sh\necho "%s $*"\n' $name >"$work/stubs/$name"
		chmod +x "$work/stubs/$name"
	done
	rm -rf "$work/results"
	env "PATH=$work/stubs:$PATH" "PCIEHP_RESULTS=$work/results" "$@" "$work/pciehp-bundle/lava" || :
}

unknown_without_qemu() {
	reported QEMU=/nonexistent PCIEHP_SELECT="$select" >"$work/said"
	cat "$work/said"
	[ "$(grep -c 'lava-test-case .* --result unknown' "$work/said")" -gt 0 ] &&
		! grep 'lava-test-case .* pass' "$work/said" && grep -q 'lava-test-raise .* have no result' "$work/said"
}

nothing_selected() {
	reported PCIEHP_SELECT=no_such_case | grep 'lava-test-raise no case'
}

# cut_log: results of which a line is missing are not unpacked.
cut_log() {
	reported PCIEHP_SELECT='^arm64/series/empty_slot\.boot$' >"$work/log" &&
		sed '0,/pciehp-results/{/pciehp-results/d}' "$work/log" >"$work/cut-log" || return
	"$root/scripts/lava-results" "$work/unpacked" "$work/log" || return
	! "$root/scripts/lava-results" "$work/unpacked" "$work/cut-log"
}

# ran SELECT: the job ran on LAVA, and is complete.
ran() {
	rm -rf "$work/lab"
	BUNDLE=$archive SELECT=$1 NO_KVM=${NO_KVM:-1} "$root/scripts/lava" &&
		"$root/scripts/in-lava" "$work/lab" "$root/scripts/lava-lab" "$root/out/lava/job.yaml" "$work/lab/out" || return
	rm -rf "$work/out"
	mv "$work/lab/out" "$work/out"
	rm -rf "$work/lab"
	cat "$work/out/health"
	grep -q Complete "$work/out/health"
}

# results: print the name and result of each case of the bundle in LAVA's results.
results() {
	awk '
		$1 == "name:" { name = $2 }
		$1 == "result:" { result = $2 }
		$1 == "suite:" && $2 ~ /pciehp$/ { print name, result }' "$work/out/results.yaml" | sort
}

# all_passed SELECT: LAVA has a result for each of these cases, and each is a pass.
all_passed() {
	"$work/pciehp-bundle/run" --list | grep -E "$1" | tr / . | sed 's/$/ pass/' | sort >"$work/wanted"
	[ -s "$work/wanted" ] && results | diff "$work/wanted" -
}

# same_as_here: the results in the log are those of the same cases run here, but for times.
same_as_here() {
	rm -rf "$work/from-lava" "$work/here"
	"$root/scripts/lava-results" "$work/from-lava" "$work/out/log.yaml" || return
	# shellcheck disable=SC2046 # one word each
	"$work/pciehp-bundle/run" -o "$work/here" $("$work/pciehp-bundle/run" --list | grep -E "$1") || return
	for dir in here from-lava; do
		(cd "$work/$dir" && find . -path '*/results/*' -name '*.json' -exec jq -c '[.kernel, .case, .verdict, .steps, .bundle]' {} +) |
			sort >"$work/$dir.list"
	done
	[ -s "$work/here.list" ] && diff "$work/here.list" "$work/from-lava.list"
}

nothing_left() {
	! grep "$work" /proc/mounts && ! pgrep -f "$work/lab|postgresql/pciehp-lava"
}

mkdir -p "$work"
if [ "$schemas" ]; then
	ok 'LAVA accepts labs/lava/job.yaml' valid "$root/labs/lava/job.yaml"
	for change in 's/device_type:/devicetype:/' 's/to: tmpfs/to: nowhere/' 's/format: cpio.newc/format: cpio/' \
		's/^    hours: 12/    hours: 10/' 's/no_kvm:/no_kwm:/' 's/path: \/$/paths: \//' 's/format: Lava-Test/format: Test/'; do
		ok "and does not after $change" refused "$change"
	done
else
	tests=$((tests + 1))
	echo "ok $tests - LAVA accepts labs/lava/job.yaml # SKIP there is no lava_common: install the Debian package lava-common"
fi

archive=${BUNDLE:-$root/out/bundle/pciehp-bundle.tar.xz}
select=${SELECT:-'^arm64/series/hotplug\.virtio_net_pci\.hot_add$'}
if [ -f "$archive" ]; then
	tar -C "$work" -xf "$archive"
	ok 'without QEMU, each case is unknown, and the job incomplete' unknown_without_qemu
	ok 'a pattern that no case matches makes the job incomplete' nothing_selected
	ok 'results in a log of which a line is missing are refused' cut_log
fi

why=
[ "$(id -u)" -eq 0 ] || why='this needs root'
[ -f "$archive" ] || why="there is no $archive: run make bundle"
if [ "$why" ]; then
	tests=$((tests + 1))
	echo "ok $tests - the job runs on a LAVA server # SKIP $why"
else
	ok 'the job runs on a LAVA server and a dispatcher, and is complete' ran "$select"
	ok 'each case is a result of the job, and passes' all_passed "$select"
	ok 'the results in its log are those of the same cases here' same_as_here "$select"
	ok 'nothing is left of the server' nothing_left
fi
done_testing
