// SPDX-License-Identifier: GPL-2.0
/*
 * The remote side of rpmsg; see rpmsg_remote.h.
 *
 * The vrings are virtio's split virtqueues in their legacy layout
 * (include/uapi/linux/virtio_ring.h of Linux): Linux is the driver, this the
 * device. Linux writes descriptors and the avail ring, this side the used ring.
 */
#include "rpmsg_remote.h"

void *memcpy(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);

#define DESC_F_NEXT		1u	/* the descriptor goes on */
#define DESC_F_WRITE		2u	/* the device writes the buffer */
#define DESC_F_INDIRECT		4u	/* the buffer holds descriptors */
#define AVAIL_F_NO_INTERRUPT	1u	/* Linux wants no kick; without event indices */
#define USED_F_NO_NOTIFY	1u	/* we want no kick; the same */
#define STATUS_DRIVER_OK	4u

#define FLAGS	0		/* in both rings */
#define IDX	1
#define RING	2

/*
 * Messages taken before Linux is told of the answers: few enough that it need not
 * wait long, many enough that a stream of messages costs few kicks.
 */
#define BATCH	16

/*
 * A ring that is in use. Linux zeroes a ring when it sets it up, so that a mark in
 * a field of the device's shows whether this is still the same driver: it says
 * nothing when it goes and comes. Even, as bit 0 of the flags means something.
 */
#define MARK	0x5aa4

struct vring_desc {
	uint32_t addr_low;
	uint32_t addr_high;
	uint32_t len;
	uint16_t flags;
	uint16_t next;
};

struct header {
	uint32_t src;
	uint32_t dst;
	uint32_t reserved;
	uint16_t len;
	uint16_t flags;
};

/* A message of the name service. */
struct announcement {
	char name[RPMSG_NAME_LEN];
	uint32_t addr;
	uint32_t flags;		/* 0: there, 1: gone */
};

/* A message of flow control. */
struct flow {
	uint32_t src;		/* who wants nothing for now, or something again */
	uint32_t dst;		/* who is to pause, or may go on */
	uint32_t flags;		/* 0: pause, 1: go on */
};

/* Linux and the compiler must agree on these. */
#define ASSERT_SIZE(type, size)	typedef char assert_##type[sizeof(struct type) == (size) ? 1 : -1]
ASSERT_SIZE(vring_desc, 16);
ASSERT_SIZE(header, 16);
ASSERT_SIZE(announcement, 40);
ASSERT_SIZE(flow, 12);
ASSERT_SIZE(rsc_memory, 56);
ASSERT_SIZE(rsc_trace, 48);
ASSERT_SIZE(rsc_vdev, 68);
ASSERT_SIZE(rsc_buffers, 24);
ASSERT_SIZE(rsc_channel, 48);

/* --- shared memory ---------------------------------------------------------------- */

static void barrier(const struct rpmsg_port *port)
{
	port->barrier(port->ctx);
}

/* Makes what this side has written visible. */
static void writeback(const struct rpmsg_port *port, const volatile void *start, uint32_t len)
{
	if (port->writeback)
		port->writeback(port->ctx, (const void *)start, len);
}

/* Makes what Linux has written visible; nothing in the range may be ours and unwritten. */
static void invalidate(const struct rpmsg_port *port, const volatile void *start, uint32_t len)
{
	if (port->invalidate)
		port->invalidate(port->ctx, (const void *)start, len);
}

static uint16_t read16(const struct rpmsg_port *port, const volatile uint16_t *at)
{
	invalidate(port, at, sizeof(*at));
	return *at;
}

static void write16(const struct rpmsg_port *port, volatile uint16_t *at, uint16_t value)
{
	*at = value;
	writeback(port, at, sizeof(*at));
}

static int broken(struct rpmsg_remote *remote, const char *why)
{
	remote->fault = why;
	return RPMSG_BAD_RING;
}

static bool has_feature(const struct rpmsg_remote *remote, unsigned int number)
{
	return remote->vdev->gfeatures >> number & 1;
}

/* --- the device side of a vring --------------------------------------------------- */

/* By these, with event indices, each side says for which entry it wants a kick. */
static volatile uint16_t *used_event(const struct rpmsg_ring *ring)
{
	return ring->avail + RING + ring->num;
}

static volatile uint16_t *avail_event(const struct rpmsg_ring *ring)
{
	return ring->used + RING + 4 * (uint32_t)ring->num;
}

