# SPDX-License-Identifier: GPL-2.0-only
# Prints bench.json as a table: cells are separated by tabs.

def digits($n): . * pow(10; $n) | round / pow(10; $n) | tostring;
def unit: if IN("bound", "deleted") then { name: "ms", ns: 1e6 } else { name: "us", ns: 1e3 } end;
def cell($unit):
	if . == null then "-"
	else
		(if .n == 0 then []
		 elif .min == .max then ["\(.median / $unit.ns | digits(1)) all \(.n)"]
		 else ["\(.median / $unit.ns | digits(1)) [\(.min / $unit.ns | digits(1)) \(.max / $unit.ns | digits(1))] \(.n)"] end)
		+ (if .never > 0 then ["\(.never) never"] else [] end) | join(", ")
	end;
def seconds: . / 1000 | digits(2);

. as $bench
| (
	"Guest times: median [minimum maximum] samples; \"all 9\": all 9 samples are the same, to the ns.",
	(["what", "clock", "slots", "port", "interrupt"] + .kernels | @tsv),
	(["boot", "bound", "deleted", "command", "interrupt"][] as $what
	| $what | unit as $unit
	| [$bench.groups[] | select(.what == $what)] | group_by([.clock, .slots, .port, .interrupt])
	| sort_by([.[0].clock == "host", .[0].slots, .[0].port, .[0].interrupt])[]
	| . as $row
	| [$what + " " + $unit.name, .[0].clock, .[0].slots, .[0].port, .[0].interrupt]
	+ [$bench.kernels[] as $k | [$row[] | select(.kernel == $k)] | first | cell($unit)] | @tsv),
	"",
	"Host time of a hot-add and a hot-remove, in turns with the peer:",
	(["", "rounds", "median s", "min s", "max s", "peer / this", "min", "max"] | @tsv),
	(.host[] | select(.n > 0) | [.what, .n, (.median, .min, .max | seconds),
		(.ratio | if .n > 0 then (.median, .min, .max | digits(1)) else "-" end)] | @tsv),
	"",
	(.skipped | group_by(.why)[] | "\(.[0].why): \(map(.case) | unique | join(", "))"),
	(.missing[] | "FAILURE: " + .),
	(.host[] | select(.what == "warm" and .ratio.n > 0)
		| "A hot-add and a hot-remove are \(.ratio.median | digits(1)) times as fast as in the peer.")
)
