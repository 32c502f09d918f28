// SPDX-License-Identifier: GPL-2.0
/*
 * rpmsg_remote.c against a Linux that fake_linux.c plays, each test with coherent
 * memory and with a cache, with event indices and without. Either side looks only when it has been kicked, so that
 * a kick too few shows as a message that never arrives.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_linux.h"

static struct rpmsg_remote remote;
static bool failed;

void check_failed(const char *file, int line, const char *what)
{
	if (!failed)
		printf("%s:%d: not so: %s\n", file, line, what);
	failed = true;
}

static bool is_text(const struct message *message, const char *text)
{
	return message && message->len == strlen(text) && !memcmp(message->payload, text, message->len);
}

/* An announcement from the remote. */
static bool announces(const struct message *message, const char *name, uint32_t addr, uint32_t flags)
{
	uint32_t words[2];

	if (!message || message->dst != RPMSG_ADDR_NS || message->len != 40)
		return false;
	memcpy(words, message->payload + 32, 8);
	return !strcmp((const char *)message->payload, name) && words[0] == addr &&
	       words[1] == flags;
}

static void echo_receive(struct rpmsg_remote *r, struct rpmsg_endpoint *endpoint, uint32_t src,
			 const void *payload, uint32_t len)
{
	rpmsg_send(r, endpoint->addr, src, payload, len);
}

static struct rpmsg_endpoint echo;

/* EVENTS or 0: each test is run with both. */
static uint32_t events;

/* A remote with an echo; a driver, unless features is negative. */
static void set_up(int features)
{
	rpmsg_init(&remote, &port, vdev);
	echo = (struct rpmsg_endpoint){ .name = "echo", .addr = ECHO, .receive = echo_receive };
	CHECK(rpmsg_add(&remote, &echo) == RPMSG_OK);
	if (features >= 0)
		linux_start((uint32_t)features | events);
}

/* What Linux's interrupt handler does: nothing unless kicked. */
static struct message *interrupt(void)
{
	static struct message *message;

	if (kicks[RPMSG_FROM_LINUX]) {
		kicks[RPMSG_FROM_LINUX] = 0;
		linux_reclaim();
	}
	if (!kicks[RPMSG_TO_LINUX])
		return NULL;
	message = linux_receive();
	if (!message)
		kicks[RPMSG_TO_LINUX] = 0;
	return message;
}

static void waits_for_the_driver(void)
{
	static const uint8_t early[] = { 0, 1, 3 };
	unsigned int i;

	set_up(-1);
	for (i = 0; i < sizeof(early); i++) {
		linux_set_status(early[i]);
		CHECK(rpmsg_poll(&remote) == RPMSG_NO_DRIVER);
	}
	CHECK(memory_is_untouched());
	CHECK(rpmsg_send(&remote, ECHO, CLIENT, "x", 1) == RPMSG_NO_DRIVER);
	linux_start(1 | events);
	CHECK(rpmsg_poll(&remote) == RPMSG_STARTED);
	CHECK(rpmsg_poll(&remote) == RPMSG_OK);
}

static void announces_what_has_a_name(void)
{
	struct rpmsg_endpoint silent = { .addr = 51 };
	struct rpmsg_endpoint other = { .name = "a name of more than 31 bytes, cut", .addr = 52 };

	set_up(1);
	rpmsg_add(&remote, &silent);
	rpmsg_add(&remote, &other);
	rpmsg_poll(&remote);
	CHECK(kicks[0] == 1); /* one for both */
	CHECK(announces(interrupt(), "echo", ECHO, 0));
	CHECK(announces(interrupt(), "a name of more than 31 bytes, c", 52, 0));
	CHECK(!interrupt());
	rpmsg_poll(&remote);
	CHECK(!linux_receive());

	/* Nobody listens. */
	linux_start(events);
	CHECK(rpmsg_poll(&remote) == RPMSG_STARTED);
	CHECK(!linux_receive());
}

