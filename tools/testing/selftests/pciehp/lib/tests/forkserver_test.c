// SPDX-License-Identifier: GPL-2.0-only
/* The fork server, tested with a shell instead of QEMU. No guest is needed. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../kselftest_harness.h"

#include "qemu/forkserver.h"
#include "util/host_clock.h"

/* Host time for a process to end. */
#define END_MS	10000

FIXTURE(forkserver)
{
	int errors;
	char output[256];
};

FIXTURE_SETUP(forkserver)
{
	self->errors = memfd_create("errors", MFD_CLOEXEC);
	ASSERT_LE(0, self->errors);
	/* forkserver_use() has no effect if it is set */
	unsetenv("LD_PRELOAD");
	forkserver_use();
}

FIXTURE_TEARDOWN(forkserver)
{
	close(self->errors);
}

/* Start a copy of a program without arguments. */
static pid_t begin_program(FIXTURE_DATA(forkserver) *self, char *program)
{
	return forkserver_fork((char *[]){ program, NULL }, (int[]){ -1 },
			       self->errors);
}

static pid_t begin(FIXTURE_DATA(forkserver) *self, const char *script,
		   const int *fds)
{
	return forkserver_fork((char *[]){ "sh", "-c", (char *)script, NULL },
			       fds, self->errors);
}

/* Run a script, and store its output. Return its exit status, or -1 if it did not run. */
static int run(FIXTURE_DATA(forkserver) *self, const char *script)
{
	pid_t pid = begin(self, script, (int[]){ -1 });
	ssize_t len;
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	len = pread(self->errors, self->output, sizeof(self->output) - 1, 0);
	self->output[len > 0 ? len : 0] = '\0';

	return WEXITSTATUS(status);
}

TEST_F(forkserver, each_copy_does_what_it_is_told)
{
	ASSERT_EQ(3, run(self, "echo one; exit 3"));
	EXPECT_STREQ("one\n", self->output);
	ASSERT_EQ(5, run(self, "echo two >&2; exit 5"));
	EXPECT_STREQ("one\ntwo\n", self->output);
}

/* QEMU may run programs. */
TEST_F(forkserver, programs_of_a_copy_are_not_preloaded)
{
	ASSERT_EQ(0, run(self,
			 "env | grep -E '^(LD_PRELOAD|LD_BIND_NOW|PCIEHP_FORKSERVER)='; echo end"));
	EXPECT_STREQ("end\n", self->output);
}

TEST_F(forkserver, parent_of_copy_is_us)
{
	char pid[16];

	ASSERT_EQ(0, run(self, "echo $PPID"));
	snprintf(pid, sizeof(pid), "%d\n", getpid());
	EXPECT_STREQ(pid, self->output);
}

/* The descriptors have the right numbers, whatever the order in which they are passed. */
TEST_F(forkserver, copy_inherits_descriptors)
{
	int pipes[2][2], fds[] = { -1, -1, -1 };
	char script[64], text[2][8] = {};
	pid_t pid;

	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, pipe2(pipes[i], O_CLOEXEC));
		fds[1 - i] = pipes[i][1];
	}
	snprintf(script, sizeof(script), "echo a >&%d; echo b >&%d",
		 pipes[0][1], pipes[1][1]);
	pid = begin(self, script, fds);
	ASSERT_LT(0, pid);
	for (int i = 0; i < 2; i++) {
		close(pipes[i][1]);
		EXPECT_EQ(2, read(pipes[i][0], text[i], sizeof(text[i])));
		/* end of file: the server has closed its copy */
		EXPECT_EQ(0, read(pipes[i][0], text[i] + 2, 1));
		close(pipes[i][0]);
	}
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_STREQ("a\n", text[0]);
	EXPECT_STREQ("b\n", text[1]);
}

/* Has a process ended? It may be a zombie that its new parent has not reaped yet. */
static bool has_ended(pid_t pid)
{
	char path[32], line[256] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return true;
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);

	return !line[0] || strstr(line, ") Z ");
}

