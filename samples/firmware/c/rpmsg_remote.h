/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The remote side of rpmsg, in freestanding C99: no allocation, no blocking, no
 * library but memcpy() and memset(), which every C compiler expects anyway.
 *
 * A remote processor offers Linux a virtio device of two vrings in shared memory.
 * Messages in it go to and from endpoints, each at an address of its own:
 *
 *	static struct rpmsg_endpoint echo = {
 *		.name = "rpmsg-client-sample", .addr = 50, .receive = echo_receive,
 *	};
 *
 *	rpmsg_init(&remote, &port, &resource_table.vdev);
 *	rpmsg_add(&remote, &echo);
 *	for (;;) {
 *		if (rpmsg_poll(&remote) == RPMSG_BAD_RING)
 *			stop(rpmsg_fault(&remote));
 *		wait_for_a_kick();
 *	}
 *
 * What depends on the processor is in a struct rpmsg_port. No function here may
 * run beside another one of the same remote: firmware with threads has one of
 * them do all of it, or a lock. None may be called from an interrupt handler.
 *
 * Processor and Linux must be of the same byte order, which is little-endian on
 * everything that Linux's rpmsg runs on. Documentation/remote-side.rst says how
 * to port it.
 */
#ifndef RPMSG_REMOTE_H
#define RPMSG_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- the resource table (include/linux/remoteproc.h of Linux) ------------------ */

#define RSC_CARVEOUT	0u
#define RSC_DEVMEM	1u
#define RSC_TRACE	2u
#define RSC_VDEV	3u

/* For a da or pa: Linux may choose. */
#define RSC_ANY		0xffffffffu

#define VIRTIO_ID_RPMSG		7u

/* Feature bits: the name service; flow control; kicks by event index. */
#define VIRTIO_RPMSG_F_NS	0
#define VIRTIO_RPMSG_F_FC	1
#define VIRTIO_RING_F_EVENT_IDX	29

/* All that this library understands: what a vdev entry is to offer. */
#define RPMSG_FEATURES	(1u << VIRTIO_RPMSG_F_NS | 1u << VIRTIO_RPMSG_F_FC | \
			 1u << VIRTIO_RING_F_EVENT_IDX)

/* At the start of the table, followed by num offsets of entries, in bytes. */
struct rsc_header {
	uint32_t ver;		/* 1 */
	uint32_t num;
	uint32_t reserved[2];	/* 0 */
};

/* CARVEOUT: memory that the firmware needs. DEVMEM: bus addresses to be mapped. */
struct rsc_memory {
	uint32_t type;
	uint32_t da;
	uint32_t pa;
	uint32_t len;		/* bytes */
	uint32_t flags;		/* of the IOMMU mapping: 1 read, 2 write */
	uint32_t reserved;	/* 0 */
	char name[32];
};

/* TRACE: a buffer of text that Linux shows in debugfs. */
struct rsc_trace {
	uint32_t type;
	uint32_t da;
	uint32_t len;		/* bytes */
	uint32_t reserved;	/* 0 */
	char name[32];
};

struct rsc_vring {
	uint32_t da;		/* RSC_ANY: Linux writes here where it is */
	uint32_t align;		/* bytes, a power of two */
	uint32_t num;		/* entries, a power of two */
	uint32_t notifyid;	/* Linux's */
	uint32_t pa;		/* Linux's */
};

/* VDEV, with the two vrings of rpmsg: number 0 to Linux, number 1 from Linux. */
struct rsc_vdev {
	uint32_t type;
	uint32_t id;		/* VIRTIO_ID_RPMSG */
	uint32_t notifyid;	/* Linux's */
	uint32_t dfeatures;	/* offered: RPMSG_FEATURES */
	uint32_t gfeatures;	/* Linux's: taken */
	uint32_t config_len;	/* 0, or that of a struct rsc_buffers behind this one */
	uint8_t status;		/* Linux's */
	uint8_t num_of_vrings;	/* 2 */
	uint8_t reserved[2];	/* 0 */
	struct rsc_vring vring[2];
};

