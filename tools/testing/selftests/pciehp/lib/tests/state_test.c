// SPDX-License-Identifier: GPL-2.0-only
/* When a state is saved, tested with a fake QEMU. No guest is needed. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../kselftest_harness.h"

#include "qemu/qmp.h"
#include "qemu/state.h"
#include "tests/fake_qmp.h"
#include "util/host_clock.h"

/* Long enough for any answer that comes, also on a busy machine. */
#define TIMEOUT_MS	3000

/* So long the end of the stream is on its way after QEMU has written it. */
#define LATE_MS		200

#define SECTION		"\x0bglobalstate\0\0\0\0\0\0\0\1\0\0\0"
#define END		"pciehp: end of the stream"

#define IGNORE_SHARED							\
	"{'execute':'migrate-set-capabilities','arguments':"		\
	"{'capabilities':[{'capability':'x-ignore-shared','state':true}]}}"

/* With the path of a file twice. */
#define MIGRATE								\
	"{\"execute\":\"migrate\",\"arguments\":{\"uri\":"		\
	"\"exec:cat > '%s' && printf '" END "' >> '%s'\"}}"

FIXTURE(state)
{
	struct fake_peer peer;
	struct qmp qmp;
	char dir[32];
	char path[64];
	char part[72];
	int console;
};

FIXTURE_SETUP(state)
{
	self->qmp.fd = -1;
	fake_peer_init(&self->peer);
	snprintf(self->dir, sizeof(self->dir), "/tmp/pciehp.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	snprintf(self->path, sizeof(self->path), "%s/state", self->dir);
	snprintf(self->part, sizeof(self->part), "%s.part", self->path);
	self->console = memfd_create("console", MFD_CLOEXEC);
}

FIXTURE_TEARDOWN(state)
{
	qmp_cleanup(&self->qmp);
	EXPECT_EQ(0, fake_peer_finish(&self->peer));
	fake_peer_cleanup(&self->peer);
	close(self->console);
	state_remove_all(self->dir);
}

/* QEMU is asked for a migration, and says that it has completed. */
static void complete(FIXTURE_DATA(state) *self)
{
	struct fake_peer *peer = &self->peer;
	char text[512];
	int len;

	fake_qmp_greet(peer);
	fake_qmp_expect(peer, IGNORE_SHARED);
	fake_qmp_send(peer, FAKE_QMP_RETURN);
	len = snprintf(text, sizeof(text), MIGRATE, self->part, self->part);
	fake_peer_expect(peer, text, len);
	fake_qmp_send(peer, FAKE_QMP_RETURN);
	fake_qmp_expect(peer, "{'execute':'query-migrate'}");
	fake_qmp_send(peer, "{'return': {'status': 'completed'}}\n");
}

static void append(const char *path, const char *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		_exit(1);
	close(fd);
}

TEST_F(state, end_of_stream_is_awaited)
{
	static const char stream[] = SECTION "\6debug\0\0end";
	static const char saved[] = SECTION "\7paused\0end";
	const struct vm_config config = { .cpus = 2, .save = self->path };
	const int64_t start = host_now_ms();
	char bytes[sizeof(stream) + sizeof(END)];
	pid_t writer;
	int fd, status;

	complete(self);
	append(self->part, stream, 10);
	writer = fork();
	if (!writer) {
		usleep(LATE_MS * 1000);
		append(self->part, stream + 10, sizeof(stream) - 10);
		append(self->part, END, strlen(END));
		_exit(0);
	}
	ASSERT_EQ(0, qmp_init(&self->qmp, fake_peer_start(&self->peer),
			      TIMEOUT_MS));
	EXPECT_EQ(0, state_save(&self->qmp, self->console, -1, &config));
	EXPECT_LE(LATE_MS, host_now_ms() - start);
	ASSERT_EQ(writer, waitpid(writer, &status, 0));
	EXPECT_EQ(0, status);

	fd = open(self->path, O_RDONLY | O_CLOEXEC);
	EXPECT_EQ((ssize_t)sizeof(saved), read(fd, bytes, sizeof(bytes)));
	EXPECT_EQ(0, memcmp(bytes, saved, sizeof(saved)));
	close(fd);
}

TEST_HARNESS_MAIN
