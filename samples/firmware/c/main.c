// SPDX-License-Identifier: GPL-2.0
/*
 * Sample firmware for any processor: echoes every message to its sender. The same
 * as the one in Rust (omap4-ipu), with the same variants for tests of the host:
 *
 * CRASH_MMU, CRASH_PANIC: after 50 echoes, reads an address at which there is
 * nothing, or gives up. HOSTILE: sends messages that no host should fall for.
 * SILENT: announces no echo. TTY: announces a terminal.
 */
#include "sample.h"

#define ECHO_ADDR	50u
#define CRASH_ADDR	51u
#define TERMINAL_ADDR	52u
#define BURST_ADDR	54u
#define CLIENT_ADDR	55u

#define ECHOES_BEFORE_CRASH	50

static struct rpmsg_remote remote;
static uint32_t echoes;

static void log_start(struct rpmsg_trace *trace)
{
	rpmsg_trace_init(trace, &board_port, board_trace, board_trace_size);
	rpmsg_trace_puts(trace, board_name);
	rpmsg_trace_puts(trace, ": ");
}

static void log_line(const char *what)
{
	struct rpmsg_trace trace;

	log_start(&trace);
	rpmsg_trace_puts(&trace, what);
	rpmsg_trace_puts(&trace, "\n");
}

void crash(const char *why, uint32_t number)
{
	struct rpmsg_trace trace;

	log_start(&trace);
	rpmsg_trace_puts(&trace, "crash: ");
	rpmsg_trace_puts(&trace, why);
	if (number) {
		rpmsg_trace_puts(&trace, " ");
		rpmsg_trace_hex(&trace, number);
	}
	rpmsg_trace_puts(&trace, "\n");
	board_tell_crash();
	board_stop();
}

#ifdef HOSTILE
/* One message of each kind; those for which there is no buffer are not missed. */
static void attack(uint32_t victim)
{
	static char name[41];
	const uint32_t src = 666;
	int i;

	/* To nobody, and to no address at all. */
	rpmsg_send(&remote, src, 0xdead, "nobody", 6);
	rpmsg_send(&remote, src, RPMSG_ADDR_ANY, "any", 3);
	/* Announcements: too short, too long, no name, a name without an end, odd bytes. */
	for (i = 0; i < 41; i++)
		name[i] = 0;
	rpmsg_send(&remote, src, RPMSG_ADDR_NS, name, 39);
	rpmsg_send(&remote, src, RPMSG_ADDR_NS, name, 41);
	rpmsg_send(&remote, src, RPMSG_ADDR_NS, name, 40);
	for (i = 0; i < 32; i++)
		name[i] = 'x';
	rpmsg_send(&remote, src, RPMSG_ADDR_NS, name, 40);
	for (i = 0; i < 32; i++)
		name[i] = (char)0xff;
	rpmsg_send(&remote, src, RPMSG_ADDR_NS, name, 40);
	/* Nothing, from nobody. */
	rpmsg_send(&remote, RPMSG_ADDR_ANY, victim, "", 0);
}
#endif

/* The echo that everybody tries first: mainline's sample client looks for its name. */
static void echo_receive(struct rpmsg_remote *r, struct rpmsg_endpoint *endpoint, uint32_t src,
			 const void *payload, uint32_t len)
{
	if (echoes == ECHOES_BEFORE_CRASH) {
#ifdef CRASH_MMU
		board_read_nothing();
#endif
#ifdef CRASH_PANIC
		crash("50 echoes are enough", 0);
#endif
	}
#ifdef HOSTILE
	if (echoes == 0)
		attack(src);
#endif
	echoes++;
	/* There is room for one, and it fits, as it came out of such a buffer. */
	rpmsg_send(r, endpoint->addr, src, payload, len);
}

static void terminal_receive(struct rpmsg_remote *r, struct rpmsg_endpoint *endpoint, uint32_t src,
			     const void *payload, uint32_t len)
{
	rpmsg_send(r, endpoint->addr, src, payload, len);
}

static bool is_text(const void *payload, uint32_t len, const char *text)
{
	const char *bytes = payload;
	uint32_t i;

	for (i = 0; i < len; i++) {
		if (bytes[i] != text[i])
			return false;
	}
	return text[len] == '\0';
}

/*
 * Crashes or hangs when told to: not announced, but whoever sends to its address is
 * heard.
 */
static void crash_receive(struct rpmsg_remote *r, struct rpmsg_endpoint *endpoint, uint32_t src,
			  const void *payload, uint32_t len)
{
	(void)r;
	(void)endpoint;
	if (len == 9 && is_text(payload, len, "crash mmu"))
		board_read_nothing();
	if (len == 11 && is_text(payload, len, "crash panic"))
		crash("Linux asked for it, from", src);
	/* Nothing is taken from Linux any more, and nobody is told. */
	if (len == 4 && is_text(payload, len, "hang"))
		board_stop();
}

/*
 * Sends as many messages as it is asked for, for measurements: not announced. A
 * request is two words: how many messages, and of how many bytes.
 */
static void burst_receive(struct rpmsg_remote *r, struct rpmsg_endpoint *endpoint, uint32_t src,
			  const void *payload, uint32_t len)
{
	static const uint8_t bytes[496] = { [0 ... 495] = 0x5a };
	const uint32_t *request = payload;
	uint32_t messages, size;

	if (len != 2 * sizeof(*request))
		return;
	messages = request[0];
	size = request[1];
	if (size > sizeof(bytes))
		return;
	/* Who asks for more than Linux has buffers for gets as many as it has. */
	while (messages-- && rpmsg_send(r, endpoint->addr, src, bytes, size) == RPMSG_OK)
		;
}

static struct rpmsg_endpoint echo = {
#ifndef SILENT
	.name = "rpmsg-client-sample",
#endif
	.addr = ECHO_ADDR,
	.receive = echo_receive,
};

static struct rpmsg_endpoint on_demand = {
	.addr = CRASH_ADDR,
	.receive = crash_receive,
};

/* A terminal, which shows what is typed: what Linux's rpmsg_tty talks to. */
static struct rpmsg_endpoint terminal = {
#ifdef TTY
	.name = "rpmsg-tty",
#endif
	.addr = TERMINAL_ADDR,
	.receive = terminal_receive,
};

static struct rpmsg_endpoint burst = {
	.addr = BURST_ADDR,
	.receive = burst_receive,
};

/* Says hello to a server of Linux, and echoes what that answers. */
static struct rpmsg_endpoint client = {
	.addr = CLIENT_ADDR,
	.receive = terminal_receive,
};

static void linux_service(struct rpmsg_remote *r, const char *name, uint32_t addr, bool there)
{
	if (there && is_text(name, 19, "rpmsg-server-sample"))
		rpmsg_send(r, client.addr, addr, "hello", 5);
}

int main(void)
{
	board_init();
	log_line("up, waiting for Linux's driver");
	rpmsg_init(&remote, &board_port, board_vdev);
	remote.linux_service = linux_service;
	rpmsg_add(&remote, &echo);
	rpmsg_add(&remote, &terminal);
	rpmsg_add(&remote, &on_demand);
	rpmsg_add(&remote, &burst);
	rpmsg_add(&remote, &client);
	for (;;) {
		board_receive();
		switch (rpmsg_poll(&remote)) {
		case RPMSG_STARTED:
			log_line("Linux's driver is ready");
			break;
		case RPMSG_BAD_RING:
			log_line("a vring makes no sense:");
			crash(rpmsg_fault(&remote), 0);
		}
		board_send();
		board_wait();
	}
}