/* The configuration space, if the buffers shall not be as many and as large as usual. */
struct rsc_buffers {
	uint32_t magic;			/* RSC_BUFFERS_MAGIC */
	uint16_t version;		/* 1 */
	uint16_t size;			/* of this structure */
	uint32_t from_linux_size;	/* bytes of a buffer with its header of 16: 64 to */
	uint32_t to_linux_size;		/* 65536, a multiple of 8 */
	uint32_t from_linux_num;	/* buffers; 0: as many as the vring has entries */
	uint32_t to_linux_num;
};

#define RSC_BUFFERS_MAGIC	0x626d7072u

/* A channel that nobody announces; Linux skips the entry if it does not know it. */
struct rsc_channel {
	uint32_t type;		/* RSC_CHANNELS */
	uint32_t num;		/* 1: name, src and dst can follow more often */
	char name[32];
	uint32_t src;		/* of Linux's endpoint; RPMSG_ADDR_ANY: any */
	uint32_t dst;		/* of ours */
};

#define RSC_CHANNELS		256u

/* --- the port ------------------------------------------------------------------- */

/* The vrings, by number. */
#define RPMSG_TO_LINUX		0u
#define RPMSG_FROM_LINUX	1u

/* What the library needs of the processor and the SoC. */
struct rpmsg_port {
	/* Given to all functions below. */
	void *ctx;

	/*
	 * A pointer to the len bytes (at least 1) at the device address da, or
	 * NULL if this processor cannot, or should not, touch all of them.
	 */
	void *(*map)(void *ctx, uint64_t da, uint32_t len);

	/*
	 * Tells Linux to look at a vring. Must not wait; kicks for the same vring
	 * may be merged, so one bit each is enough to remember what could not be
	 * sent yet.
	 */
	void (*kick)(void *ctx, unsigned int vring);

	/*
	 * Orders all accesses to memory before it against all behind it, as Linux
	 * sees them. Where the processor does that anyway: an empty function.
	 */
	void (*barrier)(void *ctx);

	/*
	 * Cache maintenance of a range of shared memory; NULL where the memory is
	 * coherent or not cached. Both return when it is done. Ranges need not
	 * begin or end at a cache line: the two sides never write to one line of
	 * up to 128 bytes, if no variable of the firmware shares a line with the
	 * resource table.
	 */
	void (*writeback)(void *ctx, const void *start, uint32_t len);
	void (*invalidate)(void *ctx, const void *start, uint32_t len);
};

/* --- endpoints ------------------------------------------------------------------- */

#define RPMSG_ADDR_ANY		0xffffffffu
#define RPMSG_ADDR_NS		53u	/* the name service, on both sides */
#define RPMSG_ADDR_FC		64u	/* flow control, on both sides */
#define RPMSG_ADDR_DYNAMIC	1024u	/* addresses that are chosen begin here */

/* Bytes of a name, with the zero behind it. */
#define RPMSG_NAME_LEN		32u

/* Pairs of endpoints that Linux can have paused at a time; more are ignored. */
#define RPMSG_MAX_PAUSED	8u

struct rpmsg_remote;

/* An endpoint; its memory is the caller's, for as long as it is added. */
struct rpmsg_endpoint {
	/*
	 * If not NULL: Linux shall make a channel of this name, at most 31 bytes,
	 * for this endpoint.
	 */
	const char *name;

	/* The address at which it receives; RPMSG_ADDR_ANY: rpmsg_add() fills it in. */
	uint32_t addr;

	/*
	 * A message from the address src has come. The payload lies in shared
	 * memory, is Linux's again when this returns, and nothing but Linux's good
	 * manners keeps it from changing until then: what matters is read once.
	 *
	 * There is room for one answer at least. May be NULL.
	 */
	void (*receive)(struct rpmsg_remote *remote, struct rpmsg_endpoint *endpoint,
			uint32_t src, const void *payload, uint32_t len);

