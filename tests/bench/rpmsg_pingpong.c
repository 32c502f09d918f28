// SPDX-License-Identifier: GPL-2.0
/*
 * A client for measurements: plays ping-pong with a remote that echoes, without
 * a message per message. C, and linux/rpmsg.h only, so that the very same module
 * runs on mainline's stack and on ours. Loading it returns when the last message
 * is back, so that nobody has to poll for that, which would be measured as well.
 */
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/rpmsg.h>

static unsigned int count = 100;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "round trips");

static unsigned int size = 12;
module_param(size, uint, 0444);
MODULE_PARM_DESC(size, "payload in bytes, at most 496");

static u8 payload[496];
static unsigned int received;
static DECLARE_COMPLETION(done);

static int pingpong_callback(struct rpmsg_device *rpdev, void *data, int len,
			     void *priv, u32 src)
{
	int ret;

	if (len != size)
		dev_err(&rpdev->dev, "sent %u bytes, %d came back\n", size, len);
	if (++received == count) {
		dev_info(&rpdev->dev, "%u round trips of %u bytes\n", count, size);
		complete(&done);
		return 0;
	}
	ret = rpmsg_send(rpdev->ept, payload, size);
	if (ret)
		dev_err(&rpdev->dev, "send: %d\n", ret);
	return ret;
}

static int pingpong_probe(struct rpmsg_device *rpdev)
{
	if (!count || size > sizeof(payload))
		return -EINVAL;
	return rpmsg_send(rpdev->ept, payload, size);
}

static const struct rpmsg_device_id pingpong_ids[] = {
	{ .name = "rpmsg-client-sample" },
	{ }
};

static struct rpmsg_driver pingpong_driver = {
	.drv.name = KBUILD_MODNAME,
	.id_table = pingpong_ids,
	.probe = pingpong_probe,
	.callback = pingpong_callback,
};

static int __init pingpong_init(void)
{
	int ret = register_rpmsg_driver(&pingpong_driver);

	if (ret)
		return ret;
	ret = wait_for_completion_killable(&done);
	if (ret)
		unregister_rpmsg_driver(&pingpong_driver);
	return ret;
}
module_init(pingpong_init);

static void __exit pingpong_exit(void)
{
	unregister_rpmsg_driver(&pingpong_driver);
}
module_exit(pingpong_exit);

MODULE_DESCRIPTION("rpmsg ping-pong, for measurements");
MODULE_LICENSE("GPL");
