/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SYSCFG0 of the DA850 (OMAP-L138 TRM, chapter "System Configuration Module").
 * What has no function here (pin multiplexing, chip configuration, priorities)
 * reads back what was written. The lock ("KICK") is that of silicon revision 2:
 * always open.
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/module.h"
#include "hw/irq.h"
#include "da850-syscfg.h"
#include "yield.h"

enum {
    REVID       = 0x000,
    DEVIDR0     = 0x018,    /* the JTAG ID: Linux panics on an unknown one */
    HOST1CFG    = 0x044,
    CHIPSIG     = 0x174,
    CHIPSIG_CLR = 0x178,
};

#define REVISION        0x4e840102
#define OMAP_L138       0x1b7d102f
#define DSP_CRASHED     (BIT(0) | BIT(1))

/* Lines act when they move: only those in @changed are driven. */
static void drive(DA850SyscfgState *s, uint32_t changed)
{
    for (int i = 0; i < DA850_SYSCFG_CHIPSIGS; i++) {
        if (extract32(changed, i, 1)) {
            qemu_set_irq(s->arm[i], extract32(s->chipsig, i, 1));
            qemu_set_irq(s->dsp[i], extract32(s->chipsig, i, 1));
        }
    }
}

static void set_chipsig(DA850SyscfgState *s, uint32_t value)
{
    uint32_t changed = s->chipsig ^ value;

    s->chipsig = value;
    drive(s, changed);
}

static void tell_boot_address(DA850SyscfgState *s)
{
    if (s->boot_address) {
        s->boot_address(s->opaque, s->regs[HOST1CFG / 4]);
    }
}

static uint64_t syscfg_read(void *opaque, hwaddr addr, unsigned size)
{
    DA850SyscfgState *s = opaque;

    if (addr == CHIPSIG || addr == CHIPSIG_CLR) {
        return s->chipsig;
    }
    return s->regs[addr / 4];
}

static void syscfg_write(void *opaque, hwaddr addr, uint64_t value,
                         unsigned size)
{
    DA850SyscfgState *s = opaque;
    uint32_t signals = value & MAKE_64BIT_MASK(0, DA850_SYSCFG_CHIPSIGS);

    switch (addr) {
    case REVID:
    case DEVIDR0:
        break;
    case CHIPSIG:
        set_chipsig(s, s->chipsig | signals);
        /* The other side has something to do. */
        yield_cpu();
        break;
    case CHIPSIG_CLR:
        set_chipsig(s, s->chipsig & ~signals);
        break;
    case HOST1CFG:
        s->regs[addr / 4] = value;
        tell_boot_address(s);
        break;
    default:
        s->regs[addr / 4] = value;
        break;
    }
}

static const MemoryRegionOps syscfg_ops = {
    .read = syscfg_read,
    .write = syscfg_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 4, .max_access_size = 4 },
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void syscfg_dsp_crash(void *opaque, int n, int level)
{
    DA850SyscfgState *s = opaque;

    if (level) {
        set_chipsig(s, s->chipsig | DSP_CRASHED);
    }
}

void da850_syscfg_on_boot_address(DA850SyscfgState *s,
                                  void (*boot_address)(void *opaque,
                                                       uint32_t address),
                                  void *opaque)
{
    s->boot_address = boot_address;
    s->opaque = opaque;
}

static void syscfg_reset_hold(Object *obj, ResetType type)
{
    DA850SyscfgState *s = DA850_SYSCFG(obj);

    memset(s->regs, 0, sizeof(s->regs));
    s->regs[REVID / 4] = REVISION;
    s->regs[DEVIDR0 / 4] = OMAP_L138;
    s->chipsig = 0;
}

/* Lines are driven once every device has been reset. */
static void syscfg_reset_exit(Object *obj, ResetType type)
{
    DA850SyscfgState *s = DA850_SYSCFG(obj);

    drive(s, MAKE_64BIT_MASK(0, DA850_SYSCFG_CHIPSIGS));
    tell_boot_address(s);
}

static void syscfg_init(Object *obj)
{
    DA850SyscfgState *s = DA850_SYSCFG(obj);
    DeviceState *dev = DEVICE(obj);

    memory_region_init_io(&s->iomem, obj, &syscfg_ops, s, TYPE_DA850_SYSCFG,
                          DA850_SYSCFG_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->iomem);
    qdev_init_gpio_out_named(dev, s->arm, "chipsig-arm", DA850_SYSCFG_CHIPSIGS);
    qdev_init_gpio_out_named(dev, s->dsp, "chipsig-dsp", DA850_SYSCFG_CHIPSIGS);
    qdev_init_gpio_in_named(dev, syscfg_dsp_crash, "dsp-crash", 1);
}

static void syscfg_class_init(ObjectClass *klass, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    DEVICE_CLASS(klass)->desc = "DA850 system configuration module 0";
    rc->phases.hold = syscfg_reset_hold;
    rc->phases.exit = syscfg_reset_exit;
}

static const TypeInfo syscfg_types[] = {
    {
        .name = TYPE_DA850_SYSCFG,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(DA850SyscfgState),
        .instance_init = syscfg_init,
        .class_init = syscfg_class_init,
    },
};

DEFINE_TYPES(syscfg_types)