TEST_F(forkserver, copy_ends_with_its_parent)
{
	int64_t deadline_ms;
	int fds[2], status;
	char script[64];
	pid_t parent, pid;

	ASSERT_EQ(0, pipe2(fds, O_CLOEXEC));
	snprintf(script, sizeof(script), "echo up >&%d; exec sleep 60", fds[1]);
	parent = fork();
	ASSERT_LE(0, parent);
	if (!parent) {
		char up[4];

		pid = begin(self, script, (int[]){ fds[1], -1 });
		if (pid < 0 || read(fds[0], up, 3) != 3)
			_exit(1);
		_exit(write(fds[1], &pid, sizeof(pid)) != sizeof(pid));
	}
	close(fds[1]);
	ASSERT_EQ(parent, waitpid(parent, &status, 0));
	ASSERT_EQ(0, status);
	ASSERT_EQ((ssize_t)sizeof(pid), read(fds[0], &pid, sizeof(pid)));
	close(fds[0]);
	deadline_ms = host_now_ms() + END_MS;
	while (!has_ended(pid) && host_now_ms() < deadline_ms)
		usleep(1000);
	EXPECT_TRUE(has_ended(pid));
}

/* QEMU= may be a script that runs QEMU. Its shell must not become a server. */
TEST_F(forkserver, none_of_a_script)
{
	char path[] = "/tmp/forkserver.XXXXXX";
	static const char script[] = "#!/bin/sh\nexit 0\n";
	int fd;

	fd = mkstemp(path);
	ASSERT_LE(0, fd);
	ASSERT_EQ((ssize_t)strlen(script), write(fd, script, strlen(script)));
	fchmod(fd, 0700);
	close(fd);
	EXPECT_EQ(-1, begin_program(self, path));
	EXPECT_EQ(-1, waitpid(-1, NULL, WNOHANG));
	unlink(path);
}

TEST_F(forkserver, none_of_a_program_that_cannot_be_run)
{
	EXPECT_EQ(-1, begin_program(self, "/nowhere/qemu"));
	EXPECT_EQ(-1, waitpid(-1, NULL, WNOHANG));
}

/* Neither the failed request nor a later one returns a copy. */
TEST_F(forkserver, none_after_the_server_has_died)
{
	char children[64], line[64] = "";
	FILE *f;

	ASSERT_EQ(0, run(self, "exit 0"));
	/* the server is the only child of this process */
	snprintf(children, sizeof(children), "/proc/self/task/%d/children",
		 getpid());
	f = fopen(children, "re");
	if (!f)
		SKIP(return, "the kernel has no /proc/PID/task/TID/children");
	ASSERT_NE(NULL, fgets(line, sizeof(line), f));
	fclose(f);
	kill(atoi(line), SIGKILL);
	EXPECT_EQ(-1, begin(self, "exit 0", (int[]){ -1 }));
	EXPECT_EQ(-1, begin(self, "exit 0", (int[]){ -1 }));
	EXPECT_EQ(-1, waitpid(-1, NULL, WNOHANG));
}

TEST_F(forkserver, each_program_has_its_own)
{
	pid_t pid;
	int status;

	ASSERT_EQ(3, run(self, "exit 3"));
	pid = begin_program(self, "false");
	ASSERT_LT(0, pid);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFEXITED(status));
	/* a shell without a script would exit with status 0 */
	EXPECT_EQ(1, WEXITSTATUS(status));
	ASSERT_EQ(3, run(self, "exit 3"));
}

TEST_F(forkserver, none_with_more_arguments_than_fit)
{
	static char text[FORKSERVER_TEXT_SIZE];

	memset(text, ' ', sizeof(text) - 1);
	EXPECT_EQ(-1, begin(self, text, (int[]){ -1 }));
	EXPECT_EQ(0, run(self, "exit 0"));
}

TEST_HARNESS_MAIN
