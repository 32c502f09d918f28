// SPDX-License-Identifier: GPL-2.0
/*
 * A transport and a driver in C on our core: each function of linux/rpmsg.h and of
 * the internal header does what mainline's does, with the operations of the
 * transport and without them. What needs messages is in the other suites.
 */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/rpmsg.h>

#include "rpmsg_internal.h"

/* What was called, a word each, and with what. */
static struct {
	char log[160];
	const void *data;
	int len;
	u32 dst;
} seen;

static void note(const char *what)
{
	size_t len = strlen(seen.log);

	snprintf(seen.log + len, sizeof(seen.log) - len, "%s%s", len ? " " : "", what);
}

static int note_message(const char *what, const void *data, int len, u32 dst)
{
	note(what);
	seen.data = data;
	seen.len = len;
	seen.dst = dst;
	return -EUCLEAN;
}

static struct rpmsg_endpoint *the_endpoint;

static void fake_destroy_ept(struct rpmsg_endpoint *ept)
{
	note("destroy_ept");
	kfree(ept);
}

static int fake_send(struct rpmsg_endpoint *ept, const void *data, int len)
{
	return note_message("send", data, len, 0);
}

static int fake_sendto(struct rpmsg_endpoint *ept, const void *data, int len, u32 dst)
{
	return note_message("sendto", data, len, dst);
}

static int fake_trysend(struct rpmsg_endpoint *ept, const void *data, int len)
{
	return note_message("trysend", data, len, 0);
}

static int fake_trysendto(struct rpmsg_endpoint *ept, const void *data, int len, u32 dst)
{
	return note_message("trysendto", data, len, dst);
}

static __poll_t fake_poll(struct rpmsg_endpoint *ept, struct file *filp, poll_table *wait)
{
	note("poll");
	return EPOLLPRI;
}

static int fake_set_flow_control(struct rpmsg_endpoint *ept, bool pause, u32 dst)
{
	return note_message(pause ? "pause" : "resume", NULL, 0, dst);
}

static ssize_t fake_get_mtu(struct rpmsg_endpoint *ept)
{
	note("get_mtu");
	return 77;
}

static const struct rpmsg_endpoint_ops ept_ops = {
	.destroy_ept = fake_destroy_ept,
	.send = fake_send,
	.sendto = fake_sendto,
	.trysend = fake_trysend,
	.trysendto = fake_trysendto,
	.poll = fake_poll,
	.set_flow_control = fake_set_flow_control,
	.get_mtu = fake_get_mtu,
};
static const struct rpmsg_endpoint_ops no_ept_ops = { .destroy_ept = fake_destroy_ept };

static struct rpmsg_endpoint *fake_create_ept(struct rpmsg_device *rpdev, rpmsg_rx_cb_t cb,
					      void *priv, struct rpmsg_channel_info chinfo)
{
	struct rpmsg_endpoint *ept = kzalloc(sizeof(*ept), GFP_KERNEL);

	note("create_ept");
	if (!ept)
		return NULL;
	ept->rpdev = rpdev;
	ept->cb = cb;
	ept->priv = priv;
	ept->addr = chinfo.src == RPMSG_ADDR_ANY ? 1234 : chinfo.src;
	ept->ops = &ept_ops;
	the_endpoint = ept;
	return ept;
}

static struct rpmsg_device *fake_create_channel(struct rpmsg_device *rpdev,
						struct rpmsg_channel_info *chinfo)
{
	note("create_channel");
	return rpdev;
}

static int fake_release_channel(struct rpmsg_device *rpdev, struct rpmsg_channel_info *chinfo)
{
	note("release_channel");
	return -EUCLEAN;
}

static int fake_announce_create(struct rpmsg_device *rpdev)
{
	note("announce_create");
	return 0;
}

static int fake_announce_destroy(struct rpmsg_device *rpdev)
{
	note("announce_destroy");
	return 0;
}

static const struct rpmsg_device_ops dev_ops = {
	.create_channel = fake_create_channel,
	.release_channel = fake_release_channel,
	.create_ept = fake_create_ept,
	.announce_create = fake_announce_create,
	.announce_destroy = fake_announce_destroy,
};
static const struct rpmsg_device_ops no_dev_ops = { .create_ept = fake_create_ept };

static void fake_release(struct device *dev)
{
	note("release");
	kfree(to_rpmsg_device(dev));
}

static struct rpmsg_channel_info info_of(const char *name, u32 src, u32 dst)
{
	struct rpmsg_channel_info info = { .src = src, .dst = dst };

	strscpy(info.name, name, sizeof(info.name));
	return info;
}

