// SPDX-License-Identifier: GPL-2.0
/*
 * rpmsg_remote.c against a Linux that fake_linux.c plays, each test with coherent
 * memory and with a cache, with event indices and without. Either side looks only when
 * it has been kicked, so that a kick too few shows as a message that never arrives.
 */
#include <stdio.h>
#include <string.h>

#include "test.h"

struct rpmsg_remote remote;
struct rpmsg_endpoint echo;
uint32_t events;
bool failed;

void check_failed(const char *file, int line, const char *what)
{
	if (!failed)
		printf("%s:%d: not so: %s\n", file, line, what);
	failed = true;
}

bool is_text(const struct message *message, const char *text)
{
	return message && message->len == strlen(text) && !memcmp(message->payload, text, message->len);
}

bool announces(const struct message *message, const char *name, uint32_t addr, uint32_t flags)
{
	uint32_t words[2];

	if (!message || message->dst != RPMSG_ADDR_NS || message->len != 40)
		return false;
	memcpy(words, message->payload + 32, 8);
	return !strcmp((const char *)message->payload, name) && words[0] == addr &&
	       words[1] == flags;
}

void echo_receive(struct rpmsg_remote *r, struct rpmsg_endpoint *endpoint, uint32_t src,
		  const void *payload, uint32_t len)
{
	rpmsg_send(r, endpoint->addr, src, payload, len);
}

void set_up(int features)
{
	rpmsg_init(&remote, &port, vdev);
	echo = (struct rpmsg_endpoint){ .name = "echo", .addr = ECHO, .receive = echo_receive };
	CHECK(rpmsg_add(&remote, &echo) == RPMSG_OK);
	if (features >= 0)
		linux_start((uint32_t)features | events);
}

struct message *interrupt(void)
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

#define TEST(name) { #name, name },
static const struct {
	const char *name;
	void (*run)(void);
} tests[] = { TESTS(TEST) };

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
