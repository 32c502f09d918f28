// SPDX-License-Identifier: GPL-2.0
/*
 * A C driver of a processor that is memory only, on our core: its own loader made
 * of the core's functions, and sub-devices that come and go with the processor.
 *
 * Its firmware is a file that the guest's script makes, see suites/rproc_power.rs.
 */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/remoteproc.h>

#include "remoteproc_internal.h"

#define RAM 0xffc
/* how long to wait for what must happen: a test that needs it has failed */
#define FOREVER (10 * HZ)

struct part {
	struct rproc_subdev subdev;
	struct fake *fake;
	char name;
	int prepare_error, start_error;
};

struct fake {
	struct rproc *rproc;
	struct part parts[2];
	u8 ram[32];
	/* what was called, a word each */
	char log[128];
	struct completion started;
};

static void note(struct fake *fake, const char *what, char name)
{
	size_t len = strlen(fake->log);

	snprintf(fake->log + len, sizeof(fake->log) - len, "%s%c ", what, name);
}

static struct fake *fake_of(struct rproc *rproc)
{
	return *(struct fake **)rproc->priv;
}

static int fake_start(struct rproc *rproc)
{
	note(fake_of(rproc), "start", '.');
	complete(&fake_of(rproc)->started);
	return 0;
}

static int fake_stop(struct rproc *rproc)
{
	note(fake_of(rproc), "stop", '.');
	return 0;
}

static void *fake_da_to_va(struct rproc *rproc, u64 da, size_t len, bool *is_iomem)
{
	struct fake *fake = fake_of(rproc);

	if (da < RAM || da + len > RAM + sizeof(fake->ram))
		return NULL;
	return fake->ram + (da - RAM);
}

static const struct rproc_ops ops = {
	.start = fake_start,
	.stop = fake_stop,
	.da_to_va = fake_da_to_va,
	.load = rproc_elf_load_segments,
	.sanity_check = rproc_elf_sanity_check,
	.get_boot_addr = rproc_elf_get_boot_addr,
};

static const struct rproc_ops ops_with_table = {
	.start = fake_start,
	.stop = fake_stop,
	.da_to_va = fake_da_to_va,
	.load = rproc_elf_load_segments,
	.parse_fw = rproc_elf_load_rsc_table,
	.find_loaded_rsc_table = rproc_elf_find_loaded_rsc_table,
};

static struct part *part_of(struct rproc_subdev *subdev)
{
	return container_of(subdev, struct part, subdev);
}

static int part_prepare(struct rproc_subdev *subdev)
{
	note(part_of(subdev)->fake, "prepare", part_of(subdev)->name);
	return part_of(subdev)->prepare_error;
}

static int part_start(struct rproc_subdev *subdev)
{
	note(part_of(subdev)->fake, "start", part_of(subdev)->name);
	return part_of(subdev)->start_error;
}

static void part_stop(struct rproc_subdev *subdev, bool crashed)
{
	note(part_of(subdev)->fake, crashed ? "crashed" : "stop", part_of(subdev)->name);
}

static void part_unprepare(struct rproc_subdev *subdev)
{
	note(part_of(subdev)->fake, "unprepare", part_of(subdev)->name);
}

static struct fake *make(struct kunit *test, const struct rproc_ops *driver, const char *firmware)
{
	/* freed last: the processor is stopped when its device goes */
	struct fake *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	struct device *dev = kunit_device_register(test, "c-driver");
	int i;

	KUNIT_ASSERT_NOT_NULL(test, fake);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	init_completion(&fake->started);
	fake->rproc = devm_rproc_alloc(dev, "c-driver", driver, firmware, sizeof(fake));
	KUNIT_ASSERT_NOT_NULL(test, fake->rproc);
	*(struct fake **)fake->rproc->priv = fake;
	fake->rproc->auto_boot = false;

	for (i = 0; i < ARRAY_SIZE(fake->parts); i++) {
		struct part *part = &fake->parts[i];

		part->fake = fake;
		part->name = '1' + i;
		part->subdev.prepare = part_prepare;
		part->subdev.start = part_start;
		part->subdev.stop = part_stop;
		part->subdev.unprepare = part_unprepare;
		rproc_add_subdev(fake->rproc, &part->subdev);
	}
	KUNIT_ASSERT_EQ(test, devm_rproc_add(dev, fake->rproc), 0);
	return fake;
}

static void c_driver_boots(struct kunit *test)
{
	struct fake *fake = make(test, &ops, "kunit-good.elf");

	KUNIT_EXPECT_EQ(test, rproc_boot(fake->rproc), 0);
	KUNIT_EXPECT_EQ(test, fake->rproc->bootaddr, 0x1010);
	KUNIT_EXPECT_MEMEQ(test, fake->ram, "\0\0\0\0firm\0\0\0\0", 12);
	KUNIT_EXPECT_STREQ(test, fake->log, "prepare1 prepare2 start. start1 start2 ");

	fake->log[0] = 0;
	KUNIT_EXPECT_EQ(test, rproc_shutdown(fake->rproc), 0);
	KUNIT_EXPECT_STREQ(test, fake->log, "stop2 stop1 stop. unprepare2 unprepare1 ");
}

