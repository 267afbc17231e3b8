// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each worker is a child that reads the number of a job from a socket, and answers with a
 * line of JSON. It and its machine end with the parent: see lib/util/environment.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workers.h"

#include "util/interruption.h"

#define WORKERS_MAX	64

struct worker {
	pid_t pid;
	FILE *in;
	size_t job;
	bool busy;
};

static void serve(const struct work *work, int fd)
{
	FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");
	json_t *result;
	size_t job;

	if (!in || !out)
		_exit(1);

	/* the parent handles an interruption */
	signal(SIGINT, SIG_IGN);
	while (fscanf(in, "%zu", &job) == 1) {
		result = work->run(work->context, job);
		if (json_dumpf(result ?: json_null(), out,
			       JSON_COMPACT | JSON_ENCODE_ANY) ||
		    fputc('\n', out) == EOF || fflush(out))
			_exit(1);
		json_decref(result);
	}
	_exit(0);
}

static int start(const struct work *work, struct worker *worker)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return -errno;
	worker->pid = fork();
	if (!worker->pid) {
		close(fds[0]);
		serve(work, fds[1]);
	}
	close(fds[1]);
	worker->in = fdopen(fds[0], "r");
	worker->busy = false;
	if (worker->pid < 0 || !worker->in)
		return -ENOMEM;

	return 0;
}

static void end(struct worker *worker)
{
	if (worker->pid > 0) {
		kill(worker->pid, SIGKILL);
		waitpid(worker->pid, NULL, 0);
	}
	if (worker->in)
		fclose(worker->in);
	*worker = (struct worker){ .pid = 0 };
}

/* Returns the first wanted job from @next on, or the number of jobs. */
static size_t find_job(const struct work *work, size_t next)
{
	while (next < work->n && !work->wanted(work->context, next))
		next++;

	return next;
}

static int assign(struct worker *worker, size_t job)
{
	worker->job = job;
	worker->busy = true;

	return dprintf(fileno(worker->in), "%zu\n", job) < 0 ? -EPIPE : 0;
}

/* A worker that has died is replaced. Its job has no result. */
static bool collect(const struct work *work, struct worker *worker, int *error)
{
	char *line = NULL;
	size_t size = 0;
	json_t *result;
	bool more;

	if (getline(&line, &size, worker->in) > 0) {
		result = json_loads(line, JSON_DECODE_ANY, NULL);
		worker->busy = false;
	} else {
		result = NULL;
		end(worker);
		*error = start(work, worker);
	}
	free(line);
	more = work->done(work->context, worker->job, result);
	json_decref(result);

	return more;
}

static int wait_for_one(struct worker *workers, unsigned int n)
{
	struct pollfd fds[WORKERS_MAX];

	for (unsigned int i = 0; i < n; i++)
		fds[i] = (struct pollfd){
			.fd = workers[i].busy ? fileno(workers[i].in) : -1,
			.events = POLLIN,
		};
	if (poll(fds, n, -1) < 0)
		return -errno;
	for (unsigned int i = 0; i < n; i++) {
		if (fds[i].revents)
			return i;
	}

	return -EINTR;
}

/**
 * workers_run() - do all jobs
 * @work: the jobs
 *
 * Return: 0, also if @work->done has ended the work; -EINTR if a signal has; or another
 * negative errno.
 */
int workers_run(const struct work *work)
{
	struct worker workers[WORKERS_MAX] = { };
	unsigned int n = work->parallel, busy = 0;
	size_t next = 0;
	bool more = true;
	int ret = 0, which;

	if (n > WORKERS_MAX)
		n = WORKERS_MAX;
	if (n > work->n)
		n = work->n;
	interruption_catch();
	/* writing to a worker that has died must not end this process */
	signal(SIGPIPE, SIG_IGN);
	for (unsigned int i = 0; !ret && i < n; i++)
		ret = start(work, &workers[i]);

	while (!ret && more && !interruption_noted()) {
		for (unsigned int i = 0; !ret && i < n; i++) {
			if (workers[i].busy)
				continue;
			next = find_job(work, next);
			if (next == work->n)
				continue;
			ret = assign(&workers[i], next++);
			busy++;
		}
		if (ret || !busy)
			break;
		which = wait_for_one(workers, n);
		if (which == -EINTR)
			continue;
		if (which < 0) {
			ret = which;
			break;
		}
		busy--;
		more = collect(work, &workers[which], &ret);
	}
	for (unsigned int i = 0; i < n; i++)
		end(&workers[i]);

	return interruption_noted() ? -EINTR : ret;
}
