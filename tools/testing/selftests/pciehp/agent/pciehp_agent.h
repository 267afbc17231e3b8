/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PCIEHP_AGENT_H
#define PCIEHP_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/agent_protocol.h"
#include "util/compiler.h"

#define NSEC_PER_MSEC	1000000LL
#define NSEC_PER_SEC	1000000000LL

#define SYSFS_PCI_DEVICES "/sys/bus/pci/devices"

/* The answer to a request. The mailbox limits the size of the text. */
struct answer {
	int error;		/* 0 or a positive errno */
	int64_t time_ns;	/* CLOCK_MONOTONIC */
	size_t len;
	char *text;
	size_t size;
};

/* boot.c */
void boot_stay_on_cpu0(void);
void boot_mount_filesystems(void);
int boot_load_modules(void);
__printf(1, 2)
void agent_log(const char *fmt, ...);

/* uevent.c */
int64_t now_ns(void);
int64_t machine_ns(void);
int uevent_init(void);
uint64_t uevent_seqnum(void);
int uevent_wait(const char *action, const char *bdf, int64_t deadline_ns,
		uint64_t *seqnum, int64_t *time_ns);
int uevent_wait_readable(int fd, int64_t deadline_ns);
int uevent_sleep(int64_t until_ns);
void uevent_close(void);
int uevent_wait_quiet(int quiet_ms, int timeout_ms);

/* answer.c */
__printf(2, 3)
void answer_add(struct answer *answer, const char *fmt, ...);

/* request.c */
void request_run(char *request, struct answer *answer);

/* pci.c */
int pci_list(struct answer *answer);
int pci_read_slot_registers(const char *bdf, struct answer *answer);
int pci_write_slot_control(const char *bdf, uint16_t value);
int pci_slot_name(const char *bdf, struct answer *answer);

/* process.c */
int process_start(const char *request);
int process_join(int timeout_ms, struct answer *answer);

/* disk.c */
int disk_write_until_error(const char *path, struct answer *answer);
int disk_write_and_compare(const char *path, unsigned int blocks);

/* network.c */
int network_up(const char *name, int timeout_ms);
int network_ask_gateway(const char *name, unsigned int times);

/* host.c */
int host_spawn(char *args);
int host_await(const char *path, struct answer *answer);
int host_nvme_admin(const char *args, struct answer *answer);

/* irq_worker.c */
int irq_worker_start(const char *bdf, int cpu, const char *requests);
int irq_worker_ended(struct answer *answer);

/* system.c */
int system_find_symbol(const char *name, struct answer *answer);
int system_count_interrupts(const char *name, struct answer *answer);
int write_text(const char *path, const char *text);
int system_reboot(void);
int system_kexec(const char *cmdline);

/* kernel_log.c */
int kernel_log_init(void);
int kernel_log_fetch(struct answer *answer);

/* trace.c */
int trace_fetch(struct answer *answer);

#endif /* PCIEHP_AGENT_H */