	/*
	 * The endpoint peer of Linux wants nothing from this one for now, or something
	 * again. What is sent to it meanwhile is refused with RPMSG_PAUSED. There is
	 * room for one message. May be NULL.
	 */
	void (*flow)(struct rpmsg_remote *remote, struct rpmsg_endpoint *endpoint,
		     uint32_t peer, bool paused);

	/* The caller's. */
	void *priv;

	/* The library's. */
	struct rpmsg_endpoint *next;
	bool announced;
};

/* What the functions return: one of these, an error if negative. */
enum rpmsg_result {
	RPMSG_OK = 0,
	RPMSG_STARTED = 1,	/* poll: a driver has become ready */

	RPMSG_NO_DRIVER = -1,	/* Linux's driver is not ready, or no longer */
	RPMSG_NO_BUFFER = -2,	/* Linux has all buffers: a kick comes when not */
	RPMSG_TOO_LONG = -3,	/* the payload does not fit a buffer */
	RPMSG_BAD_RING = -4,	/* a vring makes no sense, see rpmsg_fault() */
	RPMSG_ADDR_IN_USE = -5,	/* another endpoint has the address */
	RPMSG_PAUSED = -6,	/* the receiver wants nothing for now */
	RPMSG_NO_FLOW_CONTROL = -7	/* Linux does not take part in it */
};

/* --- the library's own state: not to be touched --------------------------------- */

struct rpmsg_ring {
	volatile struct vring_desc *desc;
	volatile uint16_t *avail;	/* flags, idx, ring[num], used_event */
	volatile uint16_t *used;	/* flags, idx, ring[num] of pairs, avail_event */
	uint32_t size;			/* bytes of all */
	uint16_t num;
	uint16_t avail_idx;		/* Linux's, when it was last read */
	uint16_t next_avail;
	uint16_t next_used;
	uint16_t shown;			/* next_used when Linux was last shown it */
	bool events;			/* VIRTIO_RING_F_EVENT_IDX is in use */
	bool wants_kicks;
};

struct rpmsg_buffer {
	uint8_t *start;
	uint32_t len;
	uint16_t head;
	bool taken;
};

/* A message that is kept, see rpmsg_hold(). */
struct rpmsg_held {
	uint16_t head;
	uint32_t epoch;
};

struct rpmsg_pause {
	uint32_t addr;
	uint32_t peer;
};

struct rpmsg_remote {
	/*
	 * May be set after rpmsg_init(): Linux announces, or takes back, a service
	 * of its own at an address. The name ends within RPMSG_NAME_LEN bytes.
	 */
	void (*linux_service)(struct rpmsg_remote *remote, const char *name, uint32_t addr,
			      bool there);

	/* Messages delivered, and messages dropped: malformed, or to nobody. */
	uint32_t received;
	uint32_t dropped;

	/* From here on the library's. */
	const struct rpmsg_port *port;
	const volatile struct rsc_vdev *vdev;
	struct rpmsg_endpoint *endpoints;
	uint32_t next_addr;
	struct rpmsg_ring to_linux;
	struct rpmsg_ring from_linux;
	struct rpmsg_buffer out;	/* taken for a message that is not sent yet */
	struct rpmsg_buffer in;		/* the message at hand, unless it is held */
	struct rpmsg_pause paused[RPMSG_MAX_PAUSED];
	uint32_t num_paused;
	uint32_t epoch;			/* how many drivers there have been */
	bool running;
	bool polling;
	const char *fault;
};

/* --- functions -------------------------------------------------------------------- */

/*
 * A remote without endpoints. vdev is the entry in the *loaded* resource table,
 * into which Linux writes. Nothing is touched until the first poll.
 */
void rpmsg_init(struct rpmsg_remote *remote, const struct rpmsg_port *port,
		const volatile struct rsc_vdev *vdev);

