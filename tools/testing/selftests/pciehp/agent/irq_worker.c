// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process that runs requests at an exact instruction: the host stops the machine there
 * and raises an interrupt of a device that the process waits for. The process preempts the
 * running task, if that can be preempted at this instruction.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "pciehp_agent.h"

#include <linux/pci_regs.h>

#define DRIVER		"/sys/bus/pci/drivers/uio_pci_generic"
/* Each request has a bit in the interrupt status of the device. */
#define REQUESTS_MAX	32

/* QEMU's docs/specs/edu */
#define EDU_IDS			"1234 11e8"
#define EDU_INTERRUPT_STATUS	0x24
#define EDU_INTERRUPT_ACK	0x64

/* Interval and number of checks for the UIO device to appear. */
#define POLL_NS		10000000
#define POLLS		100

/* The outcome of a request, in memory that the process shares with the agent. */
struct outcome {
	int ended;
	int error;
};

static struct outcome *outcomes;

struct irq_worker {
	int uio;
	int config;
	volatile uint32_t *regs;
	char *requests[REQUESTS_MAX];
	int n;
};

static int open_file_of(const char *bdf, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), SYSFS_PCI_DEVICES "/%s/%s", bdf, name);

	return open(path, O_RDWR | O_SYNC | O_CLOEXEC);
}

/* Find /dev/uioN by the name in the sysfs folder of the device. */
static int find_uio(const char *bdf, char *path, size_t size)
{
	char pattern[128];
	glob_t found;
	int ret;

	snprintf(pattern, sizeof(pattern), SYSFS_PCI_DEVICES "/%s/uio/uio*",
		 bdf);
	ret = glob(pattern, 0, NULL, &found);
	if (!ret)
		snprintf(path, size, "/dev/%s", basename(found.gl_pathv[0]));
	globfree(&found);

	return ret || access(path, F_OK);
}

static int open_device(struct irq_worker *worker, const char *bdf)
{
	const struct timespec poll = { .tv_nsec = POLL_NS };
	char path[64] = "";
	int resource, ret;
	void *regs;

	ret = write_text(DRIVER "/new_id", EDU_IDS);
	if (ret && ret != -EEXIST)
		return ret;
	for (int i = 0; i < POLLS && find_uio(bdf, path, sizeof(path)); i++)
		nanosleep(&poll, NULL);

	worker->uio = open(path, O_RDWR | O_CLOEXEC);
	worker->config = open_file_of(bdf, "config");
	resource = open_file_of(bdf, "resource0");
	if (worker->uio < 0 || worker->config < 0 || resource < 0)
		return -errno;
	regs = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, resource,
		    0);
	close(resource);
	if (regs == MAP_FAILED)
		return -errno;
	worker->regs = regs;

	return 0;
}

/* Clear Interrupt Disable, which the handler of uio_pci_generic sets at each interrupt. */
static void enable_interrupt(const struct irq_worker *worker)
{
	uint16_t command;

	if (pread(worker->config, &command, 2, PCI_COMMAND) != 2)
		return;
	command &= ~PCI_COMMAND_INTX_DISABLE;
	if (pwrite(worker->config, &command, 2, PCI_COMMAND) != 2)
		agent_log("irq-worker: cannot enable the interrupt: %s",
			  strerror(errno));
}

static void run_one(const struct irq_worker *worker, int i)
{
	char words[AGENT_REQUEST_SIZE], text[256];
	struct answer answer = { .text = text, .size = sizeof(text) };

	snprintf(words, sizeof(words), "%s", worker->requests[i]);
	request_run(words, &answer);
	outcomes[i].error = answer.error;
	outcomes[i].ended++;
}

/* The host can set a breakpoint here, which is reached after all requests have run. */
static noinline void __section(".irq_worker_point") irq_worker_point(void)
{
	asm volatile("nop" : : : "memory");
}

