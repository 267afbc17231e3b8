// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu/gdbstub.h"
#include "tests/fake_stub.h"

static void set_checksum(char *packet, size_t len)
{
	unsigned char sum = 0;
	char digits[3];

	for (size_t i = 1; i < len - 3; i++)
		sum += packet[i];
	snprintf(digits, sizeof(digits), "%02x", sum);
	memcpy(packet + len - 2, digits, 2);
}

static int make_packet(char *packet, size_t size, const char *data)
{
	int len = snprintf(packet, size, "$%s#..", data);

	set_checksum(packet, len);

	return len;
}

static char *put_hex(char *p, const uint8_t *data, size_t len)
{
	*p = '\0';
	while (len--)
		p += sprintf(p, "%02x", *data++);

	return p;
}

/**
 * fake_stub_expect() - script: the stub must receive a packet, and acknowledges it
 * @peer: the stub
 * @packet: data of the packet
 */
void fake_stub_expect(struct fake_peer *peer, const char *packet)
{
	char buf[GDB_PACKET_MAX];

	fake_peer_expect(peer, buf, make_packet(buf, sizeof(buf), packet));
	fake_peer_send(peer, "+", 1);
}

/**
 * fake_stub_send() - script: the stub sends a packet, which must be acknowledged
 * @peer: the stub
 * @packet: data of the packet
 */
void fake_stub_send(struct fake_peer *peer, const char *packet)
{
	char buf[GDB_PACKET_MAX];

	fake_peer_send(peer, buf, make_packet(buf, sizeof(buf), packet));
	fake_peer_expect(peer, "+", 1);
}

/**
 * fake_stub_expect_read() - script: expect a read of memory
 * @peer: the stub
 * @addr: address of the memory
 * @data: its content
 * @len: number of bytes
 */
void fake_stub_expect_read(struct fake_peer *peer, uint64_t addr,
			   const void *data, size_t len)
{
	const uint8_t *from = data;
	char packet[GDB_PACKET_MAX];

	while (len) {
		size_t n = len < GDB_MEMORY_MAX ? len : GDB_MEMORY_MAX;

		sprintf(packet, "m%llx,%zx", (unsigned long long)addr, n);
		fake_stub_expect(peer, packet);
		put_hex(packet, from, n);
		fake_stub_send(peer, packet);
		addr += n;
		from += n;
		len -= n;
	}
}

/**
 * fake_stub_expect_write() - script: expect a write of memory
 * @peer: the stub
 * @addr: address of the memory
 * @data: the bytes that must be written
 * @len: number of bytes
 */
void fake_stub_expect_write(struct fake_peer *peer, uint64_t addr,
			    const void *data, size_t len)
{
	const uint8_t *from = data;
	char packet[GDB_PACKET_MAX];

	while (len) {
		size_t n = len < GDB_MEMORY_MAX ? len : GDB_MEMORY_MAX;

		put_hex(packet + sprintf(packet, "M%llx,%zx:",
					 (unsigned long long)addr, n),
			from, n);
		fake_stub_expect(peer, packet);
		fake_stub_send(peer, "OK");
		addr += n;
		from += n;
		len -= n;
	}
}

/**
 * fake_stub_corrupt() - change a random byte of a packet, and correct its checksum
 * @peer: the stub, which was not started; its script must send a packet with data
 * @seed: state of the random numbers
 */
void fake_stub_corrupt(struct fake_peer *peer, unsigned int *seed)
{
	struct fake_step *step;
	char *byte;

	do {
		step = fake_peer_pick_sent(peer, seed);
	} while (step->data[0] != '$' || step->len < 5);

	byte = &step->data[1 + rand_r(seed) % (step->len - 4)];
	/* half of the new bytes are hexadecimal digits, as in a valid packet */
	*byte = rand_r(seed) % 2 ? "0123456789abcdef"[rand_r(seed) % 16] :
				   rand_r(seed) % 256;
	set_checksum(step->data, step->len);
}
