// SPDX-License-Identifier: GPL-2.0-only
/* What is written of QEMU's log of the bus. No guest is needed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../../kselftest_harness.h"

#include "qemu/bus_log.h"
#include "qemu/vm.h"

/* The guest finds the PCI Express Capability of the port at 0x90, and Power Management at 0xe0. */
#define WALK								\
	"1 pci_cfg_read ioh3420 00:08.0 @0x34 -> 0x90\n"		\
	"2 pci_cfg_read ioh3420 00:08.0 @0x90 -> 0xe010\n"		\
	"3 pci_cfg_read ioh3420 00:08.0 @0xe0 -> 0x1\n"

#define ITS_WRITE							\
	"gicv3_its_translation_write GICv3 ITS TRANSLATER write: "	\
	"offset 0x40 data 0x0 size 4 requester_id "

FIXTURE(bus_log)
{
	struct vm vm;
	struct port port;
	char *text;
};

FIXTURE_SETUP(bus_log)
{
	self->vm = VM_NONE;
	self->vm.bus_log = memfd_create("bus log", MFD_CLOEXEC);
	ASSERT_GE(self->vm.bus_log, 0);
	snprintf(self->port.bdf, sizeof(self->port.bdf), "0000:00:08.0");
	self->text = NULL;
}

FIXTURE_TEARDOWN(bus_log)
{
	close(self->vm.bus_log);
	free(self->text);
}

/* What is written of @log. */
static const char *written(struct vm *vm, struct port *port, char **text,
			   const char *log)
{
	size_t size;
	FILE *out;

	dprintf(vm->bus_log, "%s", log);
	out = open_memstream(text, &size);
	bus_log_write(vm->boot_bus_log, vm->bus_log, port, 1, out);
	fclose(out);

	return *text;
}

TEST_F(bus_log, command_and_its_interrupt)
{
	EXPECT_STREQ("7 0000:00:08.0 write Slot Control 0x17f1\n"
		     "7 0000:00:08.0 interrupt 0\n"
		     "8 0000:00:08.0 read Slot Status 0x0010\n"
		     "9 0000:00:08.0 write Slot Status 0x0010\n",
		     written(&self->vm, &self->port, &self->text, WALK
			     "7 pci_cfg_write ioh3420 00:08.0 @0xa8 <- 0x17f1\n"
			     "7 " ITS_WRITE "0x40\n"
			     "8 pci_cfg_read ioh3420 00:08.0 @0xaa -> 0x10\n"
			     "9 pci_cfg_write ioh3420 00:08.0 @0xaa <- 0x10\n"));
}

TEST_F(bus_log, power_state)
{
	EXPECT_STREQ("4 0000:00:08.0 write Power Management Control/Status 0x0003\n",
		     written(&self->vm, &self->port, &self->text, WALK
			     "4 pci_cfg_write ioh3420 00:08.0 @0xe4 <- 0x3\n"));
}

TEST_F(bus_log, reset_by_a_bridge_above)
{
	EXPECT_STREQ("1 0000:00:01.0 bus reset begins\n"
		     "3 0000:00:01.0 bus reset ends\n",
		     written(&self->vm, &self->port, &self->text,
			     "1 pci_cfg_write x3130 00:01.0 @0x3e <- 0x42\n"
			     "2 pci_cfg_write x3130 00:01.0 @0x3e <- 0x42\n"
			     "3 pci_cfg_write x3130 00:01.0 @0x3e <- 0x2\n"
			     "4 pci_cfg_write x3130 00:01.0 @0x3e <- 0x2\n"));
}

TEST_F(bus_log, requests_that_act_on_a_slot)
{
	EXPECT_STREQ("5 - request device_add {\"execute\": \"device_add\"}\n",
		     written(&self->vm, &self->port, &self->text,
			     "4 handle_qmp_command mon 0x1 req: {\"execute\": \"query-pci\"}\n"
			     "5 handle_qmp_command mon 0x1 req: {\"execute\": \"device_add\"}\n"));
}

TEST_F(bus_log, nothing_of_other_devices)
{
	EXPECT_STREQ("", written(&self->vm, &self->port, &self->text, WALK
				 "4 pci_cfg_write e1000e 01:00.0 @0xa8 <- 0x17f1\n"
				 "5 " ITS_WRITE "0x100\n"));
}

TEST_F(bus_log, nothing_that_the_debugger_reads)
{
	EXPECT_STREQ("7 0000:00:08.0 read Slot Status 0x0010\n",
		     written(&self->vm, &self->port, &self->text, WALK
			     "4 vm_state_notify running 0 reason 0 (debug)\n"
			     "5 pci_cfg_read ioh3420 00:08.0 @0xaa -> 0x10\n"
			     "6 vm_state_notify running 1 reason 9 (running)\n"
			     "7 pci_cfg_read ioh3420 00:08.0 @0xaa -> 0x10\n"));
}

TEST_F(bus_log, boot_that_was_saved)
{
	self->vm.boot_bus_log = memfd_create("boot", MFD_CLOEXEC);
	ASSERT_GE(self->vm.boot_bus_log, 0);
	dprintf(self->vm.boot_bus_log, WALK);
	EXPECT_STREQ("4 0000:00:08.0 write Slot Control 0x0010\n",
		     written(&self->vm, &self->port, &self->text,
			     "4 pci_cfg_write ioh3420 00:08.0 @0xa8 <- 0x10\n"));
	close(self->vm.boot_bus_log);
}

TEST_F(bus_log, lines_without_a_time_do_not_count)
{
	EXPECT_STREQ("", written(&self->vm, &self->port, &self->text,
				 WALK "pci_cfg_write ioh3420 00:08.0 @0xa8 <- 0x10\n"));
}

TEST_HARNESS_MAIN
