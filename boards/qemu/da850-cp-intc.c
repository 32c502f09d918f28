/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ARM's interrupt controller of the DA850 (OMAP-L138 TRM, chapter "ARM
 * Interrupt Controller").
 *
 * A system interrupt sets its bit in the status register, which stays until
 * software clears it. An interrupt of type level whose line is still active
 * when the bit is cleared sets it again at once: Linux, which clears the bit
 * before it calls the handler, is interrupted a second time unless the handler
 * clears it again once the line is inactive.
 *
 * An interrupt belongs to a channel; a lower channel comes first, and within a
 * channel the lower number. Vectors, nesting levels and the two-level host
 * mapping are not modelled: channels 0 and 1 are FIQ, the others IRQ, as they
 * are wired on this chip.
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "hw/irq.h"
#include "da850-cp-intc.h"

enum {
    REVID       = 0x0000,
    CR          = 0x0004,
    HCR         = 0x000c,   /* Linux clears it; not in the TRM */
    GER         = 0x0010,
    SISR        = 0x0020,   /* these six take the number of an interrupt */
    SICR        = 0x0024,
    EISR        = 0x0028,
    EICR        = 0x002c,
    HIEISR      = 0x0034,   /* of a host interrupt: 0 FIQ, 1 IRQ */
    HIDISR      = 0x0038,
    GPIR        = 0x0080,
    SRSR        = 0x0200,   /* banks of one bit an interrupt */
    SECR        = 0x0280,
    ESR         = 0x0300,
    ECR         = 0x0380,
    CMR         = 0x0400,   /* one byte an interrupt */
    HIPIR       = 0x0900,   /* one word a host interrupt */
    SIPR        = 0x0d00,
    SITR        = 0x0d80,
    HIER        = 0x1500,
};

#define REVISION    0x4e82a900
#define NONE        BIT(31)
#define FIQ_CHANNELS 2

/* What the latch takes in: level interrupts whose line is active. */
static void latch_levels(DA850CpIntcState *s)
{
    for (int i = 0; i < DA850_CP_INTC_WORDS; i++) {
        s->status[i] |= ~(s->lines[i] ^ s->polarity[i]) & ~s->edge[i];
    }
    /* There are 101 inputs. */
    s->status[DA850_CP_INTC_WORDS - 1] &=
        MAKE_64BIT_MASK(0, DA850_CP_INTC_IRQS % 32);
}

/* The pending interrupt to serve first among channels [from, to), or NONE. */
static uint32_t first_pending(DA850CpIntcState *s, int from, int to)
{
    uint32_t first = NONE;
    int channel = to;

    for (int i = 0; i < DA850_CP_INTC_WORDS; i++) {
        uint32_t pending = s->status[i] & s->enable[i];

        while (pending) {
            int n = i * 32 + ctz32(pending);

            pending &= pending - 1;
            if (s->channel[n] >= from && s->channel[n] < channel) {
                channel = s->channel[n];
                first = n;
            }
        }
    }
    return first;
}

static uint32_t host_pending(DA850CpIntcState *s, int host)
{
    return host == 0 ? first_pending(s, 0, FIQ_CHANNELS)
                     : first_pending(s, FIQ_CHANNELS, 32);
}

static void update(DA850CpIntcState *s)
{
    latch_levels(s);
    for (int host = 0; host < 2; host++) {
        qemu_set_irq(s->out[host], s->global_enable &&
                     extract32(s->host_enable, host, 1) &&
                     host_pending(s, host) != NONE);
    }
}

static void cp_intc_set_line(void *opaque, int n, int level)
{
    DA850CpIntcState *s = opaque;
    uint32_t *lines = &s->lines[n / 32];
    uint32_t bit = BIT(n % 32);
    uint32_t before = *lines;

    *lines = level ? before | bit : before & ~bit;
    if ((before ^ *lines) & bit & s->edge[n / 32] &
        ~(*lines ^ s->polarity[n / 32])) {
        s->status[n / 32] |= bit;
    }
    update(s);
}

static void set_indexed(uint32_t *bank, uint32_t n, bool set)
{
    if (n >= DA850_CP_INTC_IRQS) {
        qemu_log_mask(LOG_GUEST_ERROR, "cp-intc: there is no interrupt %u\n",
                      n);
        return;
    }
    bank[n / 32] = set ? bank[n / 32] | BIT(n % 32)
                       : bank[n / 32] & ~BIT(n % 32);
}

/* The bank of one bit an interrupt at @addr, and the word in it. */
static uint32_t *bank_word(DA850CpIntcState *s, hwaddr addr)
{
    int word = addr % 0x80 / 4;

    if (word >= DA850_CP_INTC_WORDS) {
        return NULL;
    }
    switch (addr & ~0x7full) {
    case SRSR:
    case SECR:
        return &s->status[word];
    case ESR:
    case ECR:
        return &s->enable[word];
    case SIPR:
        return &s->polarity[word];
    case SITR:
        return &s->edge[word];
    default:
        return NULL;
    }
}

