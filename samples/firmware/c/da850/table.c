// SPDX-License-Identifier: GPL-2.0
/*
 * What this firmware asks of Linux: the same as TI's firmware for the DA850, but
 * for less memory.
 */
#include "da850.h"

#ifdef STATIC_CHANNELS
#define ENTRIES	4
#else
#define ENTRIES	3
#endif

struct da850_table {
	struct rsc_header header;
	uint32_t offset[ENTRIES];
	struct rsc_memory firmware;
	struct rsc_trace trace;
	struct rsc_vdev vdev;
#ifdef BIG_BUFFERS
	struct rsc_buffers buffers;	/* the vdev's configuration space */
#endif
#ifdef STATIC_CHANNELS
	struct rsc_channel channel;
#endif
};

/* Linux writes into it, hence volatile. */
static volatile struct da850_table table __attribute__((section(".resource_table"), used)) = {
	.header = { .ver = 1, .num = ENTRIES },
	.offset = {
		offsetof(struct da850_table, vdev),
		offsetof(struct da850_table, firmware),
		offsetof(struct da850_table, trace),
#ifdef STATIC_CHANNELS
		offsetof(struct da850_table, channel),
#endif
	},
	/* Linux allocates in this order: vrings, then this, at the next 1 MiB. */
	.vdev = {
		.type = RSC_VDEV,
		.id = VIRTIO_ID_RPMSG,
		.dfeatures = RPMSG_FEATURES,
#ifdef BIG_BUFFERS
		.config_len = sizeof(struct rsc_buffers),
#endif
		.num_of_vrings = 2,
		.vring = {
			{ .da = POOL, .align = 4096, .num = 256 },
			{ .da = POOL + 0x4000, .align = 4096, .num = 256 },
		},
	},
#ifdef BIG_BUFFERS
	.buffers = {
		.magic = RSC_BUFFERS_MAGIC, .version = 1, .size = sizeof(struct rsc_buffers),
		.from_linux_size = 2048, .to_linux_size = 4096,
	},
#endif
	.firmware = { RSC_CARVEOUT, FIRMWARE, FIRMWARE, FIRMWARE_LEN, 0, 0, "DSP_MEM" },
	.trace = { RSC_TRACE, TRACE, TRACE_LEN, 0, "trace0" },
#ifdef STATIC_CHANNELS
	.channel = { RSC_CHANNELS, 1, ECHO_NAME, RPMSG_ADDR_ANY, ECHO_ADDR },
#endif
};

const volatile struct rsc_vdev *const board_vdev = &table.vdev;