static void serve(const struct irq_worker *worker)
{
	uint32_t count, bits;

	for (;;) {
		enable_interrupt(worker);
		if (read(worker->uio, &count, sizeof(count)) != sizeof(count))
			_exit(1);
		bits = worker->regs[EDU_INTERRUPT_STATUS / 4];
		worker->regs[EDU_INTERRUPT_ACK / 4] = bits;
		for (int i = 0; i < worker->n; i++) {
			if (bits & 1U << i)
				run_one(worker, i);
		}
		irq_worker_point();
	}
}

static int set_top_priority(int cpu)
{
	const struct sched_param param = {
		.sched_priority = sched_get_priority_max(SCHED_FIFO),
	};
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) ||
	    sched_setscheduler(0, SCHED_FIFO, &param) ||
	    mlockall(MCL_CURRENT | MCL_FUTURE))
		return -errno;

	return 0;
}

/* Keep the agent, and all processes that it starts later, off that CPU. */
static int avoid_cpu(int cpu)
{
	int n = sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	for (int i = 0; i < n; i++) {
		if (i != cpu)
			CPU_SET(i, &cpus);
	}

	return sched_setaffinity(0, sizeof(cpus), &cpus) ? -errno : 0;
}

/* Route the interrupt of the device to that CPU. */
static int route_interrupt(const char *bdf, int cpu)
{
	char path[128], text[16];
	int fd, irq;
	ssize_t len;

	snprintf(path, sizeof(path), SYSFS_PCI_DEVICES "/%s/irq", bdf);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len < 0)
		return -errno;
	text[len] = '\0';
	irq = atoi(text);
	snprintf(path, sizeof(path), "/proc/irq/%d/smp_affinity", irq);
	snprintf(text, sizeof(text), "%x", 1U << cpu);

	return write_text(path, text);
}

static int split(struct irq_worker *worker, const char *requests)
{
	char *next = strdup(requests), *request;

	if (!next)
		return -ENOMEM;
	while ((request = strsep(&next, ";"))) {
		if (worker->n == REQUESTS_MAX)
			return -E2BIG;
		worker->requests[worker->n++] =
			request + strspn(request, " ");
	}

	return 0;
}

/**
 * irq_worker_start() - start a process that waits for interrupts of a device
 * @bdf: address of the device, an "edu" of QEMU
 * @cpu: number of the CPU for the process and the interrupt
 * @requests: the requests, separated by semicolons; that of bit 0 comes first
 *
 * Return: 0; -ENOENT if the kernel has no uio_pci_generic; or another negative errno.
 */
int irq_worker_start(const char *bdf, int cpu, const char *requests)
{
	struct irq_worker worker = { .n = 0 };
	pid_t pid;
	int ret;

	ret = open_device(&worker, bdf) ?: split(&worker, requests);
	if (ret)
		return ret;
	if (sysconf(_SC_NPROCESSORS_ONLN) > 1)
		ret = route_interrupt(bdf, cpu) ?: avoid_cpu(cpu);
	if (ret)
		return ret;

	outcomes = mmap(NULL, REQUESTS_MAX * sizeof(*outcomes),
			PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
			0);
	if (outcomes == MAP_FAILED)
		return -errno;

	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		uevent_close();
		if (set_top_priority(cpu))
			agent_log("irq-worker: cannot get the highest priority: %s",
				  strerror(errno));
		serve(&worker);
	}

	return 0;
}

/**
 * irq_worker_ended() - list the requests that have ended
 * @answer: receives one line for each, "BIT ERRNO TIMES": the result of the last run,
 *	and how many times the request has run
 *
 * Return: 0, or -ESRCH if the process was not started.
 */
int irq_worker_ended(struct answer *answer)
{
	if (!outcomes)
		return -ESRCH;
	for (int i = 0; i < REQUESTS_MAX; i++) {
		if (outcomes[i].ended)
			answer_add(answer, "%d %d %d\n", i, outcomes[i].error,
				   outcomes[i].ended);
	}

	return 0;
}
