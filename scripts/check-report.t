#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Does make report show what is in out/, on a phone and on a desktop? The page is made from a few
# results that this test writes, and from those of make reproduce, if there are any.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tap.sh"

scratch "$(mktemp -d)"
# Chromium and gnuplot write there.
export HOME="$tmp" TMPDIR="$tmp"

# case_of KERNEL VERDICT MS ACKNOWLEDGED: write what a run leaves of a hot-add. If ACKNOWLEDGED is
# not empty, the driver clears Command Completed, and the port sends an interrupt for the card.
case_of() {
	name=$tmp/out/reproduce/$1.hotplug.virtio_net_pci.hot_add
	{
		echo '96000000 0000:00:08.0 write Slot Control 0x17f1'
		echo '96000000 0000:00:08.0 interrupt 0'
		[ -z "$4" ] || echo '96002000 0000:00:08.0 write Slot Status 0x0010'
		echo '222000000 - request device_add {"execute": "device_add"}'
		[ -z "$4" ] || echo '222000000 0000:00:08.0 interrupt 0'
		[ -z "$4" ] || echo '222009000 0000:00:08.0 write Slot Status 0x0009'
	} >"$name.bus"
	{
		echo 'boot: ok at 167309312 ns, stopped at 167348384 ns'
		echo "13,152,168460,-;pciehp_agent: ready, 0 modules loaded, 167289936 ns since boot, 221583504 ns by the machine's clock"
		[ -z "$4" ] || echo '13,153,1282534,-;pciehp_agent: add 0000:01:00.0'
	} >"$name.timeline"
	echo '[    0.000000] Linux version 7.3.4 (x)' >"$tmp/out/reproduce/console-$1.hotplug.virtio_net_pci.hot_add.log"
	jq -n --arg kernel "$1" --arg verdict "$2" --argjson ms "$3" '{
		kernel: $kernel, case: "hotplug.virtio_net_pci.hot_add", program: "hotplug_test",
		verdict: $verdict, latency_ms: $ms, as_expected: true, booted: true, timeouts: [], image: "/x",
		steps: (if $ms > 0 then [{ step: "hot-add", from_ns: 0, to_ns: ($ms * 1000000) }] else [] end),
		problems: (if $verdict == "ok" then [] else ["hot-add is lost: <&> not seen"] end) }'
}

mkdir -p "$tmp/out/reproduce" "$tmp/out/explore/series-7.3-arm64" "$tmp/out/scale" "$tmp/out/bench" "$tmp/out/cost" \
	"$tmp/out/coverage" "$tmp/out/mutants" "$tmp/empty"
{ case_of regressed LOST 0 '' && case_of stock ok 1114.0 yes && case_of series ok 1107.7 yes; } |
	jq -s . >"$tmp/out/reproduce/results.json"
jq -n '{ start: "2026-01-01T00:00:00Z", command: "make reproduce", commit: "abc", host_cpus: 2,
	kernels: [{ kernel: "regressed", qemu: "QEMU 7.2" }] }' >"$tmp/out/reproduce/run.json"
cat >"$tmp/out/explore/series-7.3-arm64/results.jsonl" <<'END'
{"kernel":{}}
{"id":"root.add/surprise_removal@pciehp_ist+0x10#1","verdict":"clean"}
{"id":"root.add/surprise_removal@pciehp_ist+0x20#1","verdict":"violation"}
{"id":"root.add/surprise_removal@pciehp_isr+0#1","verdict":"inapplicable"}
END
echo 'pciehp_poll+0 pciehp_hpc.c:1 ret' >"$tmp/out/explore/series-7.3-arm64/never-reached.txt"
printf '1\t100\t100\t1114\t1114\t60\n8\t300\t40\t1114\t1200\t70\n' >"$tmp/out/scale/scale.tsv"
jq -n '{ kernels: ["stock", "series"],
	groups: [{ what: "bound", kernel: "stock", n: 3, min: 110e6, median: 120e6, max: 130e6 },
		{ what: "bound", kernel: "series", n: 2, min: 110e6, median: 120e6, max: 130e6 },
		{ what: "command", kernel: "series", n: 0, never: 2 }],
	host: [{ what: "peer", n: 0 },
		{ what: "warm", n: 3, min: 900, median: 1000, max: 1100, ratio: { median: 40 } }] }' \
	>"$tmp/out/bench/bench.json"
printf '%-44s %8s %8s %8s\n' 'instructions, vector to return' 1000 1010 '1.00 %' \
	'bytes of text, pciehp' 100 200 100 >"$tmp/out/cost/table"
echo '{ "functions": [{ "file": "a.c", "function": "pciehp_isr", "lines": 10, "lines_hit": 9,
	"branches": 4, "branches_hit": 2, "by": { "kunit": 9, "kselftest": 8, "explore": 7 } }] }' \
	>"$tmp/out/coverage/coverage.json"
echo '[{ "id": "1", "file": "a.c", "line": 3, "rule": "negate", "state": "survived" },
	{ "id": "2", "file": "a.c", "line": 4, "rule": "negate", "state": "killed" }]' \
	>"$tmp/out/mutants/mutants.json"

# made DIR: the page of the results in DIR is made.
made() {
	OUT=$1 "$root/scripts/report" && [ "$(wc -c <"$1/report/index.html")" -lt 1000000 ]
}

# has EXPRESSION: an XPath expression is true for the page.
has() {
	answer=$(xmllint --html --xpath "$1" "$page" 2>/dev/null) && echo "$answer" && [ "$answer" = true ]
}

# xmllint knows the elements of HTML 4 only.
is_well_formed() {
	[ -s "$page" ] || return
	errors=$(xmllint --html --noout "$page" 2>&1 | grep ' error : ' | grep -v 'Tag [a-z]* invalid') || return 0
	echo "$errors"
	return 1
}