static void more_announcements_than_buffers(void)
{
	static struct rpmsg_endpoint many[3 * NUM];
	struct message *message;
	uint32_t i, found = 0;

	set_up(1);
	for (i = 0; i < 3 * NUM; i++) {
		many[i] = (struct rpmsg_endpoint){ .name = "many", .addr = 100 + i };
		rpmsg_add(&remote, &many[i]);
	}
	while (kicked) {
		kicked = false;
		rpmsg_poll(&remote);
		while ((message = interrupt())) {
			if (found == 0)
				CHECK(announces(message, "echo", ECHO, 0));
			else
				CHECK(announces(message, "many", 99 + found, 0));
			found++;
		}
		linux_give_back();
	}
	CHECK(found == 3 * NUM + 1);
}

static void notices_a_driver_that_starts_over(void)
{
	uint8_t round, i;

	set_up(-1);
	for (round = 0; round < 8; round++) {
		/* Now with a poll while there is no driver, now without. */
		linux_set_status(0);
		if (round % 2)
			CHECK(rpmsg_poll(&remote) == RPMSG_NO_DRIVER);
		/* Every other pair of drivers is older. */
		linux_start(round % 4 < 2 ? 1 | events : 1);
		CHECK(rpmsg_send(&remote, ECHO, CLIENT, "x", 1) == RPMSG_NO_DRIVER);
		CHECK(rpmsg_poll(&remote) == RPMSG_STARTED);
		CHECK(announces(interrupt(), "echo", ECHO, 0));
		for (i = 0; i <= round; i++) {
			CHECK(linux_send(ECHO, &i, 1));
			CHECK(rpmsg_poll(&remote) == RPMSG_OK);
			CHECK(linux_receive()->payload[0] == i);
			linux_give_back();
		}
		CHECK(!linux_receive());
		kicks[0] = kicks[1] = 0;
	}
}

static void drops_what_is_malformed(void)
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

static void reports_bad_rings(void)
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

static void kicks_only_where_wanted(void)
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
static void a_stream_needs_no_kicks(void)
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

static void keeps_the_buffer_of_a_message_that_was_not_sent(void)
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
static void looks_again_before_it_sleeps(void)
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

static char heard[3][RPMSG_NAME_LEN + 1];
static uint32_t heard_addr[3];
static bool heard_there[3];
static int num_heard;

static void linux_service(struct rpmsg_remote *r, const char *name, uint32_t addr, bool there)
{
	CHECK(r == &remote && num_heard < 3);
	strncpy(heard[num_heard], name, RPMSG_NAME_LEN);
	heard_addr[num_heard] = addr;
	heard_there[num_heard++] = there;
	if (there)
		CHECK(rpmsg_send(r, ECHO, addr, "hello", 5) == RPMSG_OK);
}

static void hears_of_services_of_linux(void)
{
	struct {
		char name[32];
		uint32_t addr, flags;
	} ns = { "rpmsg-server-sample", 137, 0 };
	struct message *message;

	set_up(0);
	num_heard = 0;
	CHECK(linux_send(RPMSG_ADDR_NS, &ns, 40)); /* nobody has asked for it */
	rpmsg_poll(&remote);
	remote.linux_service = linux_service;
	CHECK(linux_send(RPMSG_ADDR_NS, &ns, 40));
	CHECK(linux_send(RPMSG_ADDR_NS, &ns, 39));
	ns.flags = 1;
	CHECK(linux_send(RPMSG_ADDR_NS, &ns, 40));
	memset(ns.name, 'x', sizeof(ns.name));
	CHECK(linux_send(RPMSG_ADDR_NS, &ns, 40));
	rpmsg_poll(&remote);
	CHECK(num_heard == 3 && remote.dropped == 1);
	CHECK(!strcmp(heard[0], "rpmsg-server-sample") && heard_addr[0] == 137 && heard_there[0]);
	CHECK(!strcmp(heard[1], "rpmsg-server-sample") && !heard_there[1]);
	CHECK(strlen(heard[2]) == 31);
	message = linux_receive();
	CHECK(is_text(message, "hello") && message->src == ECHO && message->dst == 137);
}