static uint64_t cp_intc_read(void *opaque, hwaddr addr, unsigned size)
{
    DA850CpIntcState *s = opaque;
    uint32_t *word = bank_word(s, addr);

    if (word) {
        return *word;
    }
    if (addr >= CMR && addr < CMR + sizeof(s->channel)) {
        return ldl_le_p(&s->channel[addr - CMR]);
    }
    switch (addr) {
    case REVID:
        return REVISION;
    case CR:
        return s->control;
    case GER:
        return s->global_enable;
    case GPIR:
        return first_pending(s, 0, 32);
    case HIPIR:
    case HIPIR + 4:
        return host_pending(s, (addr - HIPIR) / 4);
    case HIER:
        return s->host_enable;
    default:
        qemu_log_mask(LOG_UNIMP, "cp-intc: read of 0x%" HWADDR_PRIx "\n", addr);
        return 0;
    }
}

static void write_bank(DA850CpIntcState *s, hwaddr addr, uint32_t *word,
                       uint32_t value)
{
    switch (addr & ~0x7full) {
    case SRSR:
    case ESR:
        *word |= value;
        break;
    case SECR:
    case ECR:
        *word &= ~value;
        break;
    default:
        *word = value;
        break;
    }
}

static void cp_intc_write(void *opaque, hwaddr addr, uint64_t value,
                          unsigned size)
{
    DA850CpIntcState *s = opaque;
    uint32_t *word = bank_word(s, addr);

    if (word) {
        write_bank(s, addr, word, value);
        update(s);
        return;
    }
    if (addr >= CMR && addr < CMR + sizeof(s->channel)) {
        stl_le_p(&s->channel[addr - CMR], value & 0x1f1f1f1f);
        update(s);
        return;
    }
    switch (addr) {
    case CR:
        s->control = value;
        break;
    case GER:
        s->global_enable = value & 1;
        break;
    case SISR:
        set_indexed(s->status, value, true);
        break;
    case SICR:
        set_indexed(s->status, value, false);
        break;
    case EISR:
        set_indexed(s->enable, value, true);
        break;
    case EICR:
        set_indexed(s->enable, value, false);
        break;
    case HIEISR:
        s->host_enable |= BIT(value & 1);
        break;
    case HIDISR:
        s->host_enable &= ~BIT(value & 1);
        break;
    case HIER:
        s->host_enable = value & 3;
        break;
    case HCR:
        break;
    default:
        qemu_log_mask(LOG_UNIMP, "cp-intc: write of 0x%" HWADDR_PRIx "\n",
                      addr);
        return;
    }
    update(s);
}

static const MemoryRegionOps cp_intc_ops = {
    .read = cp_intc_read,
    .write = cp_intc_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 4, .max_access_size = 4 },
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void cp_intc_reset_hold(Object *obj, ResetType type)
{
    DA850CpIntcState *s = DA850_CP_INTC(obj);

    memset(s->status, 0, sizeof(s->status));
    memset(s->enable, 0, sizeof(s->enable));
    memset(s->edge, 0, sizeof(s->edge));
    memset(s->channel, 0, sizeof(s->channel));
    memset(s->polarity, 0xff, sizeof(s->polarity));
    s->control = 0;
    s->global_enable = 0;
    s->host_enable = 0;
}

static void cp_intc_init(Object *obj)
{
    DA850CpIntcState *s = DA850_CP_INTC(obj);
    SysBusDevice *sbd = SYS_BUS_DEVICE(obj);

    memory_region_init_io(&s->iomem, obj, &cp_intc_ops, s, TYPE_DA850_CP_INTC,
                          DA850_CP_INTC_SIZE);
    sysbus_init_mmio(sbd, &s->iomem);
    sysbus_init_irq(sbd, &s->out[0]);
    sysbus_init_irq(sbd, &s->out[1]);
    qdev_init_gpio_in(DEVICE(obj), cp_intc_set_line, DA850_CP_INTC_IRQS);
}

static void cp_intc_class_init(ObjectClass *klass, void *data)
{
    DEVICE_CLASS(klass)->desc = "DA850 interrupt controller of the ARM";
    RESETTABLE_CLASS(klass)->phases.hold = cp_intc_reset_hold;
}

static const TypeInfo cp_intc_types[] = {
    {
        .name = TYPE_DA850_CP_INTC,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(DA850CpIntcState),
        .instance_init = cp_intc_init,
        .class_init = cp_intc_class_init,
    },
};

DEFINE_TYPES(cp_intc_types)