static void c_driver_subdev_removed(struct kunit *test)
{
	struct fake *fake = make(test, &ops, "kunit-good.elf");

	rproc_remove_subdev(fake->rproc, &fake->parts[0].subdev);
	KUNIT_EXPECT_EQ(test, rproc_boot(fake->rproc), 0);
	KUNIT_EXPECT_STREQ(test, fake->log, "prepare2 start. start2 ");
}

static void c_driver_subdev_not_prepared(struct kunit *test)
{
	struct fake *fake = make(test, &ops, "kunit-good.elf");

	fake->parts[1].prepare_error = -EIO;
	KUNIT_EXPECT_EQ(test, rproc_boot(fake->rproc), -EIO);
	KUNIT_EXPECT_EQ(test, fake->rproc->state, RPROC_OFFLINE);
	KUNIT_EXPECT_STREQ(test, fake->log, "prepare1 prepare2 unprepare1 ");

	fake->parts[1].prepare_error = 0;
	KUNIT_EXPECT_EQ(test, rproc_boot(fake->rproc), 0);
}

static void c_driver_subdev_not_started(struct kunit *test)
{
	struct fake *fake = make(test, &ops, "kunit-good.elf");

	fake->parts[1].start_error = -EIO;
	KUNIT_EXPECT_EQ(test, rproc_boot(fake->rproc), -EIO);
	KUNIT_EXPECT_EQ(test, fake->rproc->state, RPROC_OFFLINE);
	KUNIT_EXPECT_STREQ(test, fake->log,
			   "prepare1 prepare2 start. start1 start2 crashed1 stop. unprepare2 unprepare1 ");
}

static void c_driver_crashes(struct kunit *test)
{
	struct fake *fake = make(test, &ops, "kunit-good.elf");

	KUNIT_ASSERT_EQ(test, rproc_boot(fake->rproc), 0);
	KUNIT_ASSERT_TRUE(test, try_wait_for_completion(&fake->started));
	fake->log[0] = 0;
	rproc_report_crash(fake->rproc, RPROC_WATCHDOG);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&fake->started, FOREVER), 0);
	/* waits until the recovery is over */
	KUNIT_EXPECT_EQ(test, rproc_shutdown(fake->rproc), 0);
	KUNIT_EXPECT_STREQ(test, fake->log,
			   "crashed2 crashed1 stop. unprepare2 unprepare1 "
			   "prepare1 prepare2 start. start1 start2 "
			   "stop2 stop1 stop. unprepare2 unprepare1 ");
}

static void c_driver_firmware_refused(struct kunit *test)
{
	struct fake *fake = make(test, &ops, "kunit-other.rprc");

	KUNIT_EXPECT_EQ(test, rproc_boot(fake->rproc), -EINVAL);
	KUNIT_EXPECT_STREQ(test, fake->log, "");
	KUNIT_EXPECT_EQ(test, rproc_set_firmware(fake->rproc, "kunit-good.elf"), 0);
	KUNIT_EXPECT_EQ(test, rproc_boot(fake->rproc), 0);
}

/* This firmware has no resource table, and this driver insists on one. */
static void c_driver_table_missing(struct kunit *test)
{
	struct fake *fake = make(test, &ops_with_table, "kunit-good.elf");

	KUNIT_EXPECT_EQ(test, rproc_boot(fake->rproc), -EINVAL);
	KUNIT_EXPECT_STREQ(test, fake->log, "");
	KUNIT_EXPECT_PTR_EQ(test, fake->rproc->table_ptr, NULL);
}

static void c_driver_table_written(struct kunit *test)
{
	struct fake *fake = make(test, &ops_with_table, "kunit-table.elf");

	KUNIT_EXPECT_EQ(test, rproc_boot(fake->rproc), 0);
	/* without entries, where the driver finds it */
	KUNIT_EXPECT_EQ(test, fake->rproc->table_sz, 16);
	KUNIT_EXPECT_PTR_EQ(test, (u8 *)fake->rproc->table_ptr, fake->ram + 4);
	KUNIT_EXPECT_EQ(test, fake->rproc->table_ptr->ver, 1);
	KUNIT_EXPECT_EQ(test, rproc_shutdown(fake->rproc), 0);
	KUNIT_EXPECT_PTR_EQ(test, fake->rproc->table_ptr, NULL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(c_driver_boots),
	KUNIT_CASE(c_driver_subdev_removed),
	KUNIT_CASE(c_driver_subdev_not_prepared),
	KUNIT_CASE(c_driver_subdev_not_started),
	KUNIT_CASE(c_driver_crashes),
	KUNIT_CASE(c_driver_firmware_refused),
	KUNIT_CASE(c_driver_table_missing),
	KUNIT_CASE(c_driver_table_written),
	{}
};

static struct kunit_suite suite = {
	.name = "remoteproc_c_driver",
	.test_cases = cases,
};
kunit_test_suite(suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit tests of remoteproc with a driver in C");