/* The field of this side's in which there is nothing for Linux. */
static volatile uint16_t *ring_mark(const struct rpmsg_ring *ring)
{
	return ring->events ? ring->used + FLAGS : avail_event(ring);
}

/* Takes up a ring as Linux has just set it up. */
static int ring_start(struct rpmsg_remote *remote, struct rpmsg_ring *ring, unsigned int number)
{
	const struct rpmsg_port *port = remote->port;
	uint32_t da = remote->vdev->vring[number].da;
	uint32_t num = remote->vdev->vring[number].num;
	uint32_t align = remote->vdev->vring[number].align;
	uint32_t used;
	uint8_t *start;

	if (num == 0 || num > 32768 || (num & (num - 1)) != 0)
		return broken(remote, "the number of entries must be a power of two up to 32768");
	if (align < 4 || align > 0x10000000 || (align & (align - 1)) != 0)
		return broken(remote, "the alignment must be a power of two, at least 4");
	used = (16 * num + 2 * (3 + num) + align - 1) & ~(align - 1);

	memset(ring, 0, sizeof(*ring));
	ring->size = used + 2 * 3 + 8 * num;
	ring->num = (uint16_t)num;
	start = port->map(port->ctx, da, ring->size);
	if (!start)
		return broken(remote, "it lies in no memory of ours");
	ring->desc = (volatile struct vring_desc *)start;
	ring->avail = (volatile uint16_t *)(start + 16 * num);
	ring->used = (volatile uint16_t *)(start + used);
	ring->events = has_feature(remote, VIRTIO_RING_F_EVENT_IDX);
	ring->wants_kicks = true;

	/* A ring that was there before may still be in the cache. */
	invalidate(port, start, ring->size);
	write16(port, ring_mark(ring), MARK);
	return RPMSG_OK;
}

static bool ring_is_marked(const struct rpmsg_port *port, const struct rpmsg_ring *ring)
{
	return read16(port, ring_mark(ring)) == MARK;
}

/*
 * How many buffers there are to take, or RPMSG_BAD_RING. Looks at the ring only if it
 * knows of none: Linux never takes one back.
 */
static int ring_available(struct rpmsg_remote *remote, struct rpmsg_ring *ring)
{
	uint16_t available = (uint16_t)(ring->avail_idx - ring->next_avail);
	uint16_t idx;

	if (available != 0)
		return available;
	idx = read16(remote->port, ring->avail + IDX);
	available = (uint16_t)(idx - ring->next_avail);
	if (available > ring->num)
		return broken(remote, "more buffers are available than it has entries");
	ring->avail_idx = idx;
	return available;
}

/* Takes the next buffer: 1, 0 if there is none, or RPMSG_BAD_RING. */
static int ring_take(struct rpmsg_remote *remote, struct rpmsg_ring *ring,
		     struct rpmsg_buffer *buffer)
{
	const struct rpmsg_port *port = remote->port;
	const volatile struct vring_desc *desc;
	uint64_t addr;
	int available = ring_available(remote, ring);

	if (available <= 0)
		return available;
	/* The index is read before what it covers. */
	barrier(port);
	buffer->head = read16(port, ring->avail + RING + (ring->next_avail & (ring->num - 1u)));
	if (buffer->head >= ring->num)
		return broken(remote, "there is no descriptor of that number");
	ring->next_avail++;

	desc = &ring->desc[buffer->head];
	invalidate(port, desc, sizeof(*desc));
	if (desc->flags & (DESC_F_NEXT | DESC_F_INDIRECT))
		return broken(remote, "a message must be in one buffer");
	addr = (uint64_t)desc->addr_high << 32 | desc->addr_low;
	buffer->len = desc->len;
	buffer->start = NULL;
	if (buffer->len != 0) {
		buffer->start = port->map(port->ctx, addr, buffer->len);
		if (!buffer->start)
			return broken(remote, "a buffer lies in no memory of ours");
	}
	buffer->taken = true;
	return 1;
}

/* Gives a buffer back with len bytes in it; Linux sees it after ring_publish(). */
static void ring_give(struct rpmsg_remote *remote, struct rpmsg_ring *ring, uint16_t head,
		      uint32_t len)
{
	volatile uint32_t *element = (volatile uint32_t *)(ring->used + RING) +
				     2 * (ring->next_used & (ring->num - 1u));

	element[0] = head;
	element[1] = len;
	writeback(remote->port, element, 2 * sizeof(*element));
	ring->next_used++;
}

