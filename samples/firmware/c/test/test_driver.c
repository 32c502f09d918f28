// SPDX-License-Identifier: GPL-2.0
/* Linux's driver comes, goes and starts over; what is announced to it. */
#include <string.h>

#include "test.h"

void waits_for_the_driver(void)
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

void announces_what_has_a_name(void)
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

void more_announcements_than_buffers(void)
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

void notices_a_driver_that_starts_over(void)
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

static bool go_away(void)
{
	linux_set_status(0);
	linux_move_avail_idx(RPMSG_FROM_LINUX, 1000);
	return true;
}

void driver_goes_during_a_poll(void)
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
