// SPDX-License-Identifier: GPL-2.0
/*
 * What rpmsg can't be cheaper than: a virtio driver that does what
 * rpmsg_pingpong.c does with the rings alone. It puts messages into buffers, adds
 * them, kicks, takes what has come, copies it once; there are no endpoints, no
 * addresses, no locks, no threads beside the one that loads it, and answers are
 * sent from the interrupt. Buffers are taken back when none is left.
 */
#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/string.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ids.h>

/* Services of samples/firmware/omap4-ipu, and the name service. */
#define ECHO_ADDR	50
#define SINK_ADDR	51
#define NS_ADDR		53
#define BURST_ADDR	54
#define OUR_ADDR	1024

#define BURST		64
#define BUFFER_LEN	512
#define BUFFERS		256

static unsigned int count = 100;
module_param(count, uint, 0444);

static unsigned int size = 12;
module_param(size, uint, 0444);

static char *mode = "pingpong";
module_param(mode, charp, 0444);

/* As on the wire. */
struct message {
	__le32 src, dst, reserved;
	__le16 len, flags;
	u8 payload[BUFFER_LEN - 16];
};

static struct virtio_device *device;
static struct virtqueue *input, *output;
static struct message *buffers;
static dma_addr_t buffers_dma;
static unsigned int unused;
static unsigned int received;
static u8 payload[496], copy[BUFFER_LEN];
static bool is_in, receiving, once_more;
static DECLARE_COMPLETION(done);
static DECLARE_COMPLETION(room);

/* As mainline's rpmsg_sg_init(). */
static void sg_init(struct scatterlist *sg, void *va, unsigned int len)
{
	if (is_vmalloc_addr(va)) {
		sg_init_table(sg, 1);
		sg_set_page(sg, vmalloc_to_page(va), len, offset_in_page(va));
	} else {
		sg_init_one(sg, va, len);
	}
}

static int give(struct message *message)
{
	struct scatterlist sg;

	sg_init(&sg, message, BUFFER_LEN);
	return virtqueue_add_inbuf(input, &sg, 1, message, GFP_ATOMIC);
}

static struct message *take_buffer(void)
{
	static struct message *free[BUFFERS];
	static unsigned int n;
	struct message *message;
	unsigned int len;

	if (!n) {
		if (unused < BUFFERS)
			return &buffers[BUFFERS + unused++];
		while ((message = virtqueue_get_buf(output, &len)))
			free[n++] = message;
	}
	return n ? free[--n] : NULL;
}

static int send(struct message *message, const void *data, unsigned int len, u32 dst)
{
	struct scatterlist sg;
	int ret;

	message->src = cpu_to_le32(OUR_ADDR);
	message->dst = cpu_to_le32(dst);
	message->reserved = 0;
	message->len = cpu_to_le16(len);
	message->flags = 0;
	memcpy(message->payload, data, len);
	sg_init(&sg, message, 16 + len);
	ret = virtqueue_add_outbuf(output, &sg, 1, message, GFP_ATOMIC);
	if (!ret)
		virtqueue_kick(output);
	return ret;
}

static int request_burst(void)
{
	__le32 request[2] = {
		cpu_to_le32(min(count - received, BURST)), cpu_to_le32(size),
	};
	struct message *message = take_buffer();

	return message ? send(message, request, sizeof(request), BURST_ADDR) : -ENOMEM;
}

/* Out of line, as a driver's callback is. */
static noinline void callback(const void *data, unsigned int len)
{
	struct message *message;

	if (len != size)
		return;
	if (++received == count) {
		complete(&done);
		return;
	}
	if (!is_in) {
		message = take_buffer();
		if (message)
			send(message, payload, size, ECHO_ADDR);
	} else if (received % BURST == 0) {
		request_burst();
	}
}

