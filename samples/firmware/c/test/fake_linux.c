// SPDX-License-Identifier: GPL-2.0
#include "fake_linux.h"

#include <string.h>

#define LINE	128u

/* The vdev's place in memory, the rings', and where the parts of a ring are. */
#define VDEV		0x100u
#define RING_DA(n)	(0x1000u + 0x1000u * (n))
#define AVAIL		(16u * NUM)
#define USED_EVENT	(AVAIL + 4 + 2 * NUM)
#define USED		((16u * NUM + 2 * (3 + NUM) + ALIGN - 1) / ALIGN * ALIGN)
#define AVAIL_EVENT	(USED + 4 + 8 * NUM)
#define RING_SIZE	(USED + 6 + 8 * NUM)

/*
 * Memory as Linux sees it; what the remote sees of it through its cache; what of
 * that was fetched or written back last, so that the rest of a line is dirty.
 */
static uint8_t linux_memory[MEMORY] __attribute__((aligned(LINE)));
static uint8_t remote_memory[MEMORY] __attribute__((aligned(LINE)));
static uint8_t clean[MEMORY];
static bool cached;

uint32_t buffer_size;
unsigned int kicks[2];
bool kicked;
unsigned int dirty_invalidated;
bool (*after_look)(void);
unsigned int after_look_at;
const volatile struct rsc_vdev *const vdev = (void *)(remote_memory + VDEV);

static uint32_t random_state = 1;

uint32_t random_number(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state;
}

/* --- the cache ------------------------------------------------------------------ */

static bool is_dirty(uint32_t line)
{
	return memcmp(remote_memory + line, clean + line, LINE) != 0;
}

static void fetch(uint32_t line)
{
	memcpy(remote_memory + line, linux_memory + line, LINE);
	memcpy(clean + line, linux_memory + line, LINE);
}

static void write_line_back(uint32_t line)
{
	if (is_dirty(line))
		memcpy(linux_memory + line, remote_memory + line, LINE);
	memcpy(clean + line, remote_memory + line, LINE);
}

/* What a cache does by itself, to any line. */
static void evict_something(void)
{
	uint32_t line = random_number() % MEMORY / LINE * LINE;

	/* Rings are few lines of many. */
	if (random_number() % 2)
		line = RING_DA(0) + random_number() % 0x2000 / LINE * LINE;
	write_line_back(line);
	fetch(line);
}

static void writeback(void *ctx, const void *start, uint32_t len)
{
	uint32_t at = (uint32_t)((const uint8_t *)start - remote_memory);
	uint32_t line;

	CHECK(ctx == &cached && at + len <= MEMORY);
	for (line = at / LINE * LINE; line < at + len; line += LINE)
		write_line_back(line);
	evict_something();
}

static void invalidate(void *ctx, const void *start, uint32_t len)
{
	uint32_t at = (uint32_t)((const uint8_t *)start - remote_memory);
	uint32_t line;

	CHECK(ctx == &cached && at + len <= MEMORY);
	evict_something();
	for (line = at / LINE * LINE; line < at + len; line += LINE) {
		dirty_invalidated += is_dirty(line);
		fetch(line);
	}
	if (after_look && at == RING_DA(after_look_at) + AVAIL + 2 && after_look())
		after_look = NULL;
}

/* --- the rest of the port --------------------------------------------------------- */

static void *map(void *ctx, uint64_t da, uint32_t len)
{
	CHECK(ctx == &cached && len != 0);
	return da <= MEMORY && len <= MEMORY - da ? remote_memory + da : NULL;
}

static void kick(void *ctx, unsigned int vring)
{
	CHECK(ctx == &cached && vring < 2);
	kicks[vring]++;
}

static void barrier(void *ctx)
{
	CHECK(ctx == &cached);
	if (cached)
		evict_something();
}

struct rpmsg_port port;

/* --- Linux's side ------------------------------------------------------------------ */

/* The driver's side of a ring. */
struct driver {
	uint16_t avail, used;
	bool wants_kicks;
	/* Buffers that are Linux's: to send in, or received and not yet given back. */
	uint16_t free[NUM];
	unsigned int num_free;
};

static struct driver rings[2];
static bool events;

static uint8_t *memory(uint32_t at)
{
	/* Coherent: there is only one memory. */
	return (cached ? linux_memory : remote_memory) + at;
}

static uint16_t get16(uint32_t at)
{
	uint16_t value;

	memcpy(&value, memory(at), 2);
	return value;
}

static uint32_t get32(uint32_t at)
{
	uint32_t value;

	memcpy(&value, memory(at), 4);
	return value;
}

static void put16(uint32_t at, uint16_t value)
{
	memcpy(memory(at), &value, 2);
}

static uint32_t buffer(unsigned int ring, uint16_t id)
{
	return BUFFERS + (ring * NUM + id) * buffer_size;
}

void fake_reset(bool with_cache)
{
	cached = with_cache;
	memset(linux_memory, 0, MEMORY);
	memset(remote_memory, 0, MEMORY);
	memset(clean, 0, MEMORY);
	memset(rings, 0, sizeof(rings));
	memset(kicks, 0, sizeof(kicks));
	kicked = false;
	after_look = NULL;
	dirty_invalidated = 0;
	buffer_size = 512;
	port = (struct rpmsg_port){ .ctx = &cached, .map = map, .kick = kick, .barrier = barrier };
	if (with_cache) {
		port.writeback = writeback;
		port.invalidate = invalidate;
	}
	*linux_vdev() = (struct rsc_vdev){
		.type = RSC_VDEV, .id = VIRTIO_ID_RPMSG, .dfeatures = 1, .num_of_vrings = 2,
		.vring = { { .da = RING_DA(0), .align = ALIGN, .num = NUM },
			   { .da = RING_DA(1), .align = ALIGN, .num = NUM } },
	};
}