/* Shows Linux what has been given back so far, and kicks if it wants that. */
static void ring_publish(struct rpmsg_remote *remote, struct rpmsg_ring *ring, unsigned int number)
{
	const struct rpmsg_port *port = remote->port;
	uint16_t count = (uint16_t)(ring->next_used - ring->shown);
	bool kick;

	if (count == 0)
		return;
	ring->shown = ring->next_used;
	/* What the index covers is written before it. */
	barrier(port);
	write16(port, ring->used + IDX, ring->next_used);
	/* It is written before Linux's wish is read, or both sides might wait. */
	barrier(port);
	if (ring->events)
		kick = (uint16_t)(ring->next_used - read16(port, used_event(ring)) - 1) < count;
	else
		kick = !(read16(port, ring->avail + FLAGS) & AVAIL_F_NO_INTERRUPT);
	if (kick)
		port->kick(port->ctx, number);
}

/*
 * Asks for kicks when there are new buffers, or for none. Afterwards the ring must be
 * looked at once more: some may have come in between. With event indices a wish is
 * fulfilled once, so that there is nothing to take back.
 */
static void ring_want_kicks(struct rpmsg_remote *remote, struct rpmsg_ring *ring, bool want)
{
	if (ring->wants_kicks == want)
		return;
	ring->wants_kicks = want;
	if (!ring->events)
		write16(remote->port, ring->used + FLAGS, want ? 0 : USED_F_NO_NOTIFY);
	else if (want)
		write16(remote->port, avail_event(ring), ring->next_avail);
	if (want)
		barrier(remote->port);
}

/* --- the driver, and whether it is still there ------------------------------------------- */

static bool driver_is_ready(const struct rpmsg_remote *remote)
{
	invalidate(remote->port, remote->vdev, sizeof(*remote->vdev));
	return remote->vdev->status & STATUS_DRIVER_OK;
}

static bool driver_is_the_same(const struct rpmsg_remote *remote)
{
	return driver_is_ready(remote) && ring_is_marked(remote->port, &remote->to_linux) &&
	       ring_is_marked(remote->port, &remote->from_linux);
}

/* Whether the rings can be used. A driver that has just come is the next poll's business. */
static bool is_ready(const struct rpmsg_remote *remote)
{
	return remote->running && (remote->polling || driver_is_the_same(remote));
}

/* --- sending ------------------------------------------------------------------------ */

/* Whether a message can be sent: 1, 0 or RPMSG_BAD_RING. */
static int has_room(struct rpmsg_remote *remote)
{
	int available;

	if (remote->out.taken)
		return 1;
	available = ring_available(remote, &remote->to_linux);
	if (available != 0) {
		ring_want_kicks(remote, &remote->to_linux, false);
		return available < 0 ? available : 1;
	}
	ring_want_kicks(remote, &remote->to_linux, true);
	available = ring_available(remote, &remote->to_linux);
	return available < 0 ? available : available != 0;
}

/* The number of a pair that is paused; num_paused if it is not. */
static uint32_t find_pause(const struct rpmsg_remote *remote, uint32_t addr, uint32_t peer)
{
	uint32_t i = 0;

	while (i < remote->num_paused &&
	       (remote->paused[i].addr != addr || remote->paused[i].peer != peer))
		i++;
	return i;
}

int rpmsg_reserve(struct rpmsg_remote *remote, void **payload, uint32_t *room)
{
	struct rpmsg_buffer *out = &remote->out;
	int result;

	if (!is_ready(remote))
		return RPMSG_NO_DRIVER;
	result = has_room(remote);
	if (result == 1 && !out->taken)
		result = ring_take(remote, &remote->to_linux, out);
	if (result < 0)
		return result;
	if (result == 0)
		return RPMSG_NO_BUFFER;
	if (out->len < sizeof(struct header))
		return broken(remote, "a buffer is shorter than a message's header");
	*payload = out->start + sizeof(struct header);
	*room = out->len - sizeof(struct header);
	if (*room > 0xffff)
		*room = 0xffff;
	return RPMSG_OK;
}

