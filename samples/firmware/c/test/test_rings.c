// SPDX-License-Identifier: GPL-2.0
/* Messages through the rings, each once, and kicks, as few as will do. */
#include <string.h>

#include "test.h"

void drops_what_is_malformed(void)
{
	uint32_t header[5] = { CLIENT, ECHO, 0, 100 };

	set_up(0);
	CHECK(linux_send_raw(header, 16, 15));
	CHECK(linux_send_raw(header, 16, 20));
	CHECK(linux_send_raw(header, 16, 0));
	CHECK(linux_send(99, "nobody", 6));
	CHECK(linux_send(ECHO, "somebody", 8));
	rpmsg_poll(&remote);
	CHECK(remote.dropped == 4 && remote.received == 1);
	CHECK(is_text(linux_receive(), "somebody"));
	CHECK(!linux_receive());
	linux_reclaim();
	CHECK(linux_free() == NUM);
}

static void bad(const char *why)
{
	CHECK(rpmsg_poll(&remote) == RPMSG_BAD_RING);
	CHECK(!strcmp(rpmsg_fault(&remote), why));
}

void reports_bad_rings(void)
{
	set_up(0);
	rpmsg_poll(&remote);
	linux_send_desc(MEMORY - 10, 20, 0, 0);
	bad("a buffer lies in no memory of ours");

	linux_start(events);
	rpmsg_poll(&remote);
	linux_send_desc(0x100000000, 20, 0, 0);
	bad("a buffer lies in no memory of ours");

	linux_start(events);
	rpmsg_poll(&remote);
	linux_send_desc(BUFFERS, 20, 1, 0);
	bad("a message must be in one buffer");

	linux_start(events);
	rpmsg_poll(&remote);
	linux_send_desc(BUFFERS, 20, 0, NUM);
	bad("there is no descriptor of that number");

	linux_start(events);
	rpmsg_poll(&remote);
	linux_move_avail_idx(RPMSG_FROM_LINUX, NUM + 1);
	bad("more buffers are available than it has entries");

	linux_start(events);
	linux_vdev()->vring[0].num = 300;
	bad("the number of entries must be a power of two up to 32768");
	linux_vdev()->vring[0].num = NUM;
	linux_vdev()->vring[1].align = 3;
	bad("the alignment must be a power of two, at least 4");
	linux_vdev()->vring[1].align = ALIGN;
	linux_vdev()->vring[1].da = MEMORY - 16;
	bad("it lies in no memory of ours");
}

void kicks_only_where_wanted(void)
{
	int wanted;

	set_up(0);
	for (wanted = 0; wanted < 4; wanted++) {
		linux_want_kicks(RPMSG_TO_LINUX, wanted & 1);
		linux_want_kicks(RPMSG_FROM_LINUX, wanted & 2);
		CHECK(linux_send(ECHO, "1", 1) && linux_send(ECHO, "2", 1) && linux_send(ECHO, "3", 1));
		rpmsg_poll(&remote);
		/* One kick for the three of them. */
		CHECK(kicks[0] == (wanted & 1) && kicks[1] == (wanted & 2) / 2);
		kicks[0] = kicks[1] = 0;
		CHECK(is_text(linux_receive(), "1") && is_text(linux_receive(), "2"));
		CHECK(is_text(linux_receive(), "3") && !linux_receive());
		linux_reclaim();
		while (linux_give_back())
			;
	}
}

/* While a ring is busy nobody kicks, once the one kick that is due has come. */
void a_stream_needs_no_kicks(void)
{
	if (!events)
		return;
	set_up(0);
	rpmsg_poll(&remote);
	linux_want_kicks(RPMSG_TO_LINUX, false);
	kicked = false;
	CHECK(linux_send(ECHO, "first", 5) && kicked); /* it sleeps */
	kicked = false;
	CHECK(linux_send(ECHO, "second", 6) && linux_send(ECHO, "third", 5));
	CHECK(!kicked); /* it has been told */
	rpmsg_poll(&remote);
	CHECK(kicks[RPMSG_TO_LINUX] == 0); /* Linux looks by itself */
	CHECK(linux_send(ECHO, "fourth", 6) && kicked);
}

static void wordy_receive(struct rpmsg_remote *r, struct rpmsg_endpoint *endpoint, uint32_t src,
			  const void *payload, uint32_t len)
{
	static const uint8_t zeroes[512];
	int i;

	CHECK(rpmsg_send(r, endpoint->addr, src, zeroes, 497) == RPMSG_TOO_LONG);
	for (i = 0; i < NUM; i++)
		CHECK(rpmsg_send(r, endpoint->addr, src, payload, len) == RPMSG_OK);
	CHECK(rpmsg_send(r, endpoint->addr, src, payload, len) == RPMSG_NO_BUFFER);
}

