# SPDX-License-Identifier: GPL-2.0-only
# Makes bench.json of the samples (run, kernel, case, verdict, what, ns) and the host times.

def table: split("\n") | map(select(. != "") | split("\t"));

# What the name of a case says about its machine.
def machine:
	split(".") as [$fixture, $variant]
	| { clock: (if $fixture == "realtime" then "host" else "virtual" end), slots: 1, interrupt: "msi" }
	+ if $fixture == "slots" then { port: "xio3130", slots: ($variant | tonumber) }
	  elif $fixture == "machine" or $fixture == "realtime" then
		$variant
		| capture("^(?<port>ioh3420|pcie_root_port|xio3130)_?(?<interrupt>.*)_[0-9]+cpu$")
		| if .interrupt == "" then .interrupt = (if .port == "pcie_root_port" then "msix" else "msi" end) else . end
	  else error("bench.jq: no machine is known for the fixture \($fixture)") end;

def rank($p): .[($p * length | ceil) - 1];
def spread:
	sort
	| if length == 0 then { n: 0 } else {
		n: length, min: .[0], p5: rank(0.05),
		median: ((.[(length - 1) / 2 | floor] + .[length / 2 | floor]) / 2),
		p95: rank(0.95), max: .[-1] } end;

def all: ["boot", "bound", "deleted", "command", "interrupt"];

($samples | table | map({ run: .[0], kernel: .[1], case: .[2], verdict: .[3], what: .[4], value: .[5] })) as $rows
| ($peer | table | map({ what: .[0], ms: (.[1] | tonumber) })) as $host
| [$rows[] | select(.what | IN(all[])) | . + (.case | machine)] as $samples
| ["peer", "peer, card gone", "cold", "warm", "cold, the peer's kernel"] as $commands
| {
	command: $run[0].command, commit: $run[0].commit, start: $run[0].start,
	groups: ($samples | group_by([.what, .clock, .slots, .port, .interrupt, .kernel]) | map(
		(.[0] | { what, clock, slots, port, interrupt, kernel })
		+ { never: map(select(.value == "never")) | length }
		+ (map(select(.value != "never") | .value | tonumber) | spread))),
	kernels: [$run[0].kernels[].kernel],
	skipped: ($rows | map(select(.what == "skipped") | { kernel, case, why: .value }) | unique),
	missing: (($rows | group_by([.run, .kernel, .case]) | map(
			(.[0] | "\(.kernel) \(.case), run \(.run): ") + (
			(map(select(.what == "missing") | .value)[]),
			# A case that is ok has waited for its cards, so the log must have them.
			(map(select(.verdict == "ok" and .value == "never" and (.what | IN("bound", "deleted"))) | .what) | unique[]
				| "the verdict is ok, but no end of \"\(.)\" is in the log"),
			(map(.what) | select(any(IN("missing", "skipped")) | not) | ["boot", "bound", "command"] - . | select(. != [])
				| "no time for \(join(", "))"))))
		+ ($commands - ($host | map(.what)) | map("host time of \(.)"))),
	host: ($commands | map(. as $what | { what: $what } + ($host | map(select(.what == $what) | .ms) | spread))),
}
# Each round runs the peer and all others, so times of the same round are compared.
| ($host | map(select(.what == "peer") | .ms)) as $peers
| .host |= map(. as $row | .ratio = ([$host[] | select(.what == $row.what) | .ms] as $own
	| [range([$own, $peers] | map(length) | min) | $peers[.] / $own[.]] | spread))
| .status = (if .missing != [] then 1
	elif (.host[] | select(.what == "warm") | .ratio.median) < 10 then 3
	else 0 end)
