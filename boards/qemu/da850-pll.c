/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PLL controllers of the DA850 (OMAP-L138 TRM, chapter "Phase-Locked Loop
 * Controller"): all registers read back what was written, but for the status,
 * where no operation is ever in progress. They begin with what a boot loader
 * sets on a 300 MHz part with a 24 MHz crystal.
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "hw/qdev-properties.h"
#include "da850-pll.h"

enum {
    REVID    = 0x000,
    PLLCTL   = 0x100,
    PLLM     = 0x110,
    PREDIV   = 0x114,
    PLLDIV1  = 0x118,
    PLLDIV2  = 0x11c,
    PLLDIV3  = 0x120,
    POSTDIV  = 0x128,
    PLLSTAT  = 0x13c,
    CKEN     = 0x148,
    PLLDIV4  = 0x160,
    PLLDIV5  = 0x164,
    PLLDIV6  = 0x168,
    PLLDIV7  = 0x16c,
};

#define REVISION        0x44813c00
#define PLLCTL_RUNS     0x49            /* PLLEN, PLLRST released */
#define PLLSTAT_STABLE  0x04
#define DIV(ratio)      (0x8000 | ((ratio) - 1))
#define CKEN_AUXCLK     0x01

static uint64_t pll_read(void *opaque, hwaddr addr, unsigned size)
{
    DA850PllState *s = opaque;

    return s->regs[addr / 4];
}

static void pll_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    DA850PllState *s = opaque;

    if (addr != PLLSTAT && addr != REVID) {
        s->regs[addr / 4] = value;
    }
}

static const MemoryRegionOps pll_ops = {
    .read = pll_read,
    .write = pll_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 4, .max_access_size = 4 },
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void pll_reset_hold(Object *obj, ResetType type)
{
    static const struct {
        uint16_t reg;
        uint32_t value[2];
    } initial[] = {
        { REVID,   { REVISION, REVISION } },
        { PLLCTL,  { PLLCTL_RUNS, PLLCTL_RUNS } },
        { PLLSTAT, { PLLSTAT_STABLE, PLLSTAT_STABLE } },
        { PLLM,    { 25 - 1, 25 - 1 } },        /* 600 MHz */
        { PREDIV,  { DIV(1), 0 } },
        { POSTDIV, { DIV(2), DIV(2) } },        /* 300 MHz */
        { PLLDIV1, { DIV(1), DIV(1) } },        /* DSP; DDR */
        { PLLDIV2, { DIV(2), DIV(2) } },        /* 150 MHz: PSCs; async3 */
        { PLLDIV3, { DIV(3), DIV(3) } },
        { PLLDIV4, { DIV(4), 0 } },
        { PLLDIV5, { DIV(3), 0 } },
        { PLLDIV6, { DIV(1), 0 } },             /* ARM */
        { PLLDIV7, { DIV(6), 0 } },
        { CKEN,    { CKEN_AUXCLK, 0 } },        /* timers */
    };
    DA850PllState *s = DA850_PLL(obj);

    memset(s->regs, 0, sizeof(s->regs));
    for (int i = 0; i < ARRAY_SIZE(initial); i++) {
        s->regs[initial[i].reg / 4] = initial[i].value[s->number];
    }
}

static void pll_realize(DeviceState *dev, Error **errp)
{
    DA850PllState *s = DA850_PLL(dev);

    if (s->number > 1) {
        error_setg(errp, "number is %u, not 0 or 1", s->number);
    }
}

static void pll_init(Object *obj)
{
    DA850PllState *s = DA850_PLL(obj);

    memory_region_init_io(&s->iomem, obj, &pll_ops, s, TYPE_DA850_PLL,
                          DA850_PLL_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->iomem);
}

static const Property pll_properties[] = {
    DEFINE_PROP_UINT8("number", DA850PllState, number, 0),
};

static void pll_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->desc = "DA850 PLL controller";
    dc->realize = pll_realize;
    RESETTABLE_CLASS(klass)->phases.hold = pll_reset_hold;
    device_class_set_props(dc, pll_properties);
}

static const TypeInfo pll_types[] = {
    {
        .name = TYPE_DA850_PLL,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(DA850PllState),
        .instance_init = pll_init,
        .class_init = pll_class_init,
    },
};

DEFINE_TYPES(pll_types)
