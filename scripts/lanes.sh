# shellcheck shell=sh disable=SC2153,SC2154
# SPDX-License-Identifier: GPL-2.0-only
# The runs that make matrix consists of. Sourced after cases.sh.

# lanes: call lane NAME JOBS_PER_CPU OPTION PATTERN KERNEL... for each run, with the arguments of
# pciehp_run, after it was built. JOBS_PER_CPU and OPTION may be empty. Before the kernels of an
# architecture of $ARCHS, call use ARCH. The script that sources this has both functions.
lanes() {
	for arch in $ARCHS; do
		use "$arch"
		series=$(kernel series)
		lane "$arch" '' '' "$virtual" "$series"
		# These cases wait most of the time.
		lane "$arch-realtime" 4 '' 'realtime.*' "$series"
	done

	use arm64
	kernels=
	for variant in stock $(regressions); do
		kernels="$kernels $(kernel "$variant")"
	done
	# shellcheck disable=SC2086 # one word a kernel
	lane regressions '' -n '!(vfio*)' $kernels

	export CONFIG=rt
	series=$(kernel series)
	lane arm64-rt '' '' "$preempt_rt" "$series"
	stock=$(kernel stock)
	lane arm64-rt-stock '' '' "$core" "$stock"
	unset CONFIG
}
