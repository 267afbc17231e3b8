#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Can the workflows in labs/ be copied? Check them by the schemas of GitHub Actions and GitLab CI,
# and run the test of each with a bundle, if out/bundle/ has one. The validators are packages of
# npm, which are kept in the cache. Not part of make check.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tap.sh"

labs=$root/labs
packages='@action-validator/core@0.6.0 @action-validator/cli@0.6.0 gitlab-ci-local@4.55.0'
tools=$cache/npm/$(id_of "$packages" scripts/check-ci-files.t)

# skip_all WHY: end, with all tests skipped.
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

command -v npm >/dev/null || skip_all 'there is no npm: install the Debian package npm'
scratch "$(mktemp -d)"
if [ ! -d "$tools" ]; then
	cache_dir "$cache/npm"
	mkdir "$tmp/npm"
	echo '{}' >"$tmp/npm/package.json"
	# shellcheck disable=SC2086 # one word each
	(cd "$tmp/npm" && npm install --no-audit --no-fund --ignore-scripts --loglevel=error $packages) >"$tmp/log" 2>&1 ||
		skip_all "npm cannot install $packages: $(grep -m 1 'npm ' "$tmp/log")"
	mv -T "$tmp/npm" "$tools"
fi

# action_valid FILE: it has the schema of a workflow of GitHub Actions.
action_valid() {
	"$tools/node_modules/.bin/action-validator" "$1"
}

# gitlab COMMAND...: run gitlab-ci-local in a repository that has only the file gitlab-ci.yml.
gitlab() {
	(cd "$tmp/gitlab" && "$tools/node_modules/.bin/gitlab-ci-local" --home "$tmp" --file gitlab-ci.yml "$@")
}

# gitlab_valid FILE: it has the schema of GitLab CI, and GitLab would run its jobs.
gitlab_valid() {
	rm -rf "$tmp/gitlab" && git init -q "$tmp/gitlab" &&
		cp "$1" "$tmp/gitlab/gitlab-ci.yml" || return
	gitlab --list >"$tmp/list" 2>&1
	listed=$?
	cat "$tmp/list"
	[ $listed -eq 0 ] && grep -q '^pciehp-qemu ' "$tmp/list" && grep -q '^pciehp-kernel ' "$tmp/list"
}

# refused CHECK FILE EXPRESSION: CHECK fails when FILE is changed by the sed expression.
refused() {
	sed "$3" "$2" >"$tmp/broken.yml"
	! cmp -s "$2" "$tmp/broken.yml" || { echo "$3 changes nothing" && return 1; }
	! "$1" "$tmp/broken.yml" || { echo "accepted after $3" && return 1; }
}

no_address() {
	! grep -nE '[a-z]+://|[a-z0-9-]+\.(com|io|org|net|dev)\b' "$1"
}

ok 'github-actions.yml has the schema of GitHub Actions' action_valid "$labs/github-actions.yml"
for change in 's/runs-on:/runs_on:/' 's/^jobs:/job:/' 's/timeout-minutes: 60/timeout-minutes: soon/' 's/^on:/when:/'; do
	ok "and the validator notices $change" refused action_valid "$labs/github-actions.yml" "$change"
done
ok 'gitlab-ci.yml has the schema of GitLab CI' gitlab_valid "$labs/gitlab-ci.yml"
for change in 's/^  stage: test/  staged: test/' 's/extends: .pciehp/extends: .other/' 's/- build-qemu/- built-qemu/' 's/junit:/junits:/'; do
	ok "and the validator notices $change" refused gitlab_valid "$labs/gitlab-ci.yml" "$change"
done
for file in github-actions.yml gitlab-ci.yml; do
	ok "$file names no address" no_address "$labs/$file"
done

# steps JOB: print the commands of that job of github-actions.yml that fetch the bundle and run it.
steps() {
	python3 - "$labs/github-actions.yml" "$1" <<-'END'
		import shlex, sys, yaml
		with open(sys.argv[1]) as file:
		    steps = yaml.safe_load(file)["jobs"][sys.argv[2]]["steps"]
		for step in steps:
		    if step.get("name", "").split(" ")[0] in ("Fetch", "Test"):
		        for name, value in step.get("env", {}).items():
		            print(f"export {name}={shlex.quote(value)}")
		        print(step["run"])
	END
}