static void remove_receive(struct rpmsg_remote *r, struct rpmsg_endpoint *endpoint, uint32_t src,
			   const void *payload, uint32_t len)
{
	echo_receive(r, endpoint, src, payload, len);
	CHECK(rpmsg_remove(r, endpoint) == RPMSG_OK);
}

static void endpoints_come_and_go(void)
{
	struct rpmsg_endpoint one = { .addr = RPMSG_ADDR_ANY }, two = one, same = { .addr = ECHO };
	int i;

	set_up(1);
	CHECK(rpmsg_add(&remote, &one) == RPMSG_OK && one.addr == 1024);
	CHECK(rpmsg_add(&remote, &two) == RPMSG_OK && two.addr == 1025);
	CHECK(rpmsg_add(&remote, &same) == RPMSG_ADDR_IN_USE);
	CHECK(rpmsg_remove(&remote, &same) == RPMSG_OK); /* it is not there */
	CHECK(rpmsg_remove(&remote, &one) == RPMSG_OK);
	rpmsg_poll(&remote);
	CHECK(announces(interrupt(), "echo", ECHO, 0));
	linux_give_back();

	/* In its own receive function. */
	echo.receive = remove_receive;
	CHECK(linux_send(ECHO, "x", 1) && linux_send(ECHO, "y", 1));
	rpmsg_poll(&remote);
	CHECK(is_text(interrupt(), "x"));
	CHECK(announces(interrupt(), "echo", ECHO, 1));
	CHECK(!interrupt() && remote.dropped == 1);
	linux_give_back();
	linux_give_back();

	/* Linux learns of it, or it stays. */
	CHECK(rpmsg_add(&remote, &echo) == RPMSG_OK);
	rpmsg_poll(&remote);
	for (i = 1; i < NUM; i++)
		CHECK(rpmsg_send(&remote, ECHO, CLIENT, "z", 1) == RPMSG_OK);
	CHECK(rpmsg_remove(&remote, &echo) == RPMSG_NO_BUFFER);
	CHECK(announces(interrupt(), "echo", ECHO, 0));
	linux_give_back();
	CHECK(rpmsg_remove(&remote, &echo) == RPMSG_OK);
	while (linux_give_back())
		;
	linux_start(1 | events);
	rpmsg_poll(&remote);
	CHECK(!linux_receive());
}

static void sends_without_a_copy(void)
{
	void *payload;
	uint32_t room;

	set_up(0);
	buffer_size = 4096;
	linux_start(events);
	rpmsg_poll(&remote);
	CHECK(rpmsg_commit(&remote, 1, 2, 3) == RPMSG_NO_DRIVER); /* nothing is reserved */
	CHECK(rpmsg_reserve(&remote, &payload, &room) == RPMSG_OK && room == 4080);
	CHECK(rpmsg_reserve(&remote, &payload, &room) == RPMSG_OK); /* the same one */
	memset(payload, 'z', room);
	CHECK(rpmsg_commit(&remote, ECHO, CLIENT, room + 1) == RPMSG_TOO_LONG);
	CHECK(kicks[0] == 0);
	CHECK(rpmsg_commit(&remote, ECHO, CLIENT, room) == RPMSG_OK);
	CHECK(kicks[0] == 1); /* at once, as this is in no poll */
	CHECK(linux_receive()->len == 4080);
	CHECK(linux_send(ECHO, "big buffers", 11));
	rpmsg_poll(&remote);
	CHECK(is_text(linux_receive(), "big buffers"));
	CHECK(rpmsg_reserve(&remote, &payload, &room) == RPMSG_OK);
	linux_set_status(0);
	CHECK(rpmsg_reserve(&remote, &payload, &room) == RPMSG_NO_DRIVER);
}

