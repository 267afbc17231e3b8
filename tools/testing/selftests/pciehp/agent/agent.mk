# SPDX-License-Identifier: GPL-2.0-only
#
# The agent, as an initramfs that contains only /init.

GUEST_CFLAGS := -std=gnu11 -O2 -Wall -Wextra -Wno-unused-parameter
GUEST_CFLAGS += -D_GNU_SOURCE -Ilib

# Fixed addresses for the agent protocol, so that the host needs no symbols.
address = $(shell sed -n 's/^\#define AGENT_$(1)[[:space:]]*//p' \
	lib/util/agent_protocol.h)
GUEST_LDFLAGS := -static -s
GUEST_LDFLAGS += -Wl,--section-start=.stop_point=$(call address,STOP_POINT)
GUEST_LDFLAGS += -Wl,--section-start=.irq_worker_point=$(call address,IRQ_WORKER_POINT)
GUEST_LDFLAGS += -Wl,--section-start=.mailbox=$(call address,MAILBOX)
GUEST_LDFLAGS += -Wl,--section-start=.doorbell=$(call address,DOORBELL)

GUEST_SRC := $(wildcard agent/*.c) lib/util/cpio.c
GUEST_CPIOS := $(GUEST_BUILT:%=$(OUTPUT)/pciehp_agent-%.cpio)

$(GUEST_CPIOS): $(OUTPUT)/pciehp_agent-%.cpio: $(GUEST_SRC) $(wildcard agent/*.h) \
		$(wildcard lib/util/*.h)
	@mkdir -p $(OUTPUT)/initramfs/$*
	$(call guest_cc,$*) $(GUEST_CFLAGS) -fno-pie $(GUEST_LDFLAGS) \
		$(GUEST_SRC) -o $(OUTPUT)/initramfs/$*/init
	cd $(OUTPUT)/initramfs/$* && echo init | \
		cpio --quiet -o -H newc -R 0:0 --reproducible > $@.tmp
	mv $@.tmp $@
