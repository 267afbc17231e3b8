// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/request.h"
#include "guest/stop.h"

/* Host time. */
#define BOOT_TIMEOUT_MS	120000
#define STOP_TIMEOUT_MS	60000

static int fail(struct guest *guest, const char *doing, int error)
{
	result_error(&guest->result, "%s: %s", doing, strerror(-error));

	return error;
}

/**
 * guest_find_symbol() - address of a symbol of the guest's kernel
 * @guest: the guest
 * @name: name of the symbol
 * @addr: receives the address
 *
 * Return: 0, -ENOENT if the kernel has no symbol of that name, or another negative
 * errno.
 */
int guest_find_symbol(struct guest *guest, const char *name, uint64_t *addr)
{
	int ret;

	ret = guest_request(guest, "symbol %s", name);
	if (!ret)
		*addr = strtoull(guest->agent.text, NULL, 16);

	return ret;
}

/**
 * guest_wait_stop() - wait until the guest reaches a breakpoint, and clear it
 * @guest: a running guest
 * @addr: address of the breakpoint
 * @timeout_ms: timeout in ms, host time
 *
 * Return: 0; -ENOENT if the agent answered before the breakpoint was reached; or another
 * negative errno, recorded in the result.
 */
int guest_wait_stop(struct guest *guest, uint64_t addr, int timeout_ms)
{
	uint64_t pc;
	int ret;

	ret = gdb_wait_stop(&guest->vm.gdb, timeout_ms);
	if (!ret)
		ret = gdb_read_register(&guest->vm.gdb,
					guest->config.machine->pc_register,
					&pc);
	if (!ret)
		ret = gdb_clear_breakpoint(&guest->vm.gdb, addr);
	if (ret)
		return fail(guest, "wait for the guest at a breakpoint", ret);

	return pc == addr ? 0 : -ENOENT;
}

/**
 * guest_request_to() - send a request, and stop at an address before its answer
 * @guest: the guest
 * @addr: address in the kernel
 * @request: the request
 *
 * guest_resume() resumes the guest and waits for the answer. At each stop, QEMU advances
 * guest time to the expiry of the next timer. Two stops without a timer interrupt in
 * between, for example in an interrupt handler, advance it by years.
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int guest_request_to(struct guest *guest, uint64_t addr, const char *request)
{
	int ret;

	ret = gdb_set_breakpoint(&guest->vm.gdb, addr);
	if (ret)
		return fail(guest, "set a breakpoint", ret);
	ret = guest_begin(guest, "%s", request) ?:
	      guest_wait_stop(guest, addr, STOP_TIMEOUT_MS);
	if (ret == -ENOENT)
		fail(guest, "the guest does not reach the breakpoint", ret);

	return ret;
}

/**
 * guest_run_to() - resume a guest that has stopped, and stop at another address
 * @guest: the guest
 * @addr: address in the kernel, which must not be the present one
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int guest_run_to(struct guest *guest, uint64_t addr)
{
	int ret;

	ret = gdb_set_breakpoint(&guest->vm.gdb, addr) ?:
	      gdb_continue(&guest->vm.gdb);
	if (ret)
		return fail(guest, "resume the guest to a breakpoint", ret);
	ret = guest_wait_stop(guest, addr, STOP_TIMEOUT_MS);
	if (ret == -ENOENT)
		fail(guest, "the guest does not reach the breakpoint", ret);

	return ret;
}

/**
 * guest_resume() - resume a guest that has stopped, and wait for the answer
 * @guest: the guest
 *
 * Return: as for guest_finish().
 */
int guest_resume(struct guest *guest)
{
	int ret;

	ret = gdb_continue(&guest->vm.gdb);

	return ret ? fail(guest, "resume the guest", ret) :
	       guest_finish(guest);
}

/**
 * guest_boot_to() - boot a guest until an address in its kernel
 * @guest: from guest_prepare()
 * @addr: the address, or 0 to stop before the first instruction
 *
 * Return: 0; -ENOENT if the boot does not reach the address; or another negative errno,
 * recorded in the result.
 */
