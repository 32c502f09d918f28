// SPDX-License-Identifier: GPL-2.0
/*
 * A client for measurements: plays ping-pong with a remote that echoes, streams
 * to one that swallows, or has one stream to it, without a message per message
 * in the log. C, and linux/rpmsg.h only, so that the very same module runs on
 * mainline's stack and on ours. Loading it returns when the last message is
 * there, so that nobody has to poll for that, which would be measured as well.
 */
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/rpmsg.h>
#include <linux/slab.h>

/* Services of samples/firmware/omap4-ipu that are not announced. */
#define SINK_ADDR	51
#define BURST_ADDR	54

/* Messages that the remote sends for one request. */
#define BURST		64

static unsigned int count = 100;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "round trips, or messages in one direction");

static unsigned int size = 12;
module_param(size, uint, 0444);
MODULE_PARM_DESC(size, "payload in bytes, at most 496");

static char *mode = "pingpong";
module_param(mode, charp, 0444);
MODULE_PARM_DESC(mode, "pingpong, out (stream to the remote) or in (from it)");

static unsigned int endpoints = 1;
module_param(endpoints, uint, 0444);
MODULE_PARM_DESC(endpoints, "endpoints there are; all but one are idle");

static u8 payload[496];
static unsigned int received;
static struct rpmsg_endpoint **idle;
static struct rpmsg_device *channel;
static DECLARE_COMPLETION(done);

struct burst_request {
	__le32 messages;
	__le32 size;
};

static int request_burst(struct rpmsg_endpoint *ept)
{
	struct burst_request request = {
		.messages = cpu_to_le32(min(count - received, BURST)),
		.size = cpu_to_le32(size),
	};

	return rpmsg_sendto(ept, &request, sizeof(request), BURST_ADDR);
}

/* One message. rpmsg_pingpong_nocopy.c sends it otherwise. */
#ifndef send_payload
static int send_payload(struct rpmsg_endpoint *ept, u32 dst)
{
	return rpmsg_sendto(ept, payload, size, dst);
}
#endif

static void finished(struct rpmsg_device *rpdev)
{
	dev_info(&rpdev->dev, "%s: %u of %u bytes\n", mode, count, size);
	complete(&done);
}

static int bench_callback(struct rpmsg_device *rpdev, void *data, int len,
			  void *priv, u32 src)
{
	int ret = 0;

	/* All that was streamed before is there when this echo is. */
	if (!strcmp(mode, "out")) {
		finished(rpdev);
		return 0;
	}
	if (len != size)
		dev_err(&rpdev->dev, "not %u bytes but %d came\n", size, len);
	if (++received == count) {
		finished(rpdev);
		return 0;
	}
	if (strcmp(mode, "in"))
		ret = send_payload(rpdev->ept, rpdev->dst);
	else if (received % BURST == 0)
		ret = request_burst(rpdev->ept);
	if (ret)
		dev_err(&rpdev->dev, "send: %d\n", ret);
	return ret;
}

static int idle_callback(struct rpmsg_device *rpdev, void *data, int len,
			 void *priv, u32 src)
{
	return 0;
}

static void destroy_idle(void)
{
	for (unsigned int i = 0; idle && i < endpoints - 1; i++)
		if (idle[i])
			rpmsg_destroy_ept(idle[i]);
	kfree(idle);
	idle = NULL;
}

static int bench_probe(struct rpmsg_device *rpdev)
{
	struct rpmsg_channel_info info = { .src = RPMSG_ADDR_ANY, .dst = RPMSG_ADDR_ANY };

	if (!count || size > sizeof(payload) || !endpoints)
		return -EINVAL;
	idle = kcalloc(endpoints, sizeof(*idle), GFP_KERNEL);
	if (!idle)
		return -ENOMEM;
	for (unsigned int i = 0; i < endpoints - 1; i++) {
		idle[i] = rpmsg_create_ept(rpdev, idle_callback, NULL, info);
		if (!idle[i]) {
			destroy_idle();
			return -ENOMEM;
		}
	}
	channel = rpdev;
	return 0;
}

static void bench_remove(struct rpmsg_device *rpdev)
{
	destroy_idle();
}

static int run(void)
{
	int ret = 0;

	if (!strcmp(mode, "in"))
		return request_burst(channel->ept);
	if (!strcmp(mode, "out"))
		for (unsigned int i = 0; i < count && !ret; i++)
			ret = send_payload(channel->ept, SINK_ADDR);
	return ret ?: send_payload(channel->ept, channel->dst);
}

static const struct rpmsg_device_id bench_ids[] = {
	{ .name = "rpmsg-client-sample" },
	{ }
};

static struct rpmsg_driver bench_driver = {
	.drv.name = KBUILD_MODNAME,
	.id_table = bench_ids,
	.probe = bench_probe,
	.remove = bench_remove,
	.callback = bench_callback,
};

static int __init bench_init(void)
{
	int ret = register_rpmsg_driver(&bench_driver);

	if (ret)
		return ret;
	ret = channel ? run() : -ENODEV;
	if (!ret)
		ret = wait_for_completion_killable(&done);
	if (ret)
		unregister_rpmsg_driver(&bench_driver);
	return ret;
}
module_init(bench_init);

static void __exit bench_exit(void)
{
	unregister_rpmsg_driver(&bench_driver);
}
module_exit(bench_exit);

MODULE_DESCRIPTION("rpmsg ping-pong and streams, for measurements");
MODULE_LICENSE("GPL");
