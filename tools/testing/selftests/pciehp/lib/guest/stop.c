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
 * @name: of the symbol
 * @addr: receives the address
 *
 * Return: 0, -ENOENT when the kernel has none of that name, or another negative
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
 * guest_wait_stop() - wait until the guest reaches a breakpoint, once
 * @guest: a running guest
 * @addr: where gdb_set_breakpoint() has set one, which is taken away again
 * @timeout_ms: how long it may take, host time
 *
 * Return: 0; -ENOENT when the agent answered before, in which case there is
 * nothing to go on; or another negative errno, recorded in the result.
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
 * guest_request_to() - make a request, and stop on the way to its answer
 * @guest: the guest
 * @addr: where in the kernel
 * @request: the request
 *
 * guest_resume() lets it come to its answer. QEMU leaps to the next timer's time at
 * each stop: two in a row without a timer interrupt in between, as in a handler,
 * end years later.
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
 * guest_run_to() - from a stop in the kernel to the next one
 * @guest: the guest
 * @addr: where in the kernel, other than where it is
 *
 * Return: 0 or a negative errno, recorded in the result.
 */
int guest_run_to(struct guest *guest, uint64_t addr)
{
	int ret;

	ret = gdb_set_breakpoint(&guest->vm.gdb, addr) ?:
	      gdb_continue(&guest->vm.gdb);
	if (ret)
		return fail(guest, "let the guest go on to a breakpoint", ret);
	ret = guest_wait_stop(guest, addr, STOP_TIMEOUT_MS);
	if (ret == -ENOENT)
		fail(guest, "the guest does not reach the breakpoint", ret);

	return ret;
}

/**
 * guest_resume() - from a stop in the kernel to the answer of the request
 * @guest: the guest
 *
 * Return: as guest_finish().
 */
int guest_resume(struct guest *guest)
{
	int ret;

	ret = gdb_continue(&guest->vm.gdb);

	return ret ? fail(guest, "let the guest go on", ret) :
	       guest_finish(guest);
}

/**
 * guest_boot_to() - boot a guest up to a place in its kernel
 * @guest: from guest_prepare()
 * @addr: the place, or 0 for the state before the first instruction
 *
 * Return: 0; -ENOENT when the boot does not reach there; or another negative
 * errno, recorded in the result.
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
 * guest_begin_boot() - let a guest that has stopped in its boot go on with it
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
		return fail(guest, "let the guest go on", ret);
	result_request(&guest->result, "boot");
	guest->alive = true;

	return 0;
}

/**
 * guest_finish_boot() - from a stop in the boot up to the agent
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
 * guest_reset() - press the machine's reset button, and boot up to the agent
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
 * When the monitor stops the machine just as the agent rings the doorbell, the stub
 * tells of the one stop only. But QEMU remembers the other, and ends when it rings
 * again: have it tell of that, too, at the next instruction.
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
 * guest_run_and_pause() - let a guest run a little, stop it by the monitor for a
 * while, and let it go on
 * @guest: the guest, after guest_begin()
 * @run_ms: how long it runs, host time
 * @pause_ms: how long it is stopped, host time
 *
 * Return: 0 if its answer is still to come; -EALREADY when it was there before
 * the stop, to be had by guest_take_answer(); or another negative errno, recorded
 * in the result.
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
		       fail(guest, "look whether the guest has answered", ret);

	usleep(pause_ms * 1000);
	ret = gdb_continue(&guest->vm.gdb);

	return ret ? fail(guest, "let the guest go on", ret) : 0;
}
