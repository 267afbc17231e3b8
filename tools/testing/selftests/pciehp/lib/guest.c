// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <libpciehp/environment.h>
#include <libpciehp/guest.h>
#include <libpciehp/invariants.h>

/* Host time; a distribution's kernel on a loaded machine takes some seconds. */
#define BOOT_TIMEOUT_MS	60000

#define TAIL_LINES	12

/* Where logs go: kept always if someone asked for them, else only if needed. */
static void keep_console(struct guest *guest, bool wanted)
{
	const char *dir = environment_get("PCIEHP_RESULTS");
	char path[PATH_MAX];
	int ret;

	if (!dir && !wanted)
		return;

	snprintf(path, sizeof(path), "%s/console-%s.log", dir ?: ".",
		 guest->result.name);
	ret = vm_save_console(&guest->vm, path);
	if (ret)
		fprintf(stderr, "# cannot write %s: %s\n", path,
			strerror(-ret));
	else if (wanted)
		fprintf(stderr, "# full console: %s\n", path);
}

/* The link failed: say whether QEMU, the guest or the agent is to blame. */
static void explain_failure(struct guest *guest)
{
	char how[128];

	guest->alive = false;
	if (strstr(guest->agent.error, strerror(EPIPE))) {
		vm_collect(&guest->vm, how, sizeof(how));
		result_error(&guest->result, "%s: QEMU %s", guest->agent.error,
			     how);
		vm_print_tail(guest->vm.errors, TAIL_LINES);
	} else {
		result_error(&guest->result, "%s", guest->agent.error);
	}
	fprintf(stderr, "# last console lines:\n");
	vm_print_tail(guest->vm.console, TAIL_LINES);
}

static int start_machine(struct guest *guest, const struct vm_config *config)
{
	const char *qemu = environment_get("QEMU") ?: config->machine->qemu;
	char how[128];
	int ret;

	ret = vm_start(&guest->vm, config);
	if (ret == -EPIPE) {
		vm_collect(&guest->vm, how, sizeof(how));
		result_error(&guest->result, "start %s: it %s", qemu, how);
		vm_print_tail(guest->vm.errors, TAIL_LINES);
	} else if (ret) {
		result_error(&guest->result, "start %s: %s", qemu,
			     guest->vm.qmp.error[0] ? guest->vm.qmp.error :
			     strerror(-ret));
	}

	return ret;
}

static int reach_agent(struct guest *guest, const struct vm_config *config)
{
	int ret;

	if (config->load)
		ret = agent_attach(&guest->agent, &guest->vm.gdb);
	else
		ret = agent_init(&guest->agent, &guest->vm.gdb,
				 BOOT_TIMEOUT_MS);

	if (ret == -ENOLINK)
		explain_failure(guest);
	else if (ret)
		result_error(&guest->result, "the agent cannot work: %s",
			     strerror(-ret));
	else
		guest->alive = true;

	return ret;
}

static int start(struct guest *guest, const struct vm_config *config)
{
	return start_machine(guest, config) ?: reach_agent(guest, config);
}

/*
 * The first case that wants a machine boots it and leaves its state for all
 * that want the same, itself included. Who comes meanwhile waits for that.
 */
static int make_state(struct guest *guest, struct vm_config *config,
		      const char *state)
{
	char path[PATH_MAX + 8];
	int lock, ret = 0;

	snprintf(path, sizeof(path), "%s.lock", state);
	lock = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0 || flock(lock, LOCK_EX)) {
		ret = -errno;
		result_error(&guest->result, "lock %s: %s", path,
			     strerror(errno));
	} else if (access(state, R_OK)) {
		config->save = state;
		ret = start(guest, config);
		if (!ret) {
			ret = vm_save_state(&guest->vm, state);
			if (ret)
				result_error(&guest->result,
					     "save the machine's state: %s",
					     strerror(-ret));
			vm_cleanup(&guest->vm);
			guest->alive = false;
		}
		config->save = NULL;
	}
	if (lock >= 0)
		close(lock);
	config->load = state;

	return ret;
}

