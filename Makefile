# SPDX-License-Identifier: GPL-2.0-only
# The one entry point. A goal is listed by "make help" if its line ends in "## ..."

BASE ?= newest
ARCH ?= arm64
VARIANT ?= series
KDIR ?=
export ARCH BASE VARIANT KDIR

.PHONY: help setup fetch patches-fit variant clean

help:			## list the goals
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

reproduce: setup	## watch the reported bug happen, and not happen with the fix (BASE=, KDIR= or KERNEL=)
	@scripts/reproduce

reproduce-distro: setup	## the same cases on the arm64 kernel of this Debian release
	@guest=$$(scripts/fetch-distro-kernel) && eval "export $$guest" && scripts/reproduce

repeat: setup		## run the core cases N=20 times under load
	@scripts/repeat

check: setup		## run all checks and tests
	@scripts/check

series:			## write out/series/ to be mailed, signed off by you (BASE=v4.20|newest|6.12|6.1)
	@scripts/export-series '$(BASE)'

setup:			## install what is missing (Debian packages)
	@scripts/setup

fetch:			## get the kernel BASE=newest|6.12|6.1 into the cache
	@scripts/fetch-base "$$BASE"

patches-fit:		## check that all patches apply to BASE
	@tree=$$(scripts/fetch-base "$$BASE") && scripts/patches-fit "$$tree"

variant: setup		## build VARIANT=stock|series|regressed of BASE, or of your KDIR=/path/to/linux
	@[ "$$KDIR" ] || { TREE=$$(scripts/fetch-base "$$BASE") && export TREE; } && scripts/build-variant

clean:			## remove out/, but not the caches
	rm -rf out