# fewer: let a job run two cases only.
fewer() {
	sed 's/^export CASES=.*//; s/^ *CASES: .*/    CASES: "hotplug.virtio*"/'
}

# has_junit DIR FAILURES: results.xml has two cases, and that number of failures.
has_junit() {
	grep -o '<testsuite [^>]*' "$1/results.xml"
	[ "$(grep -c '<testcase ' "$1/results.xml")" -eq 2 ] && [ "$(grep -c '<failure' "$1/results.xml")" -eq "$2" ]
}

# image_of KERNEL: print the path of the bundle's first image of that kernel.
image_of() {
	sed -n "s|.*'$1=\(images/[^,]*\),.*|$bundle/\1|p" "$bundle/lanes" | head -n 1
}

# put_products DIR: put there what the jobs build.
put_products() {
	mkdir -p "$1/arch/arm64/boot" "$1/build" &&
		cp "$kernel" "$1/arch/arm64/boot/Image" &&
		ln -s "$(command -v qemu-system-aarch64)" "$1/build/qemu-system-aarch64"
}

# github JOB KERNEL FAILURES: run the steps of the job with that kernel of the bundle. It fails if
# there are failures.
github() {
	kernel=$(image_of "$2")
	dir=$tmp/github-$1-$2
	mkdir "$dir" && put_products "$dir" && steps "$1" | fewer >"$dir/steps" || return
	status=0
	(cd "$dir" && CASES='hotplug.virtio*' bash -e steps) || status=$?
	[ $((status > 0)) -eq $(($3 > 0)) ] && has_junit "$dir/pciehp-results" "$3"
}

# gitlab_job JOB KERNEL FAILURES: the same, by gitlab-ci-local. A job without an image runs here.
gitlab_job() {
	kernel=$(image_of "$2")
	rm -rf "$tmp/gitlab" && git init -q "$tmp/gitlab" && put_products "$tmp/gitlab" &&
		awk -v job="$1" '
			/^[a-z.]/ { in_job = $0 == job ":"; name = $0 }
			/^    - build-/ || /^  needs:/ { next }
			/^ *(CASES|image):/ { next }
			{ print }
			in_job && /^  variables:/ { print "    CASES: hotplug.virtio*" }' "$labs/gitlab-ci.yml" >"$tmp/gitlab/gitlab-ci.yml" &&
		git -C "$tmp/gitlab" add . && git -C "$tmp/gitlab" commit -qm x || return
	status=0
	gitlab --variable "PCIEHP_BUNDLE_URL=$PCIEHP_BUNDLE_URL" "$1" || status=$?
	[ $((status > 0)) -eq $(($3 > 0)) ] && has_junit "$tmp/gitlab/pciehp-results" "$3"
}

archive=${BUNDLE:-$root/out/bundle/pciehp-bundle.tar.xz}
if [ ! -f "$archive" ]; then
	tests=$((tests + 1))
	echo "ok $tests - the jobs run # SKIP there is no $archive: run make bundle"
else
	export PCIEHP_BUNDLE_URL="file://$archive"
	tar -C "$tmp" -xf "$archive"
	bundle=$tmp/pciehp-bundle
	ok 'GitHub: the job qemu passes with the QEMU of this system' github qemu series 0
	ok 'GitHub: the job kernel passes with a kernel that has the series' github kernel series 0
	ok 'GitHub: it fails with a kernel that has the bug of 2018' github kernel slot-ctrl-cached-late 2
	ok 'GitLab: the job pciehp-qemu passes with the QEMU of this system' gitlab_job pciehp-qemu series 0
	ok 'GitLab: the job pciehp-kernel fails with a kernel that has the bug of 2018' gitlab_job pciehp-kernel slot-ctrl-cached-late 2
fi
done_testing