struct rsc_vdev *linux_vdev(void)
{
	return (void *)memory(VDEV);
}

void linux_set_status(uint8_t status)
{
	linux_vdev()->status = status;
}

static void add(unsigned int ring, uint16_t id, uint64_t addr, uint32_t len, uint16_t flags)
{
	struct driver *driver = &rings[ring];
	uint32_t base = RING_DA(ring), desc = base + 16u * (id % NUM);

	memcpy(memory(desc), &addr, 8);
	memcpy(memory(desc + 8), &len, 4);
	put16(desc + 12, flags);
	put16(base + AVAIL + 4 + 2u * (driver->avail % NUM), id);
	driver->avail++;
	put16(base + AVAIL + 2, driver->avail);
	if (events)
		kicked |= get16(base + AVAIL_EVENT) == (uint16_t)(driver->avail - 1);
	else
		kicked |= !(get16(base + USED) & 1);
}

void linux_start(uint32_t features)
{
	uint16_t ring, id;

	events = features & EVENTS;
	for (ring = 0; ring < 2; ring++) {
		memset(memory(RING_DA(ring)), 0, RING_SIZE);
		rings[ring] = (struct driver){ .num_free = NUM, .wants_kicks = true };
		for (id = 0; id < NUM; id++)
			rings[ring].free[id] = id;
	}
	while (linux_give_back())
		;
	linux_vdev()->gfeatures = features;
	linux_set_status(7);
	kicked = true;
}

bool linux_give_back(void)
{
	struct driver *driver = &rings[RPMSG_TO_LINUX];
	uint16_t id;

	if (driver->num_free == 0)
		return false;
	id = driver->free[--driver->num_free];
	add(RPMSG_TO_LINUX, id, buffer(RPMSG_TO_LINUX, id), buffer_size, 2);
	return true;
}

bool linux_send_raw(const void *bytes, uint32_t len, uint32_t claimed)
{
	struct driver *driver = &rings[RPMSG_FROM_LINUX];
	uint16_t id;

	if (driver->num_free == 0)
		return false;
	id = driver->free[--driver->num_free];
	memcpy(memory(buffer(RPMSG_FROM_LINUX, id)), bytes, len);
	add(RPMSG_FROM_LINUX, id, buffer(RPMSG_FROM_LINUX, id), claimed, 0);
	return true;
}

bool linux_send(uint32_t dst, const void *payload, uint32_t len)
{
	uint8_t bytes[8192] = { 0 };
	uint32_t src = CLIENT;

	memcpy(bytes, &src, 4);
	memcpy(bytes + 4, &dst, 4);
	memcpy(bytes + 12, &len, 2);
	memcpy(bytes + 16, payload, len);
	return linux_send_raw(bytes, 16 + len, 16 + len);
}

void linux_send_desc(uint64_t addr, uint32_t len, uint16_t flags, uint16_t id)
{
	add(RPMSG_FROM_LINUX, id, addr, len, flags);
}

void linux_move_avail_idx(unsigned int ring, uint16_t by)
{
	put16(RING_DA(ring) + AVAIL + 2, (uint16_t)(rings[ring].avail + by));
}

void linux_want_kicks(unsigned int ring, bool want)
{
	rings[ring].wants_kicks = want;
	if (events) /* for the next buffer, or for the last one, which has come */
		put16(RING_DA(ring) + USED_EVENT, (uint16_t)(rings[ring].used - !want));
	else
		put16(RING_DA(ring) + AVAIL, !want);
}

/* The next used buffer of a ring, its number and length. */
static bool take(unsigned int ring, uint16_t *id, uint32_t *len)
{
	struct driver *driver = &rings[ring];
	uint32_t element = RING_DA(ring) + USED + 4 + 8u * (driver->used % NUM);
	unsigned int i;

	if (get16(RING_DA(ring) + USED + 2) == driver->used)
		return false;
	*id = (uint16_t)get32(element);
	*len = get32(element + 4);
	driver->used++;
	linux_want_kicks(ring, driver->wants_kicks);
	CHECK(*id < NUM && driver->num_free < NUM);
	for (i = 0; i < driver->num_free; i++)
		CHECK(driver->free[i] != *id); /* it came back twice */
	driver->free[driver->num_free++] = *id;
	return true;
}

struct message *linux_receive(void)
{
	static struct message message;
	uint16_t id, len16;
	uint32_t len;
	const uint8_t *bytes;

	if (!take(RPMSG_TO_LINUX, &id, &len))
		return NULL;
	bytes = memory(buffer(RPMSG_TO_LINUX, id));
	memcpy(&message.src, bytes, 4);
	memcpy(&message.dst, bytes + 4, 4);
	memcpy(&len16, bytes + 12, 2);
	CHECK(len >= 16 && len16 == len - 16 && len <= buffer_size);
	message.len = len16;
	memcpy(message.payload, bytes + 16, message.len);
	return &message;
}

void linux_reclaim(void)
{
	uint16_t id;
	uint32_t len;

	while (take(RPMSG_FROM_LINUX, &id, &len))
		CHECK(len == 0);
}

unsigned int linux_free(void)
{
	return rings[RPMSG_FROM_LINUX].num_free;
}

bool memory_is_untouched(void)
{
	uint32_t at;

	for (at = VDEV + LINE; at < MEMORY; at++) {
		if (linux_memory[at] || remote_memory[at])
			return false;
	}
	return true;
}
