/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Power and sleep controllers of the DA850 (OMAP-L138 TRM, chapter "Power and
 * Sleep Controller").
 *
 * A module's next state is written to its MDCTL; a command in PTCMD carries out
 * all that have been written, at once here, so PTSTAT always reads as idle. A
 * command for one domain carries out those of the other as well: which module
 * is in which domain matters to nobody. A module's local reset acts without a
 * command.
 *
 * At power-on all modules run, as the boot loader would leave them, but for the
 * DSP: that has no clock, and its local reset is released. It therefore starts
 * the moment somebody turns its clock on without holding it in reset first.
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bitops.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "da850-psc.h"

enum {
    REVID  = 0x000,
    EPCPR  = 0x070,
    PTCMD  = 0x120,
    PTSTAT = 0x128,
    PDSTAT = 0x200,
    PDCTL  = 0x300,
    MDSTAT = 0x800,
    MDCTL  = 0xa00,
};

#define REVISION        0x44823a00
#define STATE_DISABLED  0               /* "SwRstDisable" */
#define STATE_ENABLED   3
#define NEXT(mdctl)     extract32(mdctl, 0, 3)
#define STATE(mdstat)   extract32(mdstat, 0, 6)
#define MDCTL_LRST      BIT(8)          /* clear: held */
#define MDSTAT_LRST     BIT(8)
#define MDSTAT_MRST     BIT(10)
#define MDSTAT_MCKOUT   BIT(12)
#define PDCTL_NEXT      BIT(0)
#define PDSTAT_ON       BIT(0)

static bool held(DA850PscState *s, int n)
{
    return STATE(s->mdstat[n]) != STATE_ENABLED ||
           !(s->mdctl[n] & MDCTL_LRST);
}

static void set_state(DA850PscState *s, int n, uint32_t state)
{
    s->mdstat[n] = state | (s->mdctl[n] & MDCTL_LRST ? MDSTAT_LRST : 0);
    if (state == STATE_ENABLED) {
        s->mdstat[n] |= MDSTAT_MCKOUT | MDSTAT_MRST;
    }
    qemu_set_irq(s->hold[n], held(s, n));
}

static void command(DA850PscState *s)
{
    for (int i = 0; i < DA850_PSC_DOMAINS; i++) {
        s->pdstat[i] = s->pdctl[i] & PDCTL_NEXT ? PDSTAT_ON : 0;
        /* Asks software whether the external power is good. */
        s->epcpr |= s->pdstat[i] ? BIT(i) : 0;
    }
    for (int i = 0; i < s->num_modules; i++) {
        if (STATE(s->mdstat[i]) != NEXT(s->mdctl[i])) {
            set_state(s, i, NEXT(s->mdctl[i]));
        }
    }
}

/* The element at @addr of an array of registers at @base, or NULL. */
static uint32_t *element(uint32_t *array, int count, hwaddr base, hwaddr addr)
{
    return addr >= base && addr < base + count * 4 ? &array[(addr - base) / 4]
                                                   : NULL;
}

static uint64_t psc_read(void *opaque, hwaddr addr, unsigned size)
{
    DA850PscState *s = opaque;
    uint32_t *reg;

    if ((reg = element(s->mdstat, s->num_modules, MDSTAT, addr)) ||
        (reg = element(s->mdctl, s->num_modules, MDCTL, addr)) ||
        (reg = element(s->pdstat, DA850_PSC_DOMAINS, PDSTAT, addr)) ||
        (reg = element(s->pdctl, DA850_PSC_DOMAINS, PDCTL, addr))) {
        return *reg;
    }
    switch (addr) {
    case REVID:
        return REVISION;
    case EPCPR:
        return s->epcpr;
    case PTCMD:
    case PTSTAT:
        return 0;
    default:
        qemu_log_mask(LOG_UNIMP, "da850-psc: read of 0x%" HWADDR_PRIx "\n",
                      addr);
        return 0;
    }
}

static void psc_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    DA850PscState *s = opaque;
    uint32_t *reg;

    if ((reg = element(s->mdctl, s->num_modules, MDCTL, addr))) {
        int n = reg - s->mdctl;

        *reg = value;
        set_state(s, n, STATE(s->mdstat[n]));
    } else if ((reg = element(s->pdctl, DA850_PSC_DOMAINS, PDCTL, addr))) {
        *reg = value;
    } else if (addr == PTCMD) {
        command(s);
    } else if (addr == EPCPR) {
        s->epcpr &= ~value;
    } else {
        qemu_log_mask(LOG_UNIMP, "da850-psc: write of 0x%" HWADDR_PRIx "\n",
                      addr);
    }
}

static const MemoryRegionOps psc_ops = {
    .read = psc_read,
    .write = psc_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 4, .max_access_size = 4 },
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static bool is_dsp(DA850PscState *s, int n)
{
    return s->num_modules <= 16 && n == DA850_PSC0_DSP;
}

static void psc_reset_hold(Object *obj, ResetType type)
{
    DA850PscState *s = DA850_PSC(obj);

    for (int i = 0; i < DA850_PSC_DOMAINS; i++) {
        s->pdctl[i] = PDCTL_NEXT;
        s->pdstat[i] = PDSTAT_ON;
    }
    s->epcpr = 0;
    for (int i = 0; i < s->num_modules; i++) {
        s->mdctl[i] = MDCTL_LRST | (is_dsp(s, i) ? STATE_DISABLED
                                                 : STATE_ENABLED);
    }
}

/* Lines are driven once every device has been reset. */
static void psc_reset_exit(Object *obj, ResetType type)
{
    DA850PscState *s = DA850_PSC(obj);

    for (int i = 0; i < s->num_modules; i++) {
        set_state(s, i, NEXT(s->mdctl[i]));
    }
}

static void psc_realize(DeviceState *dev, Error **errp)
{
    DA850PscState *s = DA850_PSC(dev);

    if (s->num_modules < 1 || s->num_modules > DA850_PSC_MAX_MODULES) {
        error_setg(errp, "num-modules is %u, not 1 to %d", s->num_modules,
                   DA850_PSC_MAX_MODULES);
        return;
    }
    qdev_init_gpio_out_named(dev, s->hold, "hold", s->num_modules);
}

static void psc_init(Object *obj)
{
    DA850PscState *s = DA850_PSC(obj);

    memory_region_init_io(&s->iomem, obj, &psc_ops, s, TYPE_DA850_PSC,
                          DA850_PSC_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->iomem);
}

static const Property psc_properties[] = {
    DEFINE_PROP_UINT32("num-modules", DA850PscState, num_modules, 16),
};

static void psc_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    dc->desc = "DA850 power and sleep controller";
    dc->realize = psc_realize;
    rc->phases.hold = psc_reset_hold;
    rc->phases.exit = psc_reset_exit;
    device_class_set_props(dc, psc_properties);
}

static const TypeInfo psc_types[] = {
    {
        .name = TYPE_DA850_PSC,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(DA850PscState),
        .instance_init = psc_init,
        .class_init = psc_class_init,
    },
};

DEFINE_TYPES(psc_types)
