// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "guest/agent.h"
#include "util/host_clock.h"

/*
 * Host time for one request. Guest time skips idle time, so this expires only if the
 * guest hangs.
 */
#define REQUEST_TIMEOUT_MS	120000

static const char *explain(int error)
{
	switch (error) {
	case -ETIMEDOUT:
		return "no answer in time";
	case -ESHUTDOWN:
		return "the machine went down, as it does when the guest panics";
	case -EXDEV:
		return "the agent of another nesting level answered";
	}

	return strerror(-error);
}

static int fail(struct agent *agent, const char *doing, int error)
{
	snprintf(agent->error, sizeof(agent->error), "%s: %s", doing,
		 explain(error));
	agent->failure = error;

	return -ENOLINK;
}

/* "TIME_NS ok TEXT" or "TIME_NS error ERRNO TEXT" */
static int parse_answer(struct agent *agent, uint32_t len)
{
	long long time_ns;
	int pos = 0, error = 0;

	agent->answer[len] = '\0';
	if (sscanf(agent->answer, "%lld error %d %n", &time_ns, &error,
		   &pos) != 2 || error <= 0) {
		error = 0;
		pos = 0;
		if (sscanf(agent->answer, "%lld ok%n", &time_ns, &pos) != 1 ||
		    !pos || agent->answer[pos++] != ' ')
			return fail(agent, "read the agent's answer", -EPROTO);
	}
	agent->time_ns = time_ns;
	agent->text = agent->answer + pos;
	agent->text_len = len - pos;

	return -error;
}

/* Read the fields of the mailbox before the request. */
static int read_head(struct agent *agent, struct agent_mailbox *head)
{
	int ret;

	ret = gdb_read(agent->gdb, AGENT_MAILBOX, head,
		       offsetof(struct agent_mailbox, request));
	if (!ret && (head->magic != AGENT_MAGIC ||
		     head->version != AGENT_VERSION ||
		     head->answer_len > AGENT_ANSWER_SIZE))
		ret = -EPROTO;

	return ret ? fail(agent, "read the mailbox", ret) : 0;
}

static int read_mailbox(struct agent *agent)
{
	struct agent_mailbox head;
	int ret;

	ret = read_head(agent, &head);
	if (ret)
		return ret;
	if (head.nesting_level != agent->nesting_level)
		return fail(agent, "wait for the guest", -EXDEV);
	agent->now = (struct moment){
		.ns = head.now_ns,
		.seqnum = head.seqnum,
	};

	ret = gdb_read(agent->gdb, AGENT_MAILBOX +
		       offsetof(struct agent_mailbox, answer),
		       agent->answer, head.answer_len);
	if (ret)
		return fail(agent, "read the agent's answer", ret);

	return parse_answer(agent, head.answer_len);
}

static int wait_stop(struct agent *agent, int timeout_ms)
{
	const int64_t deadline_ms = host_now_ms() + timeout_ms;
	int ret;

	do {
		ret = gdb_wait_stop(agent->gdb, deadline_ms - host_now_ms());
		if (!ret && agent->serve)
			ret = agent->serve(agent->serve_context);
	} while (ret == -EAGAIN);

	return ret;
}

static int receive_answer(struct agent *agent, int timeout_ms)
{
	int ret;

	ret = wait_stop(agent, timeout_ms);

	return ret ? fail(agent, "wait for the guest", ret) :
	       read_mailbox(agent);
}

/**
 * agent_prepare() - initialise the link to an agent that is not booted yet
 * @agent: the link
 * @gdb: debugger of its machine
 *
 * Return: 0, or -ENOLINK with @agent->error set.
 */
int agent_prepare(struct agent *agent, struct gdbstub *gdb)
{
	int ret;

	*agent = (struct agent){ .gdb = gdb, .text = agent->answer };

	ret = gdb_set_watchpoint(gdb, GDB_WRITE, AGENT_DOORBELL,
				 sizeof(uint32_t));

	return ret ? fail(agent, "watch the doorbell", ret) : 0;
}

