/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The protocol between the host and the agent in the guest.
 *
 * The agent keeps one mailbox at a fixed address. To deliver an answer, it writes
 * to a doorbell, which is at a fixed address too. The host has set a watchpoint
 * there, so the whole machine stops at an exact instruction. The host reads the
 * answer, acts on the stopped machine, writes the next request into the mailbox
 * and resumes the machine. Nothing reaches the guest at a moment that the host
 * chose, which keeps guest time reproducible.
 *
 * Some architectures stop before the write, and some after it. Therefore the
 * machine resumes at a third address. The instructions between the write and that
 * address have no effect.
 *
 * A breakpoint would work too. But when QEMU stops at a breakpoint, it discards
 * all code that it has translated, and needs some 25 ms of host time to translate
 * it again.
 *
 * Requests and answers are text. A request is one line of words:
 *
 *   wait ACTION[,ACTION] BDF[,BDF] SEQNUM TIMEOUT_MS
 *                               wait for PCI uevents: for each BDF and ACTION
 *                               (add, remove, bind, unbind), for the first uevent
 *                               that the kernel made after the uevent SEQNUM and
 *                               that no earlier request waited for. The answer
 *                               has one line for each that came, with the time at
 *                               which the agent received it:
 *                               "ACTION BDF TIME_NS"
 *   appears PATH TIMEOUT_MS     wait until PATH exists
 *   sleep MS                    let guest time pass
 *   quiet MS TIMEOUT_MS         wait until no PCI uevent has come for MS
 *   devices                     one line for each PCI device:
 *                               "BDF VENDOR:DEVICE DRIVER"
 *   slot-registers BDF[,BDF]    one line for each port: "BDF CAPABILITIES CONTROL
 *                               STATUS LINK-STATUS RUNTIME-STATUS POWER-CONTROL".
 *                               These are the slot's registers, Link Status, the
 *                               runtime PM status in sysfs, and Power Management
 *                               Control/Status, or 0 if the port has none
 *   slot-control BDF VALUE      write Slot Control without the driver's knowledge
 *   slot BDF                    name in /sys/bus/pci/slots of the slot whose
 *                               function 0 is BDF
 *   exists PATH                 "yes" or "no"
 *   read PATH                   the content of a file
 *   write PATH TEXT             write TEXT, which is the rest of the request
 *   write-until-error PATH      write blocks until a write fails. The answer is
 *                               "BLOCKS ERRNO": the number of blocks written, and
 *                               the error
 *   write-and-compare PATH N    write N blocks of 4 KiB, read them and compare
 *   repeat N REQUEST            run REQUEST N times, or until it fails
 *   start REQUEST               run REQUEST in a process of its own
 *   join TIMEOUT_MS             wait until all started processes have ended. The
 *                               answer has one line for each, in the order in
 *                               which they were started: "ok TEXT" or
 *                               "error ERRNO TEXT"
 *   symbol NAME                 address of a kernel symbol
 *   interrupts NAME             number of interrupts of NAME in /proc/interrupts
 *   spawn OUTPUT<TAB>PROGRAM[<TAB>ARGUMENT]...
 *                               start a program that writes its output to OUTPUT
 *   await PATH                  wait until PATH has data to read. If the program
 *                               of the last "spawn" ends first, the answer is
 *                               error ECHILD and how it ended
 *   network-up NAME TIMEOUT_MS  bring an interface up, and wait for its link
 *   ask-gateway NAME TIMES      send TIMES ARP requests to the gateway, each after
 *                               the reply to the previous one
 *   nvme-admin PATH OPCODE CDW10 CDW11
 *                               run an NVMe admin command without data
 *   log                         the kernel messages that were not fetched yet. If
 *                               the answer has AGENT_LOG_SIZE bytes or more, there
 *                               may be more of them
 *   trace                       the trace events of pciehp that were not fetched
 *                               yet, as text of trace_pipe; otherwise like "log"
 *   all REQUEST; REQUEST; ...   run all requests in order, even if some fail. The
 *                               answer has for each "ERRNO TIME_NS LENGTH", a
 *                               newline and LENGTH bytes of text
 *   irq-worker BDF CPU REQUEST; REQUEST; ...
 *                               start a process with the highest priority on CPU.
 *                               It waits for interrupts of BDF, an "edu" device of
 *                               QEMU, and runs the requests whose bits are set in
 *                               the interrupt status of the device
 *   irq-worker-ended            one line for each of these requests that has ended:
 *                               "BIT ERRNO TIMES"
 *   reboot                      reboot; the next answer is that of the next boot
 *   kexec CMDLINE               the same, into the kernel in /kernel
 *
 * The text of an answer has at most AGENT_TEXT_SIZE bytes. With "all" that is the
 * limit for each request, and a little less than AGENT_ANSWER_SIZE for the sum.
 *
 * A guest can be the host of a guest of its own, in which a second agent runs at
 * the same addresses. Both agents stop the same emulated machine by the same
 * watchpoint. The debugger sees memory in the address space of the agent that
 * stopped, so the mailbox shows which of them it is.
 *
 * An answer is "TIME_NS ok TEXT" or "TIME_NS error ERRNO TEXT". TIME_NS is
 * CLOCK_MONOTONIC when the request was answered. For "wait" it is the time at
 * which the agent received the first of the uevents.
 */
#ifndef LIBPCIEHP_UTIL_AGENT_PROTOCOL_H
#define LIBPCIEHP_UTIL_AGENT_PROTOCOL_H

#include <stdint.h>

/*
 * The doorbell has a page of its own, because QEMU emulates all accesses to a page with
 * a watchpoint on a slow path. The stop point and the point of the worker process share
 * another page. The worker process reaches its point when it has run its requests; the
 * host may set a breakpoint there. Early kernel code runs at its physical address and
 * must not overlap these addresses: x86 kernels are loaded at 16 MiB.
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

/* A parameter on the kernel's command line. PID 1 gets it as an environment variable. */
#define AGENT_NESTING_LEVEL	"agent_nesting_level"

/**
 * struct agent_mailbox - the memory that host and agent share
 * @magic: AGENT_MAGIC
 * @version: AGENT_VERSION; host and agent must match
 * @answer_len: bytes of @answer that are valid
 * @nesting_level: of the agent, see AGENT_NESTING_LEVEL; 0 in a guest, 1 in a guest in a
 *	guest
 * @now_ns: CLOCK_MONOTONIC when the agent stopped
 * @seqnum: number of the last uevent that the kernel had made by then. A uevent that
 *	results from what the host does to the stopped machine has a greater number
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
