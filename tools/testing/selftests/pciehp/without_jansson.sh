#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What is run when the tests could not be built.
echo 'TAP version 13'
echo '1..0 # SKIP built without jansson: install libjansson-dev and pkg-config, and build again'
exit 4