static void receive(struct virtqueue *vq)
{
	struct message *message;
	unsigned int len;
	bool is_ours;

	/* A kick may bring the answer's interrupt along. */
	if (receiving) {
		once_more = true;
		return;
	}
	receiving = true;
	do {
		once_more = false;
		virtqueue_disable_cb(vq);
		while ((message = virtqueue_get_buf(vq, &len))) {
			memcpy(copy, message, min(len, BUFFER_LEN));
			give(message);
			message = (struct message *)copy;
			is_ours = le32_to_cpu(message->dst) != NS_ADDR;
			if (is_ours)
				callback(message->payload, le16_to_cpu(message->len));
		}
		virtqueue_kick(vq);
	} while (!virtqueue_enable_cb(vq) || once_more);
	receiving = false;
}

static void sent(struct virtqueue *vq)
{
	virtqueue_disable_cb(vq);
	complete(&room);
}

static int floor_probe(struct virtio_device *vdev)
{
	struct virtqueue_info infos[] = {
		{ "input", receive }, { "output", sent },
	};
	struct virtqueue *queues[2];
	int ret;

	ret = virtio_find_vqs(vdev, 2, queues, infos, NULL);
	if (ret)
		return ret;
	input = queues[0];
	output = queues[1];
	buffers = dma_alloc_coherent(vdev->dev.parent, 2 * BUFFERS * BUFFER_LEN,
				     &buffers_dma, GFP_KERNEL);
	if (!buffers) {
		vdev->config->del_vqs(vdev);
		return -ENOMEM;
	}
	for (unsigned int i = 0; i < BUFFERS && i < virtqueue_get_vring_size(input); i++)
		give(&buffers[i]);
	virtqueue_disable_cb(output);
	device = vdev;
	virtio_device_ready(vdev);
	virtqueue_kick(input);
	return 0;
}

static void floor_remove(struct virtio_device *vdev)
{
	virtio_reset_device(vdev);
	vdev->config->del_vqs(vdev);
	dma_free_coherent(vdev->dev.parent, 2 * BUFFERS * BUFFER_LEN, buffers, buffers_dma);
}

static int send_one(u32 dst)
{
	struct message *message;

	while (!(message = take_buffer())) {
		reinit_completion(&room);
		if (!virtqueue_enable_cb_delayed(output))
			continue;
		if (wait_for_completion_killable(&room))
			return -EINTR;
	}
	return send(message, payload, size, dst);
}

static int run(void)
{
	int ret = 0;

	is_in = !strcmp(mode, "in");
	if (is_in)
		return request_burst();
	if (!strcmp(mode, "out")) {
		for (unsigned int i = 0; i < count && !ret; i++)
			ret = send_one(SINK_ADDR);
		/* All was taken when this is answered. */
		received = count - 1;
	}
	return ret ?: send_one(ECHO_ADDR);
}

static const unsigned int features[] = { 0 };
static const struct virtio_device_id ids[] = {
	{ VIRTIO_ID_RPMSG, VIRTIO_DEV_ANY_ID },
	{ }
};

/* Without a module alias: it is not what anybody wants for such a device. */
static struct virtio_driver floor_driver = {
	.feature_table = features,
	.feature_table_size = ARRAY_SIZE(features),
	.driver.name = KBUILD_MODNAME,
	.id_table = ids,
	.probe = floor_probe,
	.remove = floor_remove,
};

static int __init floor_init(void)
{
	int ret = register_virtio_driver(&floor_driver);

	if (ret)
		return ret;
	ret = device ? run() : -ENODEV;
	if (!ret)
		ret = wait_for_completion_killable(&done);
	if (ret)
		unregister_virtio_driver(&floor_driver);
	else
		pr_info("%s: %u of %u bytes\n", mode, count, size);
	return ret;
}
module_init(floor_init);

static void __exit floor_exit(void)
{
	unregister_virtio_driver(&floor_driver);
}
module_exit(floor_exit);

MODULE_DESCRIPTION("What the rings alone cost, for measurements");
MODULE_LICENSE("GPL");