void keeps_the_buffer_of_a_message_that_was_not_sent(void)
{
	int round, i;

	set_up(0);
	echo.receive = wordy_receive;
	for (round = 0; round < 3; round++) {
		CHECK(linux_send(ECHO, "x", 1));
		rpmsg_poll(&remote);
		for (i = 0; i < NUM; i++)
			CHECK(is_text(interrupt(), "x"));
		CHECK(!interrupt());
		while (linux_give_back())
			;
	}
}

static bool send_late(void)
{
	if (remote.from_linux.next_avail == 0)
		return false;
	CHECK(linux_send(ECHO, "late", 4));
	CHECK(!kicked);
	return true;
}

/* When there is no buffer left. */
static bool give_back_late(void)
{
	if (remote.to_linux.next_avail != NUM)
		return false;
	CHECK(linux_give_back());
	CHECK(!kicked);
	return true;
}

/*
 * What comes between the remote's last look and its asking for kicks is announced
 * by none: the remote has to look again.
 */
void looks_again_before_it_sleeps(void)
{
	int i;

	if (!port.invalidate)
		return; /* there is no place for a hook */
	set_up(0);
	rpmsg_poll(&remote);
	/* So that an event index that was asked for is behind. */
	CHECK(linux_send(ECHO, "first", 5));
	kicked = false;
	after_look_at = RPMSG_FROM_LINUX;
	after_look = send_late;
	rpmsg_poll(&remote);
	CHECK(!after_look);
	CHECK(is_text(linux_receive(), "first"));
	CHECK(is_text(linux_receive(), "late"));

	/* A buffer for the answer to the last message but one. */
	set_up(0);
	rpmsg_poll(&remote);
	for (i = 0; i < NUM - 1; i++) {
		linux_reclaim();
		CHECK(linux_send(ECHO, "filler", 6));
		rpmsg_poll(&remote);
	}
	linux_reclaim();
	CHECK(is_text(linux_receive(), "filler"));
	CHECK(linux_send(ECHO, "filler", 6));
	CHECK(linux_send(ECHO, "late", 4));
	kicked = false;
	after_look_at = RPMSG_TO_LINUX;
	after_look = give_back_late;
	rpmsg_poll(&remote);
	CHECK(!after_look);
	for (i = 0; i < NUM - 1; i++)
		CHECK(is_text(linux_receive(), "filler"));
	CHECK(is_text(linux_receive(), "late"));
}

static uint32_t sent, received;

/* All bytes of a message are its number. */
static void receive_echoes(uint32_t most)
{
	struct message *message;

	while (most-- && (message = interrupt())) {
		CHECK(message->src == ECHO && message->dst == CLIENT);
		CHECK(message->payload[0] == (uint8_t)received);
		CHECK(message->payload[message->len - 1] == (uint8_t)received);
		received++;
	}
}

/*
 * Whatever happens in whatever order: each message comes back once, in order,
 * unchanged, and nobody waits for a kick that never comes.
 */
void echoes_everything(void)
{
	static uint8_t payload[512];
	uint32_t step, len;
	int run, steps;

	for (run = 0; run < 300; run++) {
		set_up(0);
		kicks[0] = kicks[1] = 0;
		sent = received = 0;
		for (steps = random_number() % 600; steps > 0; steps--) {
			step = random_number() % 14;
			if (step < 5) {
				len = 1 + random_number() % 496;
				memset(payload, (int)sent, len);
				sent += linux_send(ECHO, payload, len);
			} else if (step < 8) {
				linux_give_back();
			} else if (step < 9) {
				linux_want_kicks(RPMSG_FROM_LINUX, random_number() % 2);
			} else if (step < 11 && kicked) {
				kicked = false;
				CHECK(rpmsg_poll(&remote) >= 0);
			} else {
				receive_echoes(random_number() % 4);
			}
		}
		/* Let it come to rest, each side acting on kicks only. */
		for (;;) {
			receive_echoes(1000);
			while (linux_give_back())
				;
			if (!kicked)
				break;
			kicked = false;
			CHECK(rpmsg_poll(&remote) >= 0);
		}
		CHECK(received == sent);
		linux_reclaim();
		CHECK(linux_free() == NUM);
		if (failed)
			return;
	}
}
