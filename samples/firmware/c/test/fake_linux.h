/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux as the tests of rpmsg_remote.c play it: the driver's side of both vrings,
 * buffers, resource table, kicks; and a data cache between it and the remote, as
 * bad as hardware allows: lines are written back and fetched again at any time, as
 * a whole, and nothing else becomes visible unless the remote asks for it.
 */
#ifndef FAKE_LINUX_H
#define FAKE_LINUX_H

#include "../rpmsg_remote.h"

#define NUM		32
#define ALIGN		256
#define BUFFERS		0x10000u	/* of both rings, in turn */
#define MEMORY		0x80000u

/* The features of a driver that uses event indices. */
#define EVENTS		(1u << VIRTIO_RING_F_EVENT_IDX)

#define ECHO		50u
#define CLIENT		1024u

/* A message that came. */
struct message {
	uint32_t src, dst, len;
	uint8_t payload[8192];
};

extern uint32_t buffer_size;		/* of the messages; 512 unless a test says more */
extern struct rpmsg_port port;
extern const volatile struct rsc_vdev *const vdev;	/* as the remote sees it */
extern unsigned int kicks[2];		/* from the remote, since somebody zeroed it */
extern bool kicked;			/* Linux has kicked the remote */
extern unsigned int dirty_invalidated;	/* lines that were lost with what was written */
extern bool (*after_look)(void);	/* after looks at this ring, until it says true: */
extern unsigned int after_look_at;

/* The test's own: how it fails. */
void check_failed(const char *file, int line, const char *what);
#define CHECK(condition)						\
	do {								\
		if (!(condition))					\
			check_failed(__FILE__, __LINE__, #condition);	\
	} while (0)

uint32_t random_number(void);

/* With a cache, or coherent; everything is zeroed. */
void fake_reset(bool with_cache);

/* The driver binds: fresh rings, all buffers given to the remote. */
void linux_start(uint32_t features);
void linux_set_status(uint8_t status);
struct rsc_vdev *linux_vdev(void);

bool linux_give_back(void);
bool linux_send(uint32_t dst, const void *payload, uint32_t len);
/* A message of len bytes, of which the descriptor says claimed. */
bool linux_send_raw(const void *bytes, uint32_t len, uint32_t claimed);
/* Makes a descriptor available, whatever is in it and whatever its number is. */
void linux_send_desc(uint64_t addr, uint32_t len, uint16_t flags, uint16_t id);
void linux_move_avail_idx(unsigned int ring, uint16_t by);
void linux_want_kicks(unsigned int ring, bool want);

/* The next message that came; NULL if there is none. Its buffer is held then. */
struct message *linux_receive(void);
/* Takes back what was sent. */
void linux_reclaim(void);
unsigned int linux_free(void);		/* buffers to send in */

/* Whether anything but the status was written to, by whomever. */
bool memory_is_untouched(void);

#endif
