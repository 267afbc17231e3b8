/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the host and the agent in the guest agree on.
 *
 * The agent keeps one mailbox at a fixed address. When it has an answer, it
 * writes to a doorbell, at an address likewise fixed. The host has set a
 * watchpoint there, so the whole machine halts at an exact instruction; the
 * host reads the answer, acts on the stopped machine, writes the next request
 * into the mailbox and lets the machine run. Nothing ever reaches the guest at
 * a moment that the host chose, which keeps guest time reproducible.
 *
 * Some architectures stop before they write, and some after. So the machine resumes
 * at a third address, with no instruction of effect between the write and it.
 *
 * A breakpoint would do as well, but QEMU throws away all code that it has translated
 * as it stops at one, and takes some 25 ms of host time to translate it again.
 *
 * Requests and answers are text. A request is one line of words:
 *
 *   wait ACTION[,ACTION] BDF[,BDF] SEQNUM TIMEOUT_MS
 *                               for each BDF, the first PCI uevents ACTION (add,
 *                               remove, bind, unbind) that the kernel made after
 *                               the uevent SEQNUM, and that have not been waited
 *                               for; the answer names those that came and when
 *                               the agent received them: "ACTION BDF TIME_NS",
 *                               one a line
 *   appears PATH TIMEOUT_MS     until the path exists
 *   sleep MS                    let guest time pass
 *   quiet MS TIMEOUT_MS         until no PCI uevent has come for MS
 *   devices                     "BDF VENDOR:DEVICE DRIVER" per PCI device
 *   slot-registers BDF[,BDF]    "BDF CAPABILITIES CONTROL STATUS LINK-STATUS
 *                               RUNTIME-STATUS POWER-CONTROL" of each port, one a
 *                               line: the slot's registers and Link Status, what
 *                               the kernel says of the port's runtime power
 *                               management, Power Management Control/Status or 0
 *   slot-control BDF VALUE      write Slot Control, past the kernel's back
 *   slot BDF                    name in /sys/bus/pci/slots of the slot whose
 *                               first function is BDF
 *   exists PATH                 "yes" or "no"
 *   read PATH                   a file's text
 *   write PATH TEXT             TEXT up to the end of the request
 *   write-until-error PATH      how many blocks were written before that, and
 *                               the error: "BLOCKS ERRNO"
 *   write-and-compare PATH N    write N blocks of 4 KiB, read them and compare
 *   repeat N REQUEST            until one fails
 *   start REQUEST               in a process of its own
 *   join TIMEOUT_MS             until all processes have ended; "ok TEXT" or
 *                               "error ERRNO TEXT" for each, one a line, in the
 *                               order in which they were started
 *   symbol NAME                 address of a kernel symbol
 *   interrupts NAME             how many the kernel counted, by /proc/interrupts
 *   spawn OUTPUT<TAB>PROGRAM[<TAB>ARGUMENT]...
 *                               start a program, whose output goes to OUTPUT
 *   await PATH                  until PATH has something to read; error ECHILD,
 *                               and how, when the program that was started last
 *                               ended
 *   network-up NAME TIMEOUT_MS  bring an interface up, and wait for its link
 *   ask-gateway NAME TIMES      send that many ARP requests to the gateway, each
 *                               after the answer to the one before
 *   nvme-admin PATH OPCODE CDW10 CDW11
 *                               an admin command of NVMe without data
 *   log                         kernel messages not yet fetched; there may be
 *                               more if AGENT_LOG_SIZE bytes came
 *   trace                       likewise pciehp's trace events, the text of
 *                               trace_pipe
 *   all REQUEST; REQUEST; ...   one after the other, whatever becomes of each;
 *                               "ERRNO TIME_NS LENGTH", a new line and LENGTH
 *                               bytes of text for each
 *   irq-worker BDF CPU REQUEST; REQUEST; ...
 *                               a process of the highest priority waits for the
 *                               interrupts of BDF, an "edu" of QEMU's, and runs
 *                               on CPU the requests whose bits are set in its
 *                               interrupt status
 *   irq-worker-ended               "BIT ERRNO TIMES" of each that has ended, one a line
 *   reboot                      the next answer is that of the boot
 *   kexec CMDLINE               likewise, into the kernel in /kernel
 *
 * The text of an answer has up to AGENT_TEXT_SIZE bytes, or with "all" up to that
 * for each request in it, and AGENT_ANSWER_SIZE less a few for the whole.
 *
 * A guest can be a host itself, whose guest has an agent too, at the same addresses.
 * Both stop the one machine that there is, at one breakpoint. Whose stop it is the
 * mailbox tells, as the debugger sees memory as the agent does that has stopped.
 *
 * An answer is "TIME_NS ok TEXT" or "TIME_NS error ERRNO TEXT". TIME_NS is
 * CLOCK_MONOTONIC when the request was answered; "wait" answers with the time
 * at which its first uevent was received.
 */
#ifndef LIBPCIEHP_UTIL_AGENT_PROTOCOL_H
#define LIBPCIEHP_UTIL_AGENT_PROTOCOL_H

#include <stdint.h>

/*
 * The doorbell has a page of its own, as the emulator leaves its fast path in a page in
 * which it watches something. So has the stop point, which the worker process shares:
 * it reaches its own with what it was asked for done, and the host may set a
 * breakpoint there. No early kernel code, which runs at its physical address, may ever
 * be there: x86 kernels are loaded at 16 MiB.
 */
#define AGENT_STOP_POINT	0x60000000
#define AGENT_RESUME_POINT	0x60000020
#define AGENT_IRQ_WORKER_POINT	0x60000040
#define AGENT_MAILBOX		0x60010000
#define AGENT_DOORBELL		0x60030000

#define AGENT_MAGIC		0x70636965
#define AGENT_VERSION		9
#define AGENT_REQUEST_SIZE	4096
#define AGENT_ANSWER_SIZE	65536
#define AGENT_TEXT_SIZE		16320
#define AGENT_LOG_SIZE		12288

/* On the kernel's command line, which hands it to PID 1 as an environment variable. */
#define AGENT_NESTING_LEVEL		"agent_nesting_level"

/**
 * struct agent_mailbox - the memory that host and agent share
 * @magic: AGENT_MAGIC
 * @version: AGENT_VERSION; host and agent must match
 * @answer_len: bytes of @answer that are valid
 * @nesting_level: of the agent, see AGENT_NESTING_LEVEL; 0 for that of a guest, 1 for that of a guest
 *	in a guest
 * @now_ns: CLOCK_MONOTONIC as the agent stopped
 * @seqnum: the number of the last uevent that the kernel had made by then; what comes of
 *	anything that the host does to the stopped machine has a greater one
 * @request: from host to agent, NUL terminated
 * @answer: from agent to host
 */
struct agent_mailbox {
	uint32_t magic;
	uint32_t version;
	uint32_t answer_len;
	uint32_t nesting_level;
	int64_t now_ns;
	uint64_t seqnum;
	char request[AGENT_REQUEST_SIZE];
	char answer[AGENT_ANSWER_SIZE];
};

#endif /* LIBPCIEHP_UTIL_AGENT_PROTOCOL_H */
