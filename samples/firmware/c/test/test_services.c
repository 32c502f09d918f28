// SPDX-License-Identifier: GPL-2.0
/* What an endpoint can do besides answering. */
#include <string.h>

#include "test.h"

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

void hears_of_services_of_linux(void)
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

void endpoints_come_and_go(void)
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

#define FLOW	(1u << VIRTIO_RPMSG_F_FC)

static uint8_t next, last;
static int told[2];	/* how often: may go on, is paused */

static void go_on(struct rpmsg_remote *r, uint32_t to)
{
	while (next < last && rpmsg_send(r, ECHO, to, &next, 1) == RPMSG_OK)
		next++;
}

static void count_receive(struct rpmsg_remote *r, struct rpmsg_endpoint *endpoint, uint32_t src,
			  const void *payload, uint32_t len)
{
	CHECK(len == 1 && endpoint == &echo);
	last += *(const uint8_t *)payload;
	go_on(r, src);
}

static void count_flow(struct rpmsg_remote *r, struct rpmsg_endpoint *endpoint, uint32_t peer,
		       bool paused)
{
	CHECK(endpoint == &echo && peer == CLIENT);
	told[paused]++;
	if (!paused)
		go_on(r, peer);
}

/* The payload of one byte that comes next; -1 if there is none. */
static int number(void)
{
	struct message *message = linux_receive();

	return message ? message->payload[0] : -1;
}

void linux_pauses_an_endpoint(void)
{
	const uint32_t pause[] = { CLIENT, ECHO, 0 }, resume[] = { CLIENT, ECHO, 1 };
	const uint32_t nobody[] = { CLIENT, 99, 0 }, any[] = { RPMSG_ADDR_ANY, ECHO, 0 };
	uint32_t many[] = { 2000, ECHO, 0 };

	set_up(FLOW);
	echo.receive = count_receive;
	echo.flow = count_flow;
	next = last = 0;
	told[0] = told[1] = 0;
	CHECK(linux_send(RPMSG_ADDR_FC, pause, 12) && linux_send(RPMSG_ADDR_FC, pause, 12));
	CHECK(linux_send(ECHO, "\2", 1));
	rpmsg_poll(&remote);
	CHECK(number() == -1);
	CHECK(rpmsg_send(&remote, ECHO, CLIENT, "x", 1) == RPMSG_PAUSED);
	CHECK(rpmsg_send(&remote, ECHO, CLIENT + 1, "\7", 1) == RPMSG_OK);
	CHECK(number() == 7);
	CHECK(linux_send(RPMSG_ADDR_FC, resume, 12));
	rpmsg_poll(&remote);
	CHECK(number() == 0 && number() == 1 && number() == -1);

	/* What is malformed, and what is about nobody. */
	CHECK(linux_send(RPMSG_ADDR_FC, nobody, 12) && linux_send(RPMSG_ADDR_FC, any, 12));
	CHECK(linux_send(RPMSG_ADDR_FC, pause, 11) && linux_send(RPMSG_ADDR_FC, resume, 12));
	rpmsg_poll(&remote);
	CHECK(remote.dropped == 3 && told[0] == 1 && told[1] == 1);

	/* An endpoint that comes later, and a driver that does, start afresh. */
	CHECK(linux_send(RPMSG_ADDR_FC, pause, 12));
	rpmsg_poll(&remote);
	CHECK(rpmsg_remove(&remote, &echo) == RPMSG_OK && rpmsg_add(&remote, &echo) == RPMSG_OK);
	CHECK(rpmsg_send(&remote, ECHO, CLIENT, "x", 1) == RPMSG_OK);
	CHECK(linux_send(RPMSG_ADDR_FC, pause, 12));
	rpmsg_poll(&remote);
	CHECK(rpmsg_send(&remote, ECHO, CLIENT, "x", 1) == RPMSG_PAUSED);
	linux_start(FLOW | events);
	rpmsg_poll(&remote);
	CHECK(rpmsg_send(&remote, ECHO, CLIENT, "x", 1) == RPMSG_OK);

	/* More than there is room for are ignored. */
	echo.flow = NULL;
	for (; many[0] < 2010; many[0]++)
		CHECK(linux_send(RPMSG_ADDR_FC, many, 12));
	rpmsg_poll(&remote);
	CHECK(rpmsg_send(&remote, ECHO, 2007, "x", 1) == RPMSG_PAUSED);
	CHECK(rpmsg_send(&remote, ECHO, 2008, "x", 1) == RPMSG_OK);

	/* One that does not take part cannot. */
	linux_start(events);
	CHECK(linux_send(RPMSG_ADDR_FC, pause, 12));
	rpmsg_poll(&remote);
	CHECK(rpmsg_send(&remote, ECHO, CLIENT, "x", 1) == RPMSG_OK);
}

