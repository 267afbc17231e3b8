// SPDX-License-Identifier: GPL-2.0-only
/* Brings up network interfaces, and sends ARP requests. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "pciehp_agent.h"

/* Addresses in QEMU's user network: that of the gateway, and an unused one. */
#define GATEWAY			"10.0.2.2"
#define OWN			"10.0.2.77"

#define ANSWER_TIMEOUT_S	2

struct arp_frame {
	struct ether_header ethernet;
	struct ether_arp arp;
} __packed;

static int wait_running(int fd, struct ifreq *ifr, int timeout_ms)
{
	int64_t deadline_ns = now_ns() + timeout_ms * NSEC_PER_MSEC;
	int ret;

	for (;;) {
		if (ioctl(fd, SIOCGIFFLAGS, ifr))
			return -errno;
		if (ifr->ifr_flags & IFF_RUNNING)
			return 0;
		if (now_ns() > deadline_ns)
			return -ETIMEDOUT;
		ret = uevent_sleep(now_ns() + 10 * NSEC_PER_MSEC);
		if (ret)
			return ret;
	}
}

/**
 * network_up() - bring an interface up, and wait for its link
 * @name: name of the interface
 * @timeout_ms: timeout in ms, guest time
 *
 * Return: 0; -ETIMEDOUT if it has no link; or another negative errno.
 */
int network_up(const char *name, int timeout_ms)
{
	struct ifreq ifr = { };
	int fd, ret = 0;

	fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (ioctl(fd, SIOCGIFFLAGS, &ifr))
		ret = -errno;
	ifr.ifr_flags |= IFF_UP;
	if (!ret && ioctl(fd, SIOCSIFFLAGS, &ifr))
		ret = -errno;
	ret = ret ?: wait_running(fd, &ifr, timeout_ms);
	close(fd);

	return ret;
}

/* if_nametoindex() opens a socket of a family that the guest's kernel does not have. */
static int find_index(int fd, const char *name, int *index)
{
	struct ifreq ifr = { };

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (ioctl(fd, SIOCGIFINDEX, &ifr))
		return -errno;
	*index = ifr.ifr_ifindex;

	return 0;
}

static int open_interface(const char *name, struct arp_frame *frame)
{
	struct timeval timeout = { .tv_sec = ANSWER_TIMEOUT_S };
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ARP),
	};
	socklen_t len = sizeof(address);
	int fd, ret;

	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ARP));
	if (fd < 0)
		return -errno;
	ret = find_index(fd, name, &address.sll_ifindex);
	if (!ret && (bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
		     getsockname(fd, (struct sockaddr *)&address, &len) ||
		     setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout,
				sizeof(timeout))))
		ret = -errno;
	if (ret) {
		close(fd);
		return ret;
	}

	*frame = (struct arp_frame){
		.ethernet.ether_type = htons(ETHERTYPE_ARP),
		.arp.arp_hrd = htons(ARPHRD_ETHER),
		.arp.arp_pro = htons(ETHERTYPE_IP),
		.arp.arp_hln = ETH_ALEN,
		.arp.arp_pln = sizeof(struct in_addr),
		.arp.arp_op = htons(ARPOP_REQUEST),
	};
	memset(frame->ethernet.ether_dhost, 0xff, ETH_ALEN);
	memcpy(frame->ethernet.ether_shost, address.sll_addr, ETH_ALEN);
	memcpy(frame->arp.arp_sha, address.sll_addr, ETH_ALEN);
	inet_pton(AF_INET, OWN, frame->arp.arp_spa);
	inet_pton(AF_INET, GATEWAY, frame->arp.arp_tpa);

	return fd;
}

/* Send an ARP request, and wait for the reply to it. The socket receives only ARP. */
static int ask(int fd, const struct arp_frame *question)
{
	struct arp_frame answer;
	ssize_t len;

	if (send(fd, question, sizeof(*question), 0) < 0)
		return -errno;
	do {
		len = recv(fd, &answer, sizeof(answer), 0);
		if (len < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
	} while (len != sizeof(answer) ||
		 answer.arp.arp_op != htons(ARPOP_REPLY) ||
		 memcmp(answer.arp.arp_spa, question->arp.arp_tpa,
			sizeof(answer.arp.arp_spa)) ||
		 memcmp(answer.arp.arp_tha, question->arp.arp_sha, ETH_ALEN));

	return 0;
}

/**
 * network_ask_gateway() - send ARP requests, each after the reply to the previous one
 * @name: name of the interface
 * @times: number of requests
 *
 * Return: 0; -ETIMEDOUT if there is no reply to one of them; or another negative errno.
 */
int network_ask_gateway(const char *name, unsigned int times)
{
	struct arp_frame question;
	int fd, ret = 0;

	fd = open_interface(name, &question);
	if (fd < 0)
		return fd;
	while (!ret && times--)
		ret = ask(fd, &question);
	close(fd);

	return ret;
}
