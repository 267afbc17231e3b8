# SPDX-License-Identifier: GPL-2.0-only
# The entry point for users. "make help" lists a goal if its line ends in "## ..."

BASE ?= newest
ARCH ?= arm64
VARIANT ?= series
KDIR ?=
SET ?=
SUITE ?=
FLAVOUR ?=
export ARCH BASE VARIANT KDIR SET SUITE FLAVOUR

.PHONY: help setup fetch patches-fit variant clean reproduce reproduce-distro vfio repeat \
	determinism soak scale bench matrix check series tree refresh apply check-series check-sanitizers \
	check-kunit check-sets coverage cost explore bisect bisect-step measured report watch \
	mutants bundle merge check-ci-files lava check-lava

help:			## list the goals
	@awk -F ':.*## ' -v bases="$$(awk '/^[^#]/ && !/old$$/ { print $$1 }' scripts/bases | paste -s -d '|')" \
		'/^[a-z-]+:.*## / { sub("BASES", bases, $$2); printf "%-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

reproduce:		## compare today's kernel with and without the series (BASE=, KDIR= or KERNEL=)
	@scripts/setup && scripts/reproduce

reproduce-distro:		## run the same cases on a kernel of Debian (ARCH=arm64|x86_64, or SUITE= and FLAVOUR=; SUITE= alone lists them)
	@scripts/setup && scripts/reproduce-distro

vfio:			## run cases in the report's own setup: a VFIO virtual function and a KVM guest (BASE=, KDIR=, KERNEL=, CASES= a pattern, NETWORK=1)
	@scripts/setup && scripts/vfio

report:			## make out/report/index.html, a page that shows the results in out/
	@scripts/setup report && scripts/report

repeat:			## run the core cases N=20 times under load (MODES= virtual, realtime)
	@scripts/setup && scripts/repeat

determinism:		## compare the guest times of N=20 runs under load (CASES= a pattern)
	@scripts/setup && scripts/determinism

soak:			## add and remove CYCLES=10000 cards
	@scripts/setup && scripts/soak

explore:			## stop the driver at each of its calls, and perform an operation there (FULL=1, PROVE=1, REPLAY=, ENGINE=slurm)
	@scripts/setup $${ENGINE:+bundle "$$ENGINE"} && scripts/explore

scale:			## measure what 1 to 128 slots cost
	@scripts/setup && scripts/scale

bench:			## measure latencies by kernel, port, interrupt and slots, and host times beside QEMU's own test (N=2, ROUNDS=3)
	@scripts/setup bench && scripts/bench

matrix:			## run all cases on all machines (ARCHS= arm64, x86_64, riscv64; QEMUS= 7.2, 10.0, newest; ENGINE= slurm, parallel; HOSTS=)
	@ARCHS="$${ARCHS:-arm64 x86_64}" scripts/setup $${ENGINE:+bundle "$$ENGINE"} && scripts/matrix

bundle:			## write out/bundle/pciehp-bundle.tar.xz: make matrix for other machines, which need only QEMU (ARCHS=)
	@ARCHS="$${ARCHS:-arm64 x86_64}" scripts/setup bundle && scripts/bundle >/dev/null

lava:			## write out/lava/: a LAVA job that runs cases of the bundle, with all that it downloads (URL=, SHARD=K/N, SELECT=, NO_KVM=1)
	@ARCHS="$${ARCHS:-arm64 x86_64}" scripts/setup bundle && scripts/lava >/dev/null

check-lava:		## run that job on a LAVA server, which is started for it (SELECT=)
	@scripts/setup lava && prove --verbose --exec sh scripts/check-lava.t

check-ci-files:		## check the workflows in labs/ for other CI systems, and run their tests
	@scripts/setup && prove --verbose --exec sh scripts/check-ci-files.t

merge:			## join what ./run of a bundle has written to DIRS='a b' into out/merged/, with a page
	@scripts/setup report && scripts/merge

bisect-step:		## build the commit that is checked out in KDIR=, and run CASES= on it
	@scripts/setup && scripts/bisect-step

bisect:			## find the commit of KDIR= that breaks CASES=, between GOOD= and BAD=
	@scripts/setup && scripts/bisect

watch:			## apply the patches of SERIES= (an mbox) to KDIR=, run cases on each commit, and write an answer (CASES= a pattern)
	@scripts/setup && scripts/watch

check:			## run all checks and tests
	@scripts/setup check && scripts/check

check-sets:		## check that each set of the series fixes exactly the cases that it claims (FULL=1: all cases)
	@scripts/setup && prove --verbose --exec sh scripts/check-sets.t

check-kunit:		## run the KUnit suite on the series and on each defect (FULL=1: on all bases)
	@scripts/setup && scripts/check-kunit.t

coverage:		## measure which lines and branches of the driver KUnit, the cases and the explorer run (CASES= a pattern, SECONDS_MAX= for the explorer)
	@scripts/setup coverage && scripts/coverage

mutants:		## change the driver in many small ways, and list the changes that no test notices (SAMPLE=40, CASES= a pattern, JOBS=2)
	@scripts/setup check && scripts/mutants

check-series:		## build and check every commit with W=1, sparse and Coccinelle (ARCHS= arm64, x86_64)
	@scripts/setup check && scripts/check-builds

cost:			## measure what the series costs: instructions of an interrupt, bytes of text
	@scripts/setup && scripts/cost

check-sanitizers:		## run cases on kernels with KASAN, UBSAN, lockdep and KCSAN (CASES= a pattern)
	@scripts/setup && scripts/check-sanitizers

series:				## write mails to out/series/, signed off by you (BASE=BASES|v4.20 or your KDIR=, SET=, MERGED=, VERSION=2, ASSISTED_BY=)
	@scripts/setup mail && scripts/export-series '$(BASE)'

tree:			## make out/tree/BASE, the kernel BASE with a commit for each patch, for edits
	@scripts/setup && scripts/tree "$$BASE"

refresh:		## write the commits of out/tree/BASE back to patches/
	@scripts/refresh "$$BASE"

apply:			## put the series on a new branch of your KDIR=/path/to/linux (SET= that set and those before it, MERGED=, ASSISTED_BY=)
	@scripts/apply "$$KDIR"

measured:		## run what scripts/measurements lists, and write MEASURED.md (ROWS= names of rows)
	@scripts/setup check && scripts/measured

setup:			## install what all goals need; each goal installs what it needs itself
	@scripts/setup check

fetch:			## download the kernel BASE=BASES to the cache
	@scripts/fetch-base "$$BASE"

patches-fit:		## check that all patches apply to BASE
	@tree=$$(scripts/fetch-base "$$BASE") && scripts/patches-fit "$$tree"

variant:			## build VARIANT=stock|runtime-pm|series|regressed of BASE, or of your KDIR=/path/to/linux
	@scripts/setup && { [ "$$KDIR" ] || { TREE=$$(scripts/fetch-base "$$BASE") && export TREE; }; } && scripts/build-variant

clean:			## remove out/, but not the cache
	@scripts/clean