int rpmsg_commit(struct rpmsg_remote *remote, uint32_t src, uint32_t dst, uint32_t len)
{
	struct rpmsg_buffer *out = &remote->out;
	struct header *header = (struct header *)out->start;

	if (!remote->running || !out->taken)
		return RPMSG_NO_DRIVER;
	if (find_pause(remote, src, dst) < remote->num_paused)
		return RPMSG_PAUSED;
	if (len > 0xffff || len + sizeof(*header) > out->len)
		return RPMSG_TOO_LONG;
	header->src = src;
	header->dst = dst;
	header->reserved = 0;
	header->len = (uint16_t)len;
	header->flags = 0;
	len += sizeof(*header);
	writeback(remote->port, header, len);
	ring_give(remote, &remote->to_linux, out->head, len);
	out->taken = false;
	/* During a poll its end, or the end of a batch, is soon enough. */
	if (!remote->polling)
		ring_publish(remote, &remote->to_linux, RPMSG_TO_LINUX);
	return RPMSG_OK;
}

int rpmsg_send(struct rpmsg_remote *remote, uint32_t src, uint32_t dst, const void *payload,
	       uint32_t len)
{
	void *to;
	uint32_t room;
	int result = rpmsg_reserve(remote, &to, &room);

	if (result != RPMSG_OK)
		return result;
	if (len > room)
		return RPMSG_TOO_LONG;
	if (len != 0)
		memcpy(to, payload, len);
	return rpmsg_commit(remote, src, dst, len);
}

/* --- endpoints and the name service --------------------------------------------------- */

static struct rpmsg_endpoint *find(const struct rpmsg_remote *remote, uint32_t addr)
{
	struct rpmsg_endpoint *endpoint = remote->endpoints;

	while (endpoint && endpoint->addr != addr)
		endpoint = endpoint->next;
	return endpoint;
}

int rpmsg_add(struct rpmsg_remote *remote, struct rpmsg_endpoint *endpoint)
{
	struct rpmsg_endpoint **end = &remote->endpoints;

	if (endpoint->addr == RPMSG_ADDR_ANY) {
		/* There are fewer endpoints than addresses. */
		while (find(remote, remote->next_addr)) {
			if (++remote->next_addr == RPMSG_ADDR_ANY)
				remote->next_addr = RPMSG_ADDR_DYNAMIC;
		}
		endpoint->addr = remote->next_addr;
	} else if (find(remote, endpoint->addr)) {
		return RPMSG_ADDR_IN_USE;
	}
	endpoint->next = NULL;
	endpoint->announced = false;
	while (*end)
		end = &(*end)->next;
	*end = endpoint;
	return RPMSG_OK;
}

static int announce(struct rpmsg_remote *remote, const struct rpmsg_endpoint *endpoint, bool there)
{
	struct announcement message;
	uint32_t i;

	memset(&message, 0, sizeof(message));
	for (i = 0; i < RPMSG_NAME_LEN - 1 && endpoint->name[i]; i++)
		message.name[i] = endpoint->name[i];
	message.addr = endpoint->addr;
	message.flags = there ? 0 : 1;
	return rpmsg_send(remote, endpoint->addr, RPMSG_ADDR_NS, &message, sizeof(message));
}

int rpmsg_remove(struct rpmsg_remote *remote, struct rpmsg_endpoint *endpoint)
{
	struct rpmsg_endpoint **link = &remote->endpoints;
	uint32_t i;
	int result;

	while (*link && *link != endpoint)
		link = &(*link)->next;
	if (!*link)
		return RPMSG_OK;
	if (endpoint->announced) {
		result = announce(remote, endpoint, false);
		if (result == RPMSG_NO_BUFFER || result == RPMSG_BAD_RING)
			return result;
	}
	*link = endpoint->next;
	/* The next one at this address starts afresh. */
	for (i = remote->num_paused; i-- > 0;) {
		if (remote->paused[i].addr == endpoint->addr)
			remote->paused[i] = remote->paused[--remote->num_paused];
	}
	return RPMSG_OK;
}

/* Announces the next endpoint that needs it: 1, 0 if there is none, or an error. */
static int announce_next(struct rpmsg_remote *remote)
{
	struct rpmsg_endpoint *endpoint = remote->endpoints;
	int result;

	if (!has_feature(remote, VIRTIO_RPMSG_F_NS))
		return 0;
	while (endpoint && (!endpoint->name || endpoint->announced))
		endpoint = endpoint->next;
	if (!endpoint)
		return 0;
	result = announce(remote, endpoint, true);
	/* Buffers that are too short for it are beyond help. */
	endpoint->announced = result == RPMSG_OK || result == RPMSG_TOO_LONG;
	return result == RPMSG_BAD_RING ? result : endpoint->announced;
}