/*
 * Adds an endpoint; if it has a name the next poll announces it. May be called in
 * a receive function. RPMSG_OK or RPMSG_ADDR_IN_USE.
 */
int rpmsg_add(struct rpmsg_remote *remote, struct rpmsg_endpoint *endpoint);

/*
 * Removes an endpoint, and takes its announcement back. May be called in a
 * receive function, its own too. RPMSG_OK; RPMSG_NO_BUFFER or RPMSG_BAD_RING:
 * Linux could not be told, and the endpoint is still there.
 */
int rpmsg_remove(struct rpmsg_remote *remote, struct rpmsg_endpoint *endpoint);

/*
 * Does all that there is to do: notices a driver that has come, gone or started
 * over, announces endpoints, delivers messages, kicks. Afterwards there is nothing
 * to do until Linux kicks; to call it too often costs little.
 *
 * RPMSG_OK, RPMSG_STARTED, RPMSG_NO_DRIVER; RPMSG_BAD_RING: nothing can be
 * repaired, report it and stop.
 */
int rpmsg_poll(struct rpmsg_remote *remote);

/*
 * Sends len bytes of payload from the address src, of this side, to dst, of
 * Linux. RPMSG_OK, RPMSG_NO_DRIVER, RPMSG_NO_BUFFER, RPMSG_PAUSED, RPMSG_TOO_LONG,
 * RPMSG_BAD_RING.
 */
int rpmsg_send(struct rpmsg_remote *remote, uint32_t src, uint32_t dst, const void *payload,
	       uint32_t len);

/*
 * The same without a copy: rpmsg_reserve() gives the memory for the next message's
 * payload and its size in bytes, rpmsg_commit() sends the first len bytes of it.
 * What is never committed is used by the next message. In between, no other
 * message must be sent, and no poll made.
 */
int rpmsg_reserve(struct rpmsg_remote *remote, void **payload, uint32_t *room);
int rpmsg_commit(struct rpmsg_remote *remote, uint32_t src, uint32_t dst, uint32_t len);

/*
 * Called in a receive function: keeps its message, whose payload stays where it is
 * until rpmsg_release(). Linux has no other buffer in its place: whoever keeps many
 * makes senders wait. false if the message is kept already. When Linux's driver has
 * gone the payload must not be touched any more, and to release it does nothing.
 */
bool rpmsg_hold(struct rpmsg_remote *remote, struct rpmsg_held *held);
void rpmsg_release(struct rpmsg_remote *remote, const struct rpmsg_held *held);

/*
 * Asks the endpoint peer of Linux to pause sending to the address addr of this side,
 * or to go on. RPMSG_NO_FLOW_CONTROL, or what rpmsg_send() says.
 */
int rpmsg_pause(struct rpmsg_remote *remote, uint32_t addr, uint32_t peer, bool pause);

/* What is wrong with the ring after RPMSG_BAD_RING. */
const char *rpmsg_fault(const struct rpmsg_remote *remote);

/* --- the trace buffer --------------------------------------------------------------- */

/*
 * Text for Linux, which reads the buffer at any time; always followed by a zero.
 * When it is full the older half goes.
 */
struct rpmsg_trace {
	const struct rpmsg_port *port;
	volatile char *text;
	uint32_t size;
	uint32_t used;
};

/*
 * Goes on behind the text that is in the size bytes (at least 16) at text: memory
 * that Linux has just loaded is empty, and a fault handler needs nothing from those
 * who wrote before it.
 */
void rpmsg_trace_init(struct rpmsg_trace *trace, const struct rpmsg_port *port, void *text,
		      uint32_t size);

/* Adds text, or a number in hexadecimal digits with 0x before it, or in decimal ones. */
void rpmsg_trace_puts(struct rpmsg_trace *trace, const char *text);
void rpmsg_trace_hex(struct rpmsg_trace *trace, uint32_t number);
void rpmsg_trace_dec(struct rpmsg_trace *trace, uint32_t number);

#endif