/* A channel from any address to 50 that nobody has registered. */
static struct rpmsg_device *channel(struct kunit *test, struct device *parent, const char *name)
{
	struct rpmsg_device *rpdev = kzalloc(sizeof(*rpdev), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, rpdev);
	if (name)
		strscpy(rpdev->id.name, name, sizeof(rpdev->id.name));
	rpdev->src = RPMSG_ADDR_ANY;
	rpdev->dst = 50;
	rpdev->announce = true;
	rpdev->ops = &dev_ops;
	rpdev->dev.parent = parent;
	rpdev->dev.release = fake_release;
	memset(&seen, 0, sizeof(seen));
	return rpdev;
}

static struct device *transport(struct kunit *test)
{
	struct device *dev = kunit_device_register(test, "c-transport");

	KUNIT_ASSERT_FALSE(test, IS_ERR(dev));
	return dev;
}

static void devices(struct kunit *test)
{
	struct rpmsg_channel_info exact = info_of("c-nobody", RPMSG_ADDR_ANY, 50);
	struct rpmsg_channel_info any = info_of("c-nobody", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY);
	struct rpmsg_channel_info other = info_of("c-nobody", RPMSG_ADDR_ANY, 51);
	struct rpmsg_channel_info longer = info_of("c-nobody-else", RPMSG_ADDR_ANY, 50);
	struct device *parent = transport(test), *found;
	struct rpmsg_device *rpdev = channel(test, parent, "c-nobody");

	KUNIT_ASSERT_EQ(test, rpmsg_register_device(rpdev), 0);
	/* KUnit puts the name of the test in front of the transport's. */
	KUNIT_EXPECT_STREQ(test, dev_name(&rpdev->dev), "devices.c-transport.c-nobody.-1.50");
	found = rpmsg_find_device(parent, &exact);
	KUNIT_EXPECT_PTR_EQ(test, found, &rpdev->dev);
	put_device(found);
	found = rpmsg_find_device(parent, &any);
	KUNIT_EXPECT_PTR_EQ(test, found, &rpdev->dev);
	put_device(found);
	KUNIT_EXPECT_NULL(test, rpmsg_find_device(parent, &other));
	KUNIT_EXPECT_NULL(test, rpmsg_find_device(parent, &longer));

	KUNIT_EXPECT_EQ(test, rpmsg_unregister_device(parent, &other), -EINVAL);
	KUNIT_EXPECT_STREQ(test, seen.log, "");
	KUNIT_EXPECT_EQ(test, rpmsg_unregister_device(parent, &exact), 0);
	KUNIT_EXPECT_STREQ(test, seen.log, "release");
	KUNIT_EXPECT_EQ(test, rpmsg_unregister_device(parent, &exact), -EINVAL);

	/* The name goes into the table's entry, too; the user's choice is the driver. */
	rpdev = channel(test, parent, NULL);
	KUNIT_ASSERT_EQ(test, rpmsg_register_device_override(rpdev, "c-override"), 0);
	KUNIT_EXPECT_STREQ(test, rpdev->id.name, "c-override");
	KUNIT_EXPECT_STREQ(test, dev_name(&rpdev->dev), "devices.c-transport.c-override.-1.50");
	exact = info_of("c-override", RPMSG_ADDR_ANY, 50);
	KUNIT_EXPECT_EQ(test, rpmsg_unregister_device(parent, &exact), 0);
	KUNIT_EXPECT_STREQ(test, rpmsg_class.name, "rpmsg");
}

static int fake_probe(struct rpmsg_device *rpdev)
{
	note("probe");
	return 0;
}

static void fake_remove(struct rpmsg_device *rpdev)
{
	note("remove");
}

static int fake_callback(struct rpmsg_device *rpdev, void *data, int len, void *priv, u32 src)
{
	return 0;
}

static struct rpmsg_device_id ids[] = { { .name = "c-service" }, {} };
static struct rpmsg_driver driver = {
	.drv.name = "c_rpmsg",
	.id_table = ids,
	.probe = fake_probe,
	.remove = fake_remove,
	.callback = fake_callback,
};

static void drivers(struct kunit *test)
{
	struct rpmsg_channel_info info = info_of("c-service", RPMSG_ADDR_ANY, 50);
	struct device *parent = transport(test);
	struct rpmsg_device *rpdev = channel(test, parent, "c-service");

	KUNIT_ASSERT_EQ(test, rpmsg_register_device(rpdev), 0);
	KUNIT_EXPECT_STREQ(test, seen.log, "");
	KUNIT_ASSERT_EQ(test, register_rpmsg_driver(&driver), 0);
	KUNIT_EXPECT_STREQ(test, seen.log, "create_ept probe announce_create");
	KUNIT_EXPECT_PTR_EQ(test, rpdev->ept, the_endpoint);
	KUNIT_EXPECT_EQ(test, rpdev->src, 1234);
	KUNIT_EXPECT_TRUE(test, the_endpoint->cb == fake_callback);

	memset(&seen, 0, sizeof(seen));
	unregister_rpmsg_driver(&driver);
	KUNIT_EXPECT_STREQ(test, seen.log, "announce_destroy remove destroy_ept");
	info.src = rpdev->src;
	KUNIT_EXPECT_EQ(test, rpmsg_unregister_device(parent, &info), 0);
}

