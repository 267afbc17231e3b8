# SPDX-License-Identifier: GPL-2.0-only
# bench-samples.awk NAME.timeline NAME.bus: print the durations in a case, one a line: what, and
# ns of guest time, or "never" if the log has the begin but not the end.
#
#	boot		per slot: the driver's accesses to its registers before the first request
#	bound		request to add a card, until its driver is bound
#	deleted		request to remove a card, until the write of Slot Control at which QEMU
#			removes it and queues DEVICE_DELETED
#	command		write of Slot Control, until the driver acknowledges Command Completed
#	interrupt	interrupt of the port, until the driver acknowledges its events
#
# What QEMU logs has times in ns, for every kernel. The kernel's messages have them in us.
BEGIN { FS = "[ ,]" }

# The offset of the kernel's clock to that of the machine.
/;pciehp_agent: ready/ && match($0, /[0-9]+ ns by the machine/) {
	offset = substr($0, RSTART) - $3 * 1000
}
/;pciehp_agent: bind/ { bind[++binds] = $3 * 1000 + offset }
FILENAME !~ /\.bus$/ { next }

function took(what, since) {
	printf "%s\t%.0f\n", what, $1 - since
}

function never(what, n) {
	while (n-- > 0)
		print what "\tnever"
}

$3 == "request" && $4 == "device_add" { add[++adds] = $1 }
$3 == "request" && $4 == "device_del" { removal = $1; removals++ }
$4 == "Slot" && !adds && !removals {
	if (!($2 in first))
		first[$2] = $1
	last[$2] = $1
}
$3 == "interrupt" && !($2 in interrupt) { interrupt[$2] = $1 }

# The power controller and the power indicator are off: hex digits 4 and 3.
$3 == "write" && $5 == "Control" {
	if (removals && $6 ~ /[7f]..$/) {
		took("deleted", removal)
		removals--
	}
	never("command", $2 in command)
	command[$2] = $1
}

# Until the driver has its interrupt, it clears events that nothing has signalled.
$3 == "write" && $5 == "Status" {
	if ($2 in interrupt)
		took("interrupt", interrupt[$2])
	delete interrupt[$2]
	if (!($2 in command) || $6 !~ /[13579bdf].$/)
		next
	took("command", command[$2])
	delete command[$2]
}

END {
	for (slot in first) {
		$1 = last[slot]
		took("boot", first[slot])
	}
	for (i = 1; adds && i <= binds; i++) {
		for (j = adds; j > 1 && add[j] > bind[i]; j--)
			;
		$1 = bind[i]
		took("bound", add[j])
	}
	never("bound", adds - binds)
	never("deleted", removals)
	for (slot in command)
		never("command", 1)
	for (slot in interrupt)
		never("interrupt", 1)
}