is_self_contained() {
	[ -s "$page" ] || return
	! grep -oE '<script|src=|@import|url\(|<link [^>]*' "$page" | grep -v 'rel="icon" href="data:,"'
}

# links_lead_somewhere: each relative link is to a file that exists.
links_lead_somewhere() {
	links=$(xmllint --html --xpath '//a/@href' "$page" 2>/dev/null | sed -n 's/.*"\(\.\.\/.*\)"/\1/p' | sort -u)
	[ "$links" ] || return
	for link in $links; do
		[ -e "${page%/*}/$link" ] || { echo "$link does not exist" && return 1; }
	done
}

# fits WIDTH: in a frame of that width, nothing is cut off, and the browser reports no error. A
# frame, because a window of Chromium has at least 500 pixels.
fits() {
	sed 's|</body>|<script>addEventListener("load", () => parent.postMessage("width " + innerWidth + " content " + document.documentElement.scrollWidth, "*"));</script></body>|' \
		"$page" >"$tmp/out/report/framed.html"
	cat >"$tmp/out/report/shown.html" <<-END
		<!DOCTYPE html><script>addEventListener("message", event => { document.documentElement.title = event.data; });</script>
		<iframe src="framed.html" style="border: 0; width: $1px; height: 900px"></iframe>
	END
	chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --enable-logging=stderr \
		"--user-data-dir=$tmp/chromium" "--window-size=1600,1000" --virtual-time-budget=2000 \
		--dump-dom "file://$tmp/out/report/shown.html" >"$tmp/dom" 2>"$tmp/errors" || return
	grep -o '<html [^>]*' "$tmp/dom"
	grep CONSOLE "$tmp/errors" && return 1
	grep -q "title=\"width $1 content $1\"" "$tmp/dom"
}

# checks WHAT DIR: make the page of the results in DIR, $page, and check what holds for each page.
checks() {
	page=$2/report/index.html
	ok "the page of $1 is made" made "$2"
	ok 'it is well-formed' is_well_formed
	ok 'it needs no other file, no network and no script' is_self_contained
	ok 'its links lead to files' links_lead_somewhere
	mkdir -p "$tmp/out/report"
	for width in 390 1440; do
		ok "it fits into $width pixels, without an error of the browser" fits $width
	done
}

checks 'a few results' "$tmp/out"
in_time() {
	start=$(date +%s)
	made "$tmp/out"
	[ $(($(date +%s) - start)) -le 10 ]
}
ok 'it is made in 10 s' in_time
ok 'the first picture shows the ignored interrupt and the missing one' has \
	'count(//figure[@id="picture"]//*[local-name()="text"][.="ignored"]) = 1 and count(//figure[@id="picture"]//*[local-name()="text"][.="none"]) = 1'
ok 'and the uevent of the kernel that sees the card' has \
	'count(//figure[@id="picture"]//*[local-name()="text"][.="add"]) = 1'
ok 'the time line has the three kernels' has \
	'count(//section[@id="timelines"]//figure[1]//*[local-name()="rect"][@class="p"]) = 3'
ok 'the figures of the first screen are those of the results' has \
	'//ul[@class="tiles"]/li[1]//b = "1 of 1" and //ul[@class="tiles"]/li[2]//b = "1 of 1" and //ul[@class="tiles"]/li[4]//b = "+1.00 %"'
ok 'each verdict leads to its console' has \
	'count(//table[@class="verdicts"]//td/a[contains(@href, "console-")]) = 3 and //td[@class="bad"]/a = "LOST"'
ok 'each case has the command that runs it again' has \
	'contains(//table[@class="verdicts"]//th/details, "out/selftest/hotplug_test -r hotplug.virtio_net_pci.hot_add")'
ok 'text is escaped' has 'contains(//section[@id="timelines"], "<&> not seen")'
ok 'the map has the points by their state' has \
	'count(//ul[@class="map"]//i[@class="s"]) = 1 and count(//ul[@class="map"]//i[@class="x"]) = 1 and count(//ul[@class="map"]//i[@class="t"]) = 1 and count(//ul[@class="map"]//i[@class="n"]) = 1'
ok 'the three charts are there' has 'count(//section[@id="charts"]//*[local-name()="svg"]) = 3'
ok 'the benchmark shows the machines and host times that were measured' has \
	'contains(//section[@id="charts"], "2 lines: each is a model") and count(//table[@id="host-times"]//tr) = 2 and normalize-space(//table[@id="host-times"]//td[5]) = "40.0"'
ok 'coverage and mutants are there' has \
	'contains(//section[@id="coverage"], "90 % of 10 lines") and contains(//section[@id="coverage"], "50 % of 4 branches") and contains(//section[@id="coverage"]//li, "a.c:3")'
ok 'what was measured, on what, and when is there' has \
	'//table[@class="sources"]//td[1] = "2026-01-01T00:00:00Z" and contains(//table[@class="sources"], "7.3.4") and contains(//table[@class="sources"], "QEMU 7.2")'
ok 'nothing is said to be missing but the matrix' has 'count(//p[@class="missing"]) = 1'

echo '{' >"$tmp/out/coverage/coverage.json"
broken() {
	said=$(OUT=$tmp/out "$root/scripts/report" 2>&1) && echo "$said" | grep 'cannot use .*coverage.json'
}
ok 'a file that cannot be read is told, and left out' broken
no_results() {
	page=$tmp/empty/report/index.html
	made "$tmp/empty" && has 'count(//p[@class="missing"]) >= 7 and contains(//header, "make reproduce")'
}
ok 'without results, the page says how to make them' no_results

if [ -e "$root/out/reproduce/results.json" ]; then
	checks 'make reproduce' "$root/out"
fi
done_testing
