// SPDX-License-Identifier: GPL-2.0-only
/* Runs requests in parallel, each in a process of its own. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pciehp_agent.h"

#define PROCESSES_MAX	64

static struct process {
	pid_t pid;
	int out;
} processes[PROCESSES_MAX];
static int n_processes;

/* In the child: run the request, and send "ok TEXT" or "error ERRNO TEXT" to the parent. */
static void run(const char *request, int out)
{
	char words[AGENT_REQUEST_SIZE], text[256];
	struct answer answer = { .text = text, .size = sizeof(text) };

	uevent_close();
	snprintf(words, sizeof(words), "%s", request);
	request_run(words, &answer);
	if (answer.error)
		dprintf(out, "error %d %.*s", answer.error, (int)answer.len,
			text);
	else
		dprintf(out, "ok %.*s", (int)answer.len, text);
	_exit(0);
}

/**
 * process_start() - run a request in a process of its own
 * @request: the request, which must not wait for uevents
 *
 * Return: 0; -EAGAIN if PROCESSES_MAX processes run already; or another negative errno.
 */
int process_start(const char *request)
{
	struct process *process = &processes[n_processes];
	int fds[2];

	if (n_processes == PROCESSES_MAX)
		return -EAGAIN;
	if (pipe(fds))
		return -errno;
	process->pid = fork();
	if (process->pid < 0) {
		int error = errno;

		close(fds[0]);
		close(fds[1]);
		return -error;
	}
	if (!process->pid)
		run(request, fds[1]);

	close(fds[1]);
	process->out = fds[0];
	n_processes++;

	return 0;
}

/* Receive the result of a process. Return -ETIMEDOUT if it does not end in time. */
static int receive(const struct process *process, int64_t deadline_ns,
		   char *text, size_t size)
{
	ssize_t len;
	int ret;

	ret = uevent_wait_readable(process->out, deadline_ns);
	if (ret)
		return ret;
	len = read(process->out, text, size - 1);
	if (len < 0)
		return -errno;
	text[len] = '\0';

	return 0;
}

/**
 * process_join() - wait until all processes of process_start() have ended
 * @timeout_ms: timeout in ms, guest time
 * @answer: receives one line for each, in the order in which they were started
 *
 * A process that does not end in time is neither killed nor waited for again.
 *
 * Return: 0; -ETIMEDOUT if one of them does not end; or another negative errno.
 */
int process_join(int timeout_ms, struct answer *answer)
{
	int64_t deadline_ns = now_ns() + timeout_ms * NSEC_PER_MSEC;
	char text[300];
	int ret = 0, last = 0;

	for (int i = 0; i < n_processes; i++) {
		last = receive(&processes[i], deadline_ns, text, sizeof(text));
		answer_add(answer, "%s\n", last ? strerror(-last) : text);
		close(processes[i].out);
		if (last)
			ret = last;
		else
			waitpid(processes[i].pid, NULL, 0);
	}
	n_processes = 0;

	return ret;
}
