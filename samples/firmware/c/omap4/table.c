// SPDX-License-Identifier: GPL-2.0
/* What this firmware asks of Linux; the same as the firmware in Rust asks for. */
#include "omap4.h"

#ifdef STATIC_CHANNELS
#define ENTRIES	7
#else
#define ENTRIES	6
#endif

struct omap4_table {
	struct rsc_header header;
	uint32_t offset[ENTRIES];
	struct rsc_memory text;
	struct rsc_memory data;
	struct rsc_memory l4_cfg;
	struct rsc_memory pool;
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
static volatile struct omap4_table table __attribute__((section(".resource_table"), used)) = {
	.header = { .ver = 1, .num = ENTRIES },
	.offset = {
		offsetof(struct omap4_table, text),
		offsetof(struct omap4_table, data),
		offsetof(struct omap4_table, l4_cfg),
		offsetof(struct omap4_table, pool),
		offsetof(struct omap4_table, trace),
		offsetof(struct omap4_table, vdev),
#ifdef STATIC_CHANNELS
		offsetof(struct omap4_table, channel),
#endif
	},
	.text = { RSC_CARVEOUT, 0, 0, 1 << 20, 3, 0, "text" },
	.data = { RSC_CARVEOUT, 0x80000000, 0, 1 << 20, 3, 0, "data" },
	.l4_cfg = { RSC_DEVMEM, L4_CFG, 0x4a000000, 16 << 20, 3, 0, "l4-cfg" },
	/*
	 * Descriptors carry physical addresses, and mainline's remoteproc maps the
	 * buffers for nobody: hence this mapping of every address to itself.
	 */
	.pool = { RSC_DEVMEM, POOL, POOL, POOL_LEN, 3, 0, "pool" },
	.trace = { RSC_TRACE, TRACE, TRACE_LEN, 0, "trace0" },
	.vdev = {
		.type = RSC_VDEV,
		.id = VIRTIO_ID_RPMSG,
		.dfeatures = RPMSG_FEATURES,
#ifdef BIG_BUFFERS
		.config_len = sizeof(struct rsc_buffers),
#endif
		.num_of_vrings = 2,
		/*
		 * Linux maps them there, page by page: no mapping above may cover
		 * these addresses.
		 */
		.vring = {
			{ .da = VRINGS, .align = 4096, .num = 256 },
			{ .da = VRINGS + 0x4000, .align = 4096, .num = 256 },
		},
	},
#ifdef BIG_BUFFERS
	.buffers = {
		.magic = RSC_BUFFERS_MAGIC, .version = 1, .size = sizeof(struct rsc_buffers),
		.from_linux_size = 2048, .to_linux_size = 4096,
	},
#endif
#ifdef STATIC_CHANNELS
	.channel = { RSC_CHANNELS, 1, ECHO_NAME, RPMSG_ADDR_ANY, ECHO_ADDR },
#endif
};

const volatile struct rsc_vdev *const board_vdev = &table.vdev;
