/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A register that ends QEMU: the boards have no power switch, and a test wants
 * an exit status. A 32-bit write of N ends QEMU with exit status N & 0xff.
 *
 * No such block exists on a chip. The boards map it where the chip has nothing.
 */

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "hw/core/cpu.h"
#include "hw/sysbus.h"
#include "system/cpus.h"
#include "system/runstate.h"
#include "amp-testdev.h"

struct AMPTestdevState {
    SysBusDevice parent_obj;

    MemoryRegion iomem;
};

static uint64_t testdev_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void testdev_write(void *opaque, hwaddr addr, uint64_t value,
                          unsigned size)
{
    qemu_system_shutdown_request_with_code(SHUTDOWN_CAUSE_GUEST_SHUTDOWN,
                                           value & 0xff);
    /* Another thread serves the request: print nothing more until then. */
    if (current_cpu) {
        cpu_stop_current();
    }
}

static const MemoryRegionOps testdev_ops = {
    .read = testdev_read,
    .write = testdev_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 4, .max_access_size = 4 },
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void testdev_init(Object *obj)
{
    AMPTestdevState *s = AMP_TESTDEV(obj);

    memory_region_init_io(&s->iomem, obj, &testdev_ops, s, TYPE_AMP_TESTDEV, 4);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->iomem);
}

static void testdev_class_init(ObjectClass *klass, void *data)
{
    DEVICE_CLASS(klass)->desc = "ends QEMU with the status that is written";
}

static const TypeInfo testdev_types[] = {
    {
        .name = TYPE_AMP_TESTDEV,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(AMPTestdevState),
        .instance_init = testdev_init,
        .class_init = testdev_class_init,
    },
};

DEFINE_TYPES(testdev_types)