/* A message to the name service: Linux has a service, or no longer. */
static bool linux_announces(struct rpmsg_remote *remote, const void *payload, uint32_t len)
{
	struct announcement message;

	if (len != sizeof(message))
		return false;
	memcpy(&message, payload, sizeof(message));
	message.name[RPMSG_NAME_LEN - 1] = '\0';
	if (remote->linux_service)
		remote->linux_service(remote, message.name, message.addr, !(message.flags & 1));
	return true;
}

/* --- flow control ---------------------------------------------------------------------- */

int rpmsg_pause(struct rpmsg_remote *remote, uint32_t addr, uint32_t peer, bool pause)
{
	struct flow message = { addr, peer, !pause };

	if (remote->running && !has_feature(remote, VIRTIO_RPMSG_F_FC))
		return RPMSG_NO_FLOW_CONTROL;
	return rpmsg_send(remote, addr, RPMSG_ADDR_FC, &message, sizeof(message));
}

/* A message of flow control: an endpoint of Linux has enough, or not any more. */
static bool linux_pauses(struct rpmsg_remote *remote, const void *payload, uint32_t len)
{
	struct rpmsg_endpoint *endpoint;
	struct flow message;
	uint32_t i;
	bool pause;

	if (len != sizeof(message) || !has_feature(remote, VIRTIO_RPMSG_F_FC))
		return false;
	memcpy(&message, payload, sizeof(message));
	endpoint = find(remote, message.dst);
	if (!endpoint || message.src == RPMSG_ADDR_ANY)
		return false;
	pause = !(message.flags & 1);
	i = find_pause(remote, message.dst, message.src);
	if (pause != (i == remote->num_paused) || i == RPMSG_MAX_PAUSED)
		return true; /* nothing new, or no room */
	if (pause) {
		remote->paused[i].addr = message.dst;
		remote->paused[i].peer = message.src;
		remote->num_paused++;
	} else {
		remote->paused[i] = remote->paused[--remote->num_paused];
	}
	if (endpoint->flow)
		endpoint->flow(remote, endpoint, message.src, pause);
	return true;
}

/* --- receiving ------------------------------------------------------------------------ */

bool rpmsg_hold(struct rpmsg_remote *remote, struct rpmsg_held *held)
{
	held->head = remote->in.head;
	held->epoch = remote->epoch;
	if (!remote->in.taken)
		return false;
	remote->in.taken = false;
	return true;
}

void rpmsg_release(struct rpmsg_remote *remote, const struct rpmsg_held *held)
{
	/* The next driver has buffers of its own. */
	if (held->epoch != remote->epoch || !is_ready(remote))
		return;
	ring_give(remote, &remote->from_linux, held->head, 0);
	if (!remote->polling)
		ring_publish(remote, &remote->from_linux, RPMSG_FROM_LINUX);
}

/* Hands the message at hand on; false if it is malformed or nobody's. */
static bool deliver(struct rpmsg_remote *remote)
{
	const struct rpmsg_buffer *buffer = &remote->in;
	const volatile struct header *header = (const volatile struct header *)buffer->start;
	const void *payload = buffer->start + sizeof(*header);
	struct rpmsg_endpoint *endpoint;
	uint32_t src, dst, len;

	if (buffer->len < sizeof(*header))
		return false;
	invalidate(remote->port, buffer->start, buffer->len);
	src = header->src;
	dst = header->dst;
	len = header->len;
	if (len > buffer->len - sizeof(*header))
		return false;
	endpoint = find(remote, dst);
	if (endpoint && endpoint->receive) {
		endpoint->receive(remote, endpoint, src, payload, len);
		return true;
	}
	if (dst == RPMSG_ADDR_NS)
		return linux_announces(remote, payload, len);
	return dst == RPMSG_ADDR_FC && linux_pauses(remote, payload, len);
}

/* One batch: 1 if there may be more, 0 if a kick will come for the rest, or an error. */
static int poll_batch(struct rpmsg_remote *remote)
{
	struct rpmsg_buffer *in = &remote->in;
	int i, result;

	ring_want_kicks(remote, &remote->from_linux, false);
	for (i = 0; i < BATCH; i++) {
		/*
		 * Each step may send one message. Without room, messages wait in their
		 * ring, where Linux's senders see that they have to wait too.
		 */
		result = has_room(remote);
		if (result <= 0)
			return result;
		result = announce_next(remote);
		if (result < 0)
			return result;
		if (result > 0)
			continue;
		result = ring_take(remote, &remote->from_linux, in);
		if (result < 0)
			return result;
		if (result == 0) {
			ring_want_kicks(remote, &remote->from_linux, true);
			result = ring_available(remote, &remote->from_linux);
			return result < 0 ? result : result != 0;
		}
		if (deliver(remote))
			remote->received++;
		else
			remote->dropped++;
		if (in->taken)
			ring_give(remote, &remote->from_linux, in->head, 0);
		in->taken = false;
	}
	return 1;
}