static void endpoints(struct kunit *test)
{
	struct rpmsg_channel_info exact = info_of("c-nobody", RPMSG_ADDR_ANY, 50);
	struct rpmsg_channel_info info = info_of("", 99, RPMSG_ADDR_ANY);
	struct device *parent = transport(test);
	struct rpmsg_device *rpdev = channel(test, parent, "c-nobody");
	struct rpmsg_endpoint *ept;

	KUNIT_ASSERT_EQ(test, rpmsg_register_device(rpdev), 0);
	ept = rpmsg_create_ept(rpdev, fake_callback, rpdev, info);
	KUNIT_ASSERT_PTR_EQ(test, ept, the_endpoint);
	KUNIT_EXPECT_EQ(test, ept->addr, 99);
	KUNIT_EXPECT_PTR_EQ(test, ept->priv, (void *)rpdev);

	KUNIT_EXPECT_EQ(test, rpmsg_send(ept, &info, 1), -EUCLEAN);
	KUNIT_EXPECT_EQ(test, rpmsg_trysend(ept, &info, 2), -EUCLEAN);
	KUNIT_EXPECT_EQ(test, rpmsg_sendto(ept, &info, 3, 33), -EUCLEAN);
	KUNIT_EXPECT_EQ(test, seen.dst, 33);
	KUNIT_EXPECT_EQ(test, rpmsg_trysendto(ept, &info, 4, 44), -EUCLEAN);
	KUNIT_EXPECT_EQ(test, seen.dst, 44);
	KUNIT_EXPECT_EQ(test, seen.len, 4);
	KUNIT_EXPECT_PTR_EQ(test, seen.data, (const void *)&info);
	KUNIT_EXPECT_EQ(test, (__force u32)rpmsg_poll(ept, NULL, NULL), (__force u32)EPOLLPRI);
	KUNIT_EXPECT_EQ(test, rpmsg_set_flow_control(ept, true, 55), -EUCLEAN);
	KUNIT_EXPECT_EQ(test, seen.dst, 55);
	KUNIT_EXPECT_EQ(test, rpmsg_set_flow_control(ept, false, 55), -EUCLEAN);
	KUNIT_EXPECT_EQ(test, rpmsg_get_mtu(ept), 77);
	KUNIT_EXPECT_STREQ(test, seen.log,
			   "create_ept send trysend sendto trysendto poll pause resume get_mtu");

	/* A transport that can do next to nothing. */
	memset(&seen, 0, sizeof(seen));
	ept->ops = &no_ept_ops;
	KUNIT_EXPECT_EQ(test, rpmsg_send(ept, &info, 1), -ENXIO);
	KUNIT_EXPECT_EQ(test, rpmsg_trysend(ept, &info, 1), -ENXIO);
	KUNIT_EXPECT_EQ(test, rpmsg_sendto(ept, &info, 1, 1), -ENXIO);
	KUNIT_EXPECT_EQ(test, rpmsg_trysendto(ept, &info, 1, 1), -ENXIO);
	KUNIT_EXPECT_EQ(test, (__force u32)rpmsg_poll(ept, NULL, NULL), 0);
	KUNIT_EXPECT_EQ(test, rpmsg_set_flow_control(ept, true, 1), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, rpmsg_get_mtu(ept), -ENOTSUPP);
	KUNIT_EXPECT_STREQ(test, seen.log, "");
	rpmsg_destroy_ept(ept);
	rpmsg_destroy_ept(NULL);
	KUNIT_EXPECT_STREQ(test, seen.log, "destroy_ept");

	KUNIT_EXPECT_PTR_EQ(test, rpmsg_create_channel(rpdev, &info), rpdev);
	KUNIT_EXPECT_EQ(test, rpmsg_release_channel(rpdev, &info), -EUCLEAN);
	KUNIT_EXPECT_STREQ(test, seen.log, "destroy_ept create_channel release_channel");
	rpdev->ops = &no_dev_ops;
	KUNIT_EXPECT_NULL(test, rpmsg_create_channel(rpdev, &info));
	KUNIT_EXPECT_EQ(test, rpmsg_release_channel(rpdev, &info), -ENXIO);
	KUNIT_EXPECT_EQ(test, rpmsg_unregister_device(parent, &exact), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(devices),
	KUNIT_CASE(drivers),
	KUNIT_CASE(endpoints),
	{}
};

static struct kunit_suite suite = {
	.name = "rpmsg_c_api",
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit suite for the functions of linux/rpmsg.h");