/**
 * agent_init() - boot the machine until the agent's first answer
 * @agent: the link
 * @gdb: debugger of a machine that has not run yet
 * @timeout_ms: timeout for the boot in ms, host time
 *
 * Return: 0; -ENOLINK with @agent->error set if the guest does not boot; or another
 * negative errno if the agent could not be initialised, for example if the kernel does
 * not support uevents over netlink.
 */
int agent_init(struct agent *agent, struct gdbstub *gdb, int timeout_ms)
{
	int ret;

	ret = agent_prepare(agent, gdb);
	if (ret)
		return ret;
	ret = gdb_continue(gdb);
	if (ret)
		return fail(agent, "start the guest", ret);

	return receive_answer(agent, timeout_ms);
}

/**
 * agent_attach() - initialise the link to an agent that has stopped with an answer
 * @agent: the link
 * @gdb: debugger of its machine
 *
 * Return: as for agent_init().
 */
int agent_attach(struct agent *agent, struct gdbstub *gdb)
{
	return agent_prepare(agent, gdb) ?: read_mailbox(agent);
}

/**
 * agent_join() - initialise the link to the second agent on a machine
 * @agent: the link
 * @gdb: debugger of the machine, after agent_init() for the first agent
 * @nesting_level: nesting level of the second agent, see AGENT_NESTING_LEVEL
 */
void agent_join(struct agent *agent, struct gdbstub *gdb, unsigned int nesting_level)
{
	*agent = (struct agent){
		.gdb = gdb, .text = agent->answer, .nesting_level = nesting_level,
	};
}

static int begin(struct agent *agent, const char *fmt, va_list ap)
{
	char request[AGENT_REQUEST_SIZE];
	int ret;

	if (vsnprintf(request, sizeof(request), fmt, ap) >=
	    (int)sizeof(request))
		return fail(agent, "make a request", -EMSGSIZE);

	ret = gdb_write(agent->gdb, AGENT_MAILBOX +
			offsetof(struct agent_mailbox, request),
			request, strlen(request) + 1);
	if (ret)
		return fail(agent, "write the mailbox", ret);

	ret = gdb_continue_at(agent->gdb, AGENT_RESUME_POINT);

	return ret ? fail(agent, "resume the guest", ret) : 0;
}

/**
 * agent_begin() - send a request and resume the machine
 * @agent: the link
 * @fmt: the request, as for printf()
 *
 * Return: 0, or -ENOLINK with @agent->error set.
 */
int agent_begin(struct agent *agent, const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = begin(agent, fmt, ap);
	va_end(ap);

	return ret;
}

/**
 * agent_finish() - wait for the answer to a request
 * @agent: the link, after agent_begin()
 *
 * The machine has stopped when this returns.
 *
 * Return: 0, or the error of the request as a negative errno, both with @agent->text and
 * @agent->time_ns set; or -ENOLINK with @agent->error set if there is no answer in time,
 * or QEMU has ended.
 */
int agent_finish(struct agent *agent)
{
	return receive_answer(agent, REQUEST_TIMEOUT_MS);
}

/**
 * agent_wait_any() - wait until any agent of the machine stops with an answer
 * @agent: the link to one of them
 * @timeout_ms: timeout in ms, host time
 * @nesting_level: receives the nesting level of the agent that stopped;
 *	agent_take_answer() reads its answer
 *
 * Return: 0, or -ENOLINK with @agent->error set.
 */
int agent_wait_any(struct agent *agent, int timeout_ms, unsigned int *nesting_level)
{
	struct agent_mailbox head;
	int ret;

	ret = gdb_wait_stop(agent->gdb, timeout_ms);
	if (ret)
		return fail(agent, "wait for the guest", ret);
	ret = read_head(agent, &head);
	*nesting_level = head.nesting_level;

	return ret;
}

/**
 * agent_take_answer() - read the answer of an agent that has stopped
 * @agent: the link
 *
 * Return: as for agent_finish().
 */
int agent_take_answer(struct agent *agent)
{
	return read_mailbox(agent);
}

/**
 * agent_request() - send a request and wait for the answer
 * @agent: the link
 * @fmt: the request, as for printf()
 *
 * Return: as for agent_finish().
 */
int agent_request(struct agent *agent, const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = begin(agent, fmt, ap);
	va_end(ap);

	return ret ?: agent_finish(agent);
}
