/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Timer64P of the DA850 (OMAP-L138 TRM, chapter "64-Bit Timer Plus"), in dual
 * 32-bit unchained mode: each half counts up from its count to its period,
 * where it interrupts and starts at zero, once or again and again.
 *
 * Not modelled: the 64-bit, chained and watchdog modes, TIM34's prescaler,
 * external clocks, the compare and capture registers.
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "hw/irq.h"
#include "da850-timer.h"

enum {
    REVID = 0x00,
    TIM12 = 0x10,
    TIM34 = 0x14,
    PRD12 = 0x18,
    PRD34 = 0x1c,
    TCR   = 0x20,
    TGCR  = 0x24,
};

#define REVISION            0x44720211
#define TGCR_RUN(half)      BIT(half)
#define TGCR_MODE(tgcr)     extract32(tgcr, 2, 2)
#define MODE_DUAL_UNCHAINED 1
#define TCR_ENAMODE(tcr, half) extract32(tcr, 6 + 16 * (half), 2)
#define ENAMODE_ONCE        1

static bool runs(DA850TimerHalf *half)
{
    return half->mode != 0;
}

static uint64_t ticks(DA850TimerHalf *half)
{
    int64_t ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) - half->start_ns;

    return half->count + muldiv64(ns, DA850_TIMER_HZ, NANOSECONDS_PER_SECOND);
}

static uint32_t count(DA850TimerHalf *half)
{
    uint64_t now;

    if (!runs(half)) {
        return half->count;
    }
    now = ticks(half);
    /* The callback may be late. */
    return half->mode == ENAMODE_ONCE ? MIN(now, half->period)
                                      : now % ((uint64_t)half->period + 1);
}

/* The callback comes when the count has run through the period. */
static void arm(DA850TimerHalf *half)
{
    uint32_t now = count(half);
    uint64_t left;

    /* With a period of zero it would come without end. */
    if (!runs(half) || !half->period) {
        timer_del(half->timer);
        return;
    }
    /* A count beyond the period runs through zero first. */
    left = half->period + 1ull - now + (now > half->period ? 1ull << 32 : 0);
    /* Rounded up: not before. */
    timer_mod(half->timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + 1 +
              muldiv64(left, NANOSECONDS_PER_SECOND, DA850_TIMER_HZ));
}

/* From @count on, if it runs. */
static void start(DA850TimerHalf *half, uint32_t count)
{
    half->count = count;
    half->start_ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    arm(half);
}

static void expired(void *opaque)
{
    DA850TimerHalf *half = opaque;

    if (half->mode == ENAMODE_ONCE) {
        half->mode = 0;
        start(half, 0);
    } else {
        /* Counts on from where it was started: Linux's clock never jumps. */
        arm(half);
    }
    qemu_irq_pulse(half->irq);
}

/* What TCR and TGCR say has changed. */
static void update(DA850TimerState *s)
{
    if (TGCR_MODE(s->tgcr) != MODE_DUAL_UNCHAINED && s->tcr) {
        qemu_log_mask(LOG_UNIMP, "da850-timer: TGCR is 0x%x, only dual 32-bit "
                      "unchained mode is modelled\n", s->tgcr);
    }
    for (int i = 0; i < 2; i++) {
        DA850TimerHalf *half = &s->half[i];
        bool out_of_reset = s->tgcr & TGCR_RUN(i);
        uint32_t mode = out_of_reset ? TCR_ENAMODE(s->tcr, i) : 0;
        uint32_t at = out_of_reset ? count(half) : 0;

        half->mode = mode;
        start(half, at);
    }
}

static uint64_t timer_read(void *opaque, hwaddr addr, unsigned size)
{
    DA850TimerState *s = opaque;

    switch (addr) {
    case REVID:
        return REVISION;
    case TIM12:
    case TIM34:
        return count(&s->half[(addr - TIM12) / 4]);
    case PRD12:
    case PRD34:
        return s->half[(addr - PRD12) / 4].period;
    case TCR:
        return s->tcr;
    case TGCR:
        return s->tgcr;
    default:
        qemu_log_mask(LOG_UNIMP, "da850-timer: read of 0x%" HWADDR_PRIx "\n",
                      addr);
        return 0;
    }
}

static void timer_write(void *opaque, hwaddr addr, uint64_t value,
                        unsigned size)
{
    DA850TimerState *s = opaque;
    DA850TimerHalf *half;

    switch (addr) {
    case TIM12:
    case TIM34:
        start(&s->half[(addr - TIM12) / 4], value);
        break;
    case PRD12:
    case PRD34:
        half = &s->half[(addr - PRD12) / 4];
        /* The count so far is by the old period. */
        half->count = count(half);
        half->period = value;
        start(half, half->count);
        break;
    case TCR:
        /*
         * A half whose mode stays goes on undisturbed, to the nanosecond: the
         * other half's driver writes this register all the time.
         */
        for (int i = 0; i < 2; i++) {
            if (TCR_ENAMODE(value, i) != TCR_ENAMODE(s->tcr, i)) {
                uint32_t at = count(&s->half[i]);

                s->half[i].mode = s->tgcr & TGCR_RUN(i) ?
                                  TCR_ENAMODE(value, i) : 0;
                start(&s->half[i], at);
            }
        }
        s->tcr = value;
        break;
    case TGCR:
        s->tgcr = value;
        update(s);
        break;
    default:
        qemu_log_mask(LOG_UNIMP, "da850-timer: write of 0x%" HWADDR_PRIx "\n",
                      addr);
        break;
    }
}

static const MemoryRegionOps timer_ops = {
    .read = timer_read,
    .write = timer_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 4, .max_access_size = 4 },
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void timer_reset_hold(Object *obj, ResetType type)
{
    DA850TimerState *s = DA850_TIMER(obj);

    s->tcr = 0;
    s->tgcr = 0;
    for (int i = 0; i < 2; i++) {
        s->half[i].mode = 0;
        s->half[i].period = 0;
        start(&s->half[i], 0);
    }
}

static void timer_instance_init(Object *obj)
{
    DA850TimerState *s = DA850_TIMER(obj);
    SysBusDevice *sbd = SYS_BUS_DEVICE(obj);

    memory_region_init_io(&s->iomem, obj, &timer_ops, s, TYPE_DA850_TIMER,
                          DA850_TIMER_SIZE);
    sysbus_init_mmio(sbd, &s->iomem);
    for (int i = 0; i < 2; i++) {
        s->half[i].timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, expired,
                                        &s->half[i]);
        sysbus_init_irq(sbd, &s->half[i].irq);
    }
}

static void timer_finalize(Object *obj)
{
    DA850TimerState *s = DA850_TIMER(obj);

    for (int i = 0; i < 2; i++) {
        timer_free(s->half[i].timer);
    }
}

static void timer_class_init(ObjectClass *klass, void *data)
{
    DEVICE_CLASS(klass)->desc = "DA850 timer: two halves of 32 bits";
    RESETTABLE_CLASS(klass)->phases.hold = timer_reset_hold;
}

static const TypeInfo timer_types[] = {
    {
        .name = TYPE_DA850_TIMER,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(DA850TimerState),
        .instance_init = timer_instance_init,
        .instance_finalize = timer_finalize,
        .class_init = timer_class_init,
    },
};

DEFINE_TYPES(timer_types)
