// SPDX-License-Identifier: GPL-2.0
/*
 * Sample firmware for any processor: echoes every message to its sender. The same
 * as the one in Rust (omap4-ipu), with the same variants for tests of the host:
 *
 * CRASH_MMU, CRASH_PANIC: after 50 echoes, reads an address at which there is
 * nothing, or gives up. HOSTILE: sends messages that no host should fall for.
 * SILENT: announces no echo. STATIC_CHANNELS: nor does this, but the resource table has
 * a channel to it. TTY: announces a terminal. BIG_BUFFERS, in table.c: asks
 * for messages of up to 2048 bytes from Linux, 4096 to it.
 */
#include "sample.h"

void *memset(void *to, int byte, size_t len);

#define CRASH_ADDR	51u
#define TERMINAL_ADDR	52u
#define BURST_ADDR	54u
#define VISITOR_ADDR	55u
#define FLOW_ADDR	56u

#define ECHOES_BEFORE_CRASH	50
#define VISITS			10u

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
	/*
	 * Announcements: too short, too long, no name, a name without an end, that twice, odd
	 * bytes, the end of what never was.
	 */
	for (i = 0; i < 41; i++)
		name[i] = 0;
	rpmsg_send(&remote, src, RPMSG_ADDR_NS, name, 39);
	rpmsg_send(&remote, src, RPMSG_ADDR_NS, name, 41);
	rpmsg_send(&remote, src, RPMSG_ADDR_NS, name, 40);
	for (i = 0; i < 32; i++)
		name[i] = 'x';
	rpmsg_send(&remote, src, RPMSG_ADDR_NS, name, 40);
	rpmsg_send(&remote, src, RPMSG_ADDR_NS, name, 40);
	for (i = 0; i < 32; i++)
		name[i] = (char)0xff;
	rpmsg_send(&remote, src, RPMSG_ADDR_NS, name, 40);
	for (i = 0; i < 32; i++)
		name[i] = 'y';
	name[36] = 1;
	rpmsg_send(&remote, src, RPMSG_ADDR_NS, name, 40);
	/* Nothing, from nobody. */
	rpmsg_send(&remote, RPMSG_ADDR_ANY, victim, "", 0);
}
#endif

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

static bool starts_with(const void *payload, const char *text)
{
	const char *bytes = payload;

	while (*text && *bytes == *text) {
		bytes++;
		text++;
	}
	return !*text;
}

static bool is_text(const void *payload, uint32_t len, const char *text)
{
	uint32_t text_len = 0;

	while (text[text_len])
		text_len++;
	return len == text_len && starts_with(payload, text);
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
	if (is_text(payload, len, "crash mmu"))
		board_read_nothing();
	if (is_text(payload, len, "crash panic"))
		crash("Linux asked for it, from", src);
	/* Nothing is taken from Linux any more, and nobody is told. */
	if (is_text(payload, len, "hang"))
		board_stop();
}

/*
 * Sends as many messages as it is asked for, for measurements: not announced. A
 * request is two words: how many messages, and of how many bytes.
 */
static void burst_receive(struct rpmsg_remote *r, struct rpmsg_endpoint *endpoint, uint32_t src,
			  const void *payload, uint32_t len)
{
	const uint32_t *request = payload;
	uint32_t messages, size, room;
	void *buffer;

	if (len != 2 * sizeof(*request))
		return;
	messages = request[0];
	size = request[1];
	/* Who asks for more than Linux has buffers for gets as many as it has. */
	while (messages-- && rpmsg_reserve(r, &buffer, &room) == RPMSG_OK && size <= room) {
		memset(buffer, 0x5a, size);
		if (rpmsg_commit(r, endpoint->addr, src, size) != RPMSG_OK)
			return;
	}
}

/* Whom the service for flow control has paused last, and to whom it sends which digits. */
static uint32_t paused = RPMSG_ADDR_ANY;
static uint32_t stream_to;
static char stream_next = '1', stream_last = '0';

/* Sends digits until the receiver has enough of it. */
static void stream_go_on(struct rpmsg_remote *r)
{
	while (stream_next <= stream_last &&
	       rpmsg_send(r, FLOW_ADDR, stream_to, &stream_next, 1) == RPMSG_OK)
		stream_next++;
}

/*
 * With this the flow control of both sides can be tried; Documentation/remote-side.rst
 * says what its messages are.
 */
static void flow_receive(struct rpmsg_remote *r, struct rpmsg_endpoint *endpoint, uint32_t src,
			 const void *payload, uint32_t len)
{
	char digit = len == 8 ? ((const char *)payload)[7] : '0';

	if (is_text(payload, len, "pause")) {
		paused = src;
		rpmsg_pause(r, FLOW_ADDR, src, true);
	} else if (is_text(payload, len, "go on")) {
		if (paused != RPMSG_ADDR_ANY)
			rpmsg_pause(r, FLOW_ADDR, paused, false);
		paused = RPMSG_ADDR_ANY;
	} else if (digit >= '1' && digit <= '9' && starts_with(payload, "stream ")) {
		stream_to = src;
		stream_next = '1';
		stream_last = digit;
		stream_go_on(r);
	} else {
		rpmsg_send(r, endpoint->addr, src, payload, len);
	}
}

static void flow_changed(struct rpmsg_remote *r, struct rpmsg_endpoint *endpoint, uint32_t peer,
			 bool now_paused)
{
	(void)endpoint;
	if (peer == stream_to && !now_paused)
		stream_go_on(r);
}

static struct rpmsg_endpoint echo = {
#if !defined(SILENT) && !defined(STATIC_CHANNELS)
	.name = ECHO_NAME,
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

static struct rpmsg_endpoint flow = {
	.addr = FLOW_ADDR,
	.receive = flow_receive,
	.flow = flow_changed,
};

/* A client of Linux's service "rpmsg-server-sample": plays ping-pong with it. */
static void visitor_receive(struct rpmsg_remote *r, struct rpmsg_endpoint *endpoint, uint32_t src,
			    const void *payload, uint32_t len)
{
	static uint32_t answers;
	struct rpmsg_trace trace;

	if (++answers < VISITS) {
		rpmsg_send(r, endpoint->addr, src, payload, len);
		return;
	}
	answers = 0;
	log_start(&trace);
	rpmsg_trace_dec(&trace, VISITS);
	rpmsg_trace_puts(&trace, " answers of rpmsg-server-sample at ");
	rpmsg_trace_hex(&trace, src);
	rpmsg_trace_puts(&trace, "\n");
}

static struct rpmsg_endpoint visitor = {
	.addr = VISITOR_ADDR,
	.receive = visitor_receive,
};

static void linux_service(struct rpmsg_remote *r, const char *name, uint32_t addr, bool there)
{
	if (there && starts_with(name, "rpmsg-server-sample"))
		rpmsg_send(r, visitor.addr, addr, "visit", 5);
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
	rpmsg_add(&remote, &visitor);
	rpmsg_add(&remote, &flow);
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