static int start(struct rpmsg_remote *remote)
{
	struct rpmsg_endpoint *endpoint;

	if (ring_start(remote, &remote->to_linux, RPMSG_TO_LINUX) != RPMSG_OK ||
	    ring_start(remote, &remote->from_linux, RPMSG_FROM_LINUX) != RPMSG_OK)
		return RPMSG_BAD_RING;
	remote->out.taken = false;
	remote->num_paused = 0;
	remote->epoch++;
	for (endpoint = remote->endpoints; endpoint; endpoint = endpoint->next)
		endpoint->announced = false;
	remote->running = true;
	return RPMSG_STARTED;
}

int rpmsg_poll(struct rpmsg_remote *remote)
{
	int result = RPMSG_OK, more;

	if (!remote->running || !driver_is_the_same(remote)) {
		remote->running = false;
		if (!driver_is_ready(remote))
			return RPMSG_NO_DRIVER;
		result = start(remote);
		if (result < 0)
			return result;
	}
	remote->polling = true;
	do {
		more = poll_batch(remote);
		if (more < 0)
			break;
		ring_publish(remote, &remote->to_linux, RPMSG_TO_LINUX);
		ring_publish(remote, &remote->from_linux, RPMSG_FROM_LINUX);
	} while (more);
	remote->polling = false;
	if (more < 0 && !driver_is_the_same(remote)) {
		/* It went while its rings were read. */
		remote->running = false;
		return RPMSG_NO_DRIVER;
	}
	return more < 0 ? more : result;
}

void rpmsg_init(struct rpmsg_remote *remote, const struct rpmsg_port *port,
		const volatile struct rsc_vdev *vdev)
{
	memset(remote, 0, sizeof(*remote));
	remote->port = port;
	remote->vdev = vdev;
	remote->next_addr = RPMSG_ADDR_DYNAMIC;
}

const char *rpmsg_fault(const struct rpmsg_remote *remote)
{
	return remote->fault ? remote->fault : "none";
}

/* --- the trace buffer ------------------------------------------------------------------ */

void rpmsg_trace_init(struct rpmsg_trace *trace, const struct rpmsg_port *port, void *text,
		      uint32_t size)
{
	trace->port = port;
	trace->text = text;
	trace->size = size;
	trace->used = 0;
	while (trace->used < size - 1 && trace->text[trace->used])
		trace->used++;
}

static void drop_older_half(struct rpmsg_trace *trace)
{
	uint32_t from = trace->used / 2, to = 0;

	while (from < trace->used)
		trace->text[to++] = trace->text[from++];
	trace->used = to;
	trace->text[to] = '\0';
}

void rpmsg_trace_puts(struct rpmsg_trace *trace, const char *text)
{
	uint32_t from = trace->used;

	for (; *text; text++) {
		if (trace->used == trace->size - 1) {
			drop_older_half(trace);
			from = 0;
		}
		/* The zero goes first: a reader never runs past the text. */
		trace->text[trace->used + 1] = '\0';
		trace->text[trace->used++] = *text;
	}
	writeback(trace->port, trace->text + from, trace->used + 1 - from);
}

void rpmsg_trace_hex(struct rpmsg_trace *trace, uint32_t number)
{
	char text[11] = "0x";
	uint32_t digits = 1, i;

	while (digits < 8 && number >> 4 * digits)
		digits++;
	for (i = 0; i < digits; i++)
		text[2 + i] = "0123456789abcdef"[number >> 4 * (digits - 1 - i) & 15];
	text[2 + digits] = '\0';
	rpmsg_trace_puts(trace, text);
}

/* Without a division, which would need the compiler's library on some processors. */
void rpmsg_trace_dec(struct rpmsg_trace *trace, uint32_t number)
{
	static const uint32_t powers[] = {
		1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1,
	};
	char text[11];
	int i, len = 0;

	for (i = 0; i < 10; i++) {
		char digit = '0';

		while (number >= powers[i]) {
			number -= powers[i];
			digit++;
		}
		if (digit != '0' || len != 0 || i == 9)
			text[len++] = digit;
	}
	text[len] = '\0';
	rpmsg_trace_puts(trace, text);
}