static bool go_away(void)
{
	linux_set_status(0);
	linux_move_avail_idx(RPMSG_FROM_LINUX, 1000);
	return true;
}

static void driver_goes_during_a_poll(void)
{
	if (!port.invalidate)
		return;
	set_up(0);
	rpmsg_poll(&remote);
	after_look_at = RPMSG_FROM_LINUX;
	after_look = go_away;
	CHECK(rpmsg_poll(&remote) == RPMSG_NO_DRIVER);
	linux_start(events);
	CHECK(rpmsg_poll(&remote) == RPMSG_STARTED);
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
static void echoes_everything(void)
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

static void keeps_the_newest_trace(void)
{
	static char text[257], all[20000];
	struct rpmsg_trace trace, resumed;
	struct rpmsg_port no_cache = port;
	size_t len;
	int i;

	no_cache.writeback = NULL;
	memset(text, 0, sizeof(text));
	text[256] = 0x55;
	all[0] = '\0';
	rpmsg_trace_init(&trace, &no_cache, text, 256);
	for (i = 0; i < 500; i++) {
		rpmsg_trace_puts(&trace, "line ");
		rpmsg_trace_dec(&trace, (uint32_t)i * 8577);
		rpmsg_trace_puts(&trace, " ");
		rpmsg_trace_hex(&trace, (uint32_t)i * 8577);
		rpmsg_trace_puts(&trace, "\n");
		sprintf(all + strlen(all) % 15000, "line %u 0x%08x\n", i * 8577u, i * 8577u);
		len = strlen(text);
		CHECK(len < 256 && text[256] == 0x55 && len >= 18);
		CHECK(len <= strlen(all) && !strcmp(all + strlen(all) - len, text));
		rpmsg_trace_init(&resumed, &no_cache, text, 256);
		CHECK(resumed.used == trace.used);
		if (strlen(all) > 10000)
			memmove(all, all + 9000, strlen(all) - 9000 + 1);
	}
	memset(text, 0, sizeof(text));
	rpmsg_trace_init(&trace, &no_cache, text, 256);
	rpmsg_trace_dec(&trace, 0);
	rpmsg_trace_puts(&trace, " ");
	rpmsg_trace_dec(&trace, 0xffffffff);
	CHECK(!strcmp(text, "0 4294967295"));
}

#define TEST(name) { #name, name }
static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	TEST(waits_for_the_driver),
	TEST(announces_what_has_a_name),
	TEST(more_announcements_than_buffers),
	TEST(notices_a_driver_that_starts_over),
	TEST(drops_what_is_malformed),
	TEST(reports_bad_rings),
	TEST(kicks_only_where_wanted),
	TEST(a_stream_needs_no_kicks),
	TEST(keeps_the_buffer_of_a_message_that_was_not_sent),
	TEST(looks_again_before_it_sleeps),
	TEST(hears_of_services_of_linux),
	TEST(endpoints_come_and_go),
	TEST(sends_without_a_copy),
	TEST(driver_goes_during_a_poll),
	TEST(echoes_everything),
	TEST(keeps_the_newest_trace),
};

int main(void)
{
	const unsigned int num = sizeof(tests) / sizeof(tests[0]);
	unsigned int i, run, bad_tests = 0;

	for (run = 0; run < 4; run++) {
		bool with_cache = run & 1;

		events = run & 2 ? EVENTS : 0;
		for (i = 0; i < num; i++) {
			failed = false;
			fake_reset(with_cache);
			tests[i].run();
			CHECK(dirty_invalidated == 0);
			if (failed) {
				printf("FAIL  %s (%s%s)\n", tests[i].name,
				       with_cache ? "cached" : "coherent",
				       events ? ", event indices" : "");
				bad_tests++;
			}
		}
	}
	if (!bad_tests)
		printf("ok    %-21s %u tests\n", "rpmsg_remote.c", 4 * num);
	printf("%u passed, %u failed\n", 4 * num - bad_tests, bad_tests);
	return bad_tests != 0;
}