int guest_boot_to(struct guest *guest, uint64_t addr)
{
	int ret;

	ret = guest_start(guest);
	if (ret)
		return ret;
	ret = agent_prepare(&guest->agent, &guest->vm.gdb);
	if (!ret && addr)
		ret = gdb_set_breakpoint(&guest->vm.gdb, addr) ?:
		      gdb_continue(&guest->vm.gdb);
	if (ret)
		return fail(guest, "start the guest", ret);

	return !addr ? 0 : guest_wait_stop(guest, addr, BOOT_TIMEOUT_MS);
}

/**
 * guest_begin_boot() - resume a guest that has stopped during its boot
 * @guest: the guest
 *
 * guest_finish() waits for the agent.
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int guest_begin_boot(struct guest *guest)
{
	int ret;

	ret = gdb_continue(&guest->vm.gdb);
	if (ret)
		return fail(guest, "resume the guest", ret);
	result_request(&guest->result, "boot");
	guest->alive = true;

	return 0;
}

/**
 * guest_finish_boot() - resume the boot, and wait for the agent
 * @guest: the guest
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int guest_finish_boot(struct guest *guest)
{
	return guest_begin_boot(guest) ?: guest_finish(guest) ?:
	       guest_find_ports(guest);
}

/**
 * guest_reset() - reset the machine, and boot it until the agent answers
 * @guest: the guest
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int guest_reset(struct guest *guest)
{
	int ret;

	ret = qmp_command(&guest->vm.qmp, "system_reset", NULL, NULL) ?:
	      qmp_wait_event(&guest->vm.qmp, "RESET", NULL, STOP_TIMEOUT_MS);
	if (ret)
		return fail(guest, "reset the machine", ret);

	return guest_finish_boot(guest);
}

static bool is_at_doorbell(uint64_t pc)
{
	return pc >= AGENT_STOP_POINT && pc < AGENT_RESUME_POINT;
}

/*
 * If the monitor stops the machine at the moment at which the agent writes to the
 * doorbell, the stub reports only one of the two stops. The stop of the watchpoint stays
 * pending in QEMU, which aborts at the next write to the doorbell. Step to the resume
 * point, so that the stub reports the pending stop too.
 */
static int collect_doorbell_stop(struct guest *guest)
{
	struct gdbstub *gdb = &guest->vm.gdb;
	uint64_t pc;
	int ret;

	ret = gdb_read_register(gdb, guest->config.machine->pc_register, &pc);
	if (ret || !is_at_doorbell(pc))
		return ret;
	ret = gdb_set_breakpoint(gdb, AGENT_RESUME_POINT) ?:
	      gdb_continue_at(gdb, AGENT_RESUME_POINT) ?:
	      gdb_wait_stop(gdb, STOP_TIMEOUT_MS) ?:
	      gdb_clear_breakpoint(gdb, AGENT_RESUME_POINT);

	return ret ?: -EALREADY;
}

/**
 * guest_run_and_pause() - let a guest run, pause it by the monitor, and resume it
 * @guest: the guest, after guest_begin()
 * @run_ms: how long it runs in ms, host time
 * @pause_ms: how long it is paused in ms, host time
 *
 * Return: 0 if the guest has not answered yet; -EALREADY if it answered before the pause,
 * and guest_take_answer() can read the answer; or another negative errno, recorded in the
 * result.
 */
int guest_run_and_pause(struct guest *guest, int run_ms, int pause_ms)
{
	int ret;

	usleep(run_ms * 1000);
	ret = qmp_command(&guest->vm.qmp, "stop", NULL, NULL);
	if (ret)
		return fail(guest, "stop the machine", ret);
	ret = gdb_wait_stop(&guest->vm.gdb, STOP_TIMEOUT_MS);
	if (ret != -EINTR)
		return ret ? fail(guest, "stop the machine", ret) : -EALREADY;
	ret = collect_doorbell_stop(guest);
	if (ret)
		return ret == -EALREADY ? ret :
		       fail(guest, "check whether the guest has answered", ret);

	usleep(pause_ms * 1000);
	ret = gdb_continue(&guest->vm.gdb);

	return ret ? fail(guest, "resume the guest", ret) : 0;
}
