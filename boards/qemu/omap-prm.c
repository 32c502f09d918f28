/* SPDX-License-Identifier: GPL-2.0 */
/*
 * OMAP4 power and reset manager, as much of it as holds a remote processor.
 *
 * Registers: OMAP4430 TRM, chapter "Power, Reset, and Clock Management", here
 * RM_DUCATI_RSTCTRL (offset 0x210 of CORE_PRM) and RM_TESLA_RSTCTRL (0x10 of
 * TESLA_PRM): a set bit asserts a reset, all are asserted from power-on. The
 * RSTST register next to it notes which resets have been released since it was
 * last cleared; mainline's omap_prm driver waits for that. All other registers
 * of the instance read back what was written.
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bitops.h"
#include "qemu/module.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "omap-prm.h"

static uint32_t reset_mask(OMAPPRMState *s)
{
    return MAKE_64BIT_MASK(0, s->num_resets);
}

/* Lines act when they move: only those in @changed are driven. */
static void drive(OMAPPRMState *s, uint32_t changed)
{
    uint32_t asserted = s->regs[s->rstctrl / 4];

    for (int i = 0; i < s->num_resets; i++) {
        if (extract32(changed, i, 1)) {
            qemu_set_irq(s->reset[i], extract32(asserted, i, 1));
        }
    }
}

static uint64_t prm_read(void *opaque, hwaddr addr, unsigned size)
{
    OMAPPRMState *s = opaque;

    return s->regs[addr / 4];
}

static void prm_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    OMAPPRMState *s = opaque;
    uint32_t *reg = &s->regs[addr / 4];

    if (addr == s->rstctrl) {
        uint32_t asserted = value & reset_mask(s);
        uint32_t changed = *reg ^ asserted;

        *reg = asserted;
        s->regs[s->rstctrl / 4 + 1] |= changed & ~asserted;
        drive(s, changed);
    } else if (addr == s->rstctrl + 4) {
        *reg &= ~value;
    } else {
        *reg = value;
    }
}

static const MemoryRegionOps prm_ops = {
    .read = prm_read,
    .write = prm_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 4, .max_access_size = 4 },
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void prm_reset_hold(Object *obj, ResetType type)
{
    OMAPPRMState *s = OMAP_PRM(obj);

    memset(s->regs, 0, sizeof(s->regs));
    s->regs[s->rstctrl / 4] = reset_mask(s);
}

/* Lines are driven once every device has been reset. */
static void prm_reset_exit(Object *obj, ResetType type)
{
    OMAPPRMState *s = OMAP_PRM(obj);

    drive(s, reset_mask(s));
}

static void prm_realize(DeviceState *dev, Error **errp)
{
    OMAPPRMState *s = OMAP_PRM(dev);

    if (s->num_resets > OMAP_PRM_MAX_RESETS) {
        error_setg(errp, "num-resets is %u, at most %d are possible",
                   s->num_resets, OMAP_PRM_MAX_RESETS);
        return;
    }
    if (s->rstctrl % 4 || s->rstctrl > OMAP_PRM_SIZE - 8) {
        error_setg(errp, "rstctrl is 0x%x, not a register below 0x%x",
                   s->rstctrl, OMAP_PRM_SIZE - 4);
        return;
    }
    qdev_init_gpio_out_named(dev, s->reset, "reset", s->num_resets);
}

static void prm_init(Object *obj)
{
    OMAPPRMState *s = OMAP_PRM(obj);

    memory_region_init_io(&s->iomem, obj, &prm_ops, s, TYPE_OMAP_PRM,
                          OMAP_PRM_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->iomem);
}

static const Property prm_properties[] = {
    DEFINE_PROP_UINT32("rstctrl", OMAPPRMState, rstctrl, 0),
    DEFINE_PROP_UINT32("num-resets", OMAPPRMState, num_resets, 1),
};

static void prm_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    dc->desc = "OMAP4 power and reset manager: reset lines";
    dc->realize = prm_realize;
    rc->phases.hold = prm_reset_hold;
    rc->phases.exit = prm_reset_exit;
    device_class_set_props(dc, prm_properties);
}

static const TypeInfo prm_types[] = {
    {
        .name = TYPE_OMAP_PRM,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(OMAPPRMState),
        .instance_init = prm_init,
        .class_init = prm_class_init,
    },
};

DEFINE_TYPES(prm_types)