/**
 * guest_boot() - boot a guest up to the agent
 * @guest: to be initialised
 * @name: of the case
 * @devices: arguments of -device, NULL after the last
 * @shared: other cases want the same machine
 *
 * With PCIEHP_STATES, cases that want the same machine share one boot. As guest
 * time does not depend on the host, nobody in the guest can tell. To save and
 * load a state takes as long as half a boot, too much for one case alone.
 *
 * Return: 0 or a negative errno, explained on stderr; call guest_end() in
 * either case.
 */
int guest_boot(struct guest *guest, const char *name,
	       const char *const *devices, bool shared)
{
	const char *states = environment_get("PCIEHP_STATES");
	struct vm_config config = {
		.kernel = environment_get("KERNEL"),
		.initrd = environment_initrd(),
		.cmdline = environment_get("CMDLINE"),
	};
	char why[PATH_MAX + 128], state[PATH_MAX];
	int ret = 0;

	*guest = (struct guest){
		.vm = { .console = -1, .errors = -1, .qmp.fd = -1, .gdb.fd = -1 },
		.port = "rp1",
	};
	result_init(&guest->result, environment_get("PCIEHP_CASE") ?: name);
	for (int i = 0; devices[i] && i < VM_DEVICES_MAX; i++)
		config.devices[i] = devices[i];
	config.machine = machine_of_kernel(config.kernel, why, sizeof(why));
	if (!config.machine) {
		result_error(&guest->result, "%s", why);
		return -ENOEXEC;
	}

	if (states && shared) {
		vm_state_path(&config, states, state);
		ret = make_state(guest, &config, state);
	}

	return ret ?: start(guest, &config);
}

/**
 * guest_request() - make a request to the agent
 * @guest: the guest
 * @fmt: the request, as of printf()
 *
 * Return: as agent_request(); a failed link has been explained, once.
 */
int guest_request(struct guest *guest, const char *fmt, ...)
{
	char request[AGENT_REQUEST_SIZE];
	va_list ap;
	int ret;

	if (!guest->alive)
		return -ENOLINK;

	va_start(ap, fmt);
	vsnprintf(request, sizeof(request), fmt, ap);
	va_end(ap);

	ret = agent_request(&guest->agent, "%s", request);
	if (ret == -ENOLINK)
		explain_failure(guest);

	return ret;
}

/**
 * guest_fetch_log() - bring @guest->log up to date
 * @guest: the guest
 *
 * Return: 0 or a negative errno.
 */
int guest_fetch_log(struct guest *guest)
{
	size_t len;
	char *log;
	int ret;

	for (;;) {
		ret = guest_request(guest, "log");
		if (ret)
			return ret;
		len = strlen(guest->agent.text);
		log = realloc(guest->log, guest->log_len + len + 1);
		if (!log)
			return -ENOMEM;
		memcpy(log + guest->log_len, guest->agent.text, len + 1);
		guest->log = log;
		guest->log_len += len;
		if (len < AGENT_LOG_SIZE)
			return 0;
	}
}

/**
 * guest_end() - check the invariants, keep what was found, end the machine
 * @guest: the guest, also one that did not boot
 */
void guest_end(struct guest *guest)
{
	const char *dir = environment_get("PCIEHP_RESULTS");
	int ret;

	if (guest->alive)
		invariants_check(guest);
	guest->result.complete = guest->alive;
	if (guest->vm.console >= 0)
		keep_console(guest, !result_ok(&guest->result));
	vm_cleanup(&guest->vm);

	if (dir) {
		ret = result_write(&guest->result, dir, guest->vm.peak_kib);
		if (ret)
			result_error(&guest->result,
				     "cannot write a result into %s: %s", dir,
				     strerror(-ret));
	}
	free(guest->log);
	guest->log = NULL;
}
