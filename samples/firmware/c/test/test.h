/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of rpmsg_remote.c share. */
#ifndef TEST_H
#define TEST_H

#include "fake_linux.h"

/* All tests, in the order in which they run. */
#define TESTS(T) \
	T(waits_for_the_driver) \
	T(announces_what_has_a_name) \
	T(more_announcements_than_buffers) \
	T(notices_a_driver_that_starts_over) \
	T(drops_what_is_malformed) \
	T(reports_bad_rings) \
	T(kicks_only_where_wanted) \
	T(a_stream_needs_no_kicks) \
	T(keeps_the_buffer_of_a_message_that_was_not_sent) \
	T(looks_again_before_it_sleeps) \
	T(hears_of_services_of_linux) \
	T(endpoints_come_and_go) \
	T(linux_pauses_an_endpoint) \
	T(an_endpoint_pauses_linux) \
	T(keeps_a_message) \
	T(sends_without_a_copy) \
	T(driver_goes_during_a_poll) \
	T(echoes_everything) \
	T(keeps_the_newest_trace)

#define DECLARE(name) void name(void);
TESTS(DECLARE)

/* Each test begins with a new one. */
extern struct rpmsg_remote remote;
extern struct rpmsg_endpoint echo;

/* EVENTS or 0: each test is run with both. */
extern uint32_t events;

/* Whether the test at hand has failed. */
extern bool failed;

/* The remote with an echo; a driver with these features, unless they are negative. */
void set_up(int features);

void echo_receive(struct rpmsg_remote *r, struct rpmsg_endpoint *endpoint, uint32_t src,
		  const void *payload, uint32_t len);

/* What Linux's interrupt handler does: nothing unless kicked. */
struct message *interrupt(void);

bool is_text(const struct message *message, const char *text);

/* An announcement from the remote; flags: 0 there, 1 gone. */
bool announces(const struct message *message, const char *name, uint32_t addr, uint32_t flags);

#endif