void an_endpoint_pauses_linux(void)
{
	const uint32_t pause[] = { ECHO, CLIENT, 0 }, resume[] = { ECHO, CLIENT, 1 };
	struct message *message;

	set_up(FLOW);
	CHECK(rpmsg_pause(&remote, ECHO, CLIENT, true) == RPMSG_NO_DRIVER);
	rpmsg_poll(&remote);
	CHECK(rpmsg_pause(&remote, ECHO, CLIENT, true) == RPMSG_OK);
	CHECK(rpmsg_pause(&remote, ECHO, CLIENT, false) == RPMSG_OK);
	message = linux_receive();
	CHECK(message && message->src == ECHO && message->dst == RPMSG_ADDR_FC);
	CHECK(message->len == 12 && !memcmp(message->payload, pause, 12));
	message = linux_receive();
	CHECK(message && message->len == 12 && !memcmp(message->payload, resume, 12));
	linux_start(events);
	rpmsg_poll(&remote);
	CHECK(rpmsg_pause(&remote, ECHO, CLIENT, true) == RPMSG_NO_FLOW_CONTROL);
}

static struct rpmsg_held held;
static const char *kept;

static void keep_receive(struct rpmsg_remote *r, struct rpmsg_endpoint *endpoint, uint32_t src,
			 const void *payload, uint32_t len)
{
	struct rpmsg_held twice;

	(void)endpoint;
	(void)src;
	if (kept) {
		rpmsg_release(r, &held);
		kept = NULL;
		return;
	}
	CHECK(len == 4 && rpmsg_hold(r, &held) && !rpmsg_hold(r, &twice));
	kept = payload;
}

void keeps_a_message(void)
{
	int i;

	set_up(0);
	echo.receive = keep_receive;
	kept = NULL;
	CHECK(linux_send(ECHO, "kept", 4));
	rpmsg_poll(&remote);
	linux_reclaim();
	CHECK(linux_free() == NUM - 1);
	for (i = 1; i < NUM; i++)
		CHECK(linux_send(99, "x", 1)); /* the others go round */
	rpmsg_poll(&remote);
	linux_reclaim();
	CHECK(linux_free() == NUM - 1 && !memcmp(kept, "kept", 4));
	CHECK(linux_send(ECHO, "now", 3));
	rpmsg_poll(&remote);
	linux_reclaim();
	CHECK(linux_free() == NUM && !kept);

	/* Outside of a poll Linux hears of it at once. */
	CHECK(linux_send(ECHO, "kept", 4));
	rpmsg_poll(&remote);
	linux_reclaim();
	kicks[RPMSG_FROM_LINUX] = 0;
	rpmsg_release(&remote, &held);
	CHECK(kicks[RPMSG_FROM_LINUX] == 1);
	linux_reclaim();
	CHECK(linux_free() == NUM);

	/* What is kept of a driver that has gone is nobody's. */
	kept = NULL;
	CHECK(linux_send(ECHO, "kept", 4));
	rpmsg_poll(&remote);
	linux_start(events);
	CHECK(linux_send(ECHO, "now", 3));
	rpmsg_poll(&remote);
	linux_reclaim();
	CHECK(linux_free() == NUM);
}

void sends_without_a_copy(void)
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
