/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x megamodule: interrupt controller (SPRUFK5, chapter 7), at 0x01800000 in
 * the core's view.
 *
 * 128 events have a flag each. An event that rises raises the CPU interrupts
 * that INTMUX gives it to. Events 0 to 3 are combinations: of the flags of 32
 * events each that EVTMASK doesn't mask. Exceptions (EXPMASK, AEGMUX) read back
 * what is written and do nothing.
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/log.h"
#include "c674x-core.h"

#define INTC_SIZE       0x1000

#define EVTFLAG         0x000
#define EVTSET          0x020
#define EVTCLR          0x040
#define EVTMASK         0x080
#define MEVTFLAG        0x0a0
#define EXPMASK         0x0c0
#define MEXPFLAG        0x0e0
#define INTMUX1         0x104
#define INTMUX3         0x10c
#define AEGMUX0         0x140
#define AEGMUX1         0x144
#define INTXSTAT        0x180
#define INTXCLR         0x184
#define INTDMASK        0x188
#define EVTASRT         0x1c0

#define FIRST_INTERRUPT 4
#define NUM_INTERRUPTS  12
#define NUM_COMBINED    4
#define DROPPED         1u          /* INTXSTAT: CPUINT 31:24, SYSINT 23:16 */

/* The event that CPU interrupt @n is selected to. */
static unsigned selected(C674xIntc *intc, unsigned n)
{
    unsigned i = n - FIRST_INTERRUPT;

    return extract32(intc->mux[i / 4], i % 4 * 8, 7);
}

static void deliver(C674xState *s, unsigned event)
{
    C674xIntc *intc = &s->intc;
    unsigned n;

    for (n = FIRST_INTERRUPT; n < FIRST_INTERRUPT + NUM_INTERRUPTS; n++) {
        if (selected(intc, n) != event) {
            continue;
        }
        if (extract32(s->ifr, n, 1) && !extract32(intc->dropmask, n, 1) &&
            !(intc->dropped & DROPPED)) {
            intc->dropped = n << 24 | event << 16 | DROPPED;
        }
        c674x_interrupt_raise(s, n);
    }
}

static uint32_t combined(C674xIntc *intc, unsigned n)
{
    /* The combinations themselves are not combined. */
    return intc->flag[n] & ~(intc->mask[n] | (n ? 0 : 0xf));
}

/* @change the flags or masks of group @n; a combination may rise by it. */
static void change(C674xState *s, unsigned n, uint32_t *what, uint32_t value)
{
    uint32_t before = combined(&s->intc, n);

    *what = value;
    if (!before && combined(&s->intc, n)) {
        deliver(s, n);
    }
}

void c674x_intc_event(void *opaque, int event, int level)
{
    C674xState *s = opaque;
    uint32_t *flag = &s->intc.flag[event / 32];

    if (!level) {
        return;
    }
    change(s, event / 32, flag, *flag | BIT(event % 32));
    deliver(s, event);
}

/* Software sets flags: the same as if the events had happened. */
static void set_events(C674xState *s, unsigned n, uint32_t events)
{
    for (; events; events &= events - 1) {
        c674x_intc_event(s, n * 32 + ctz32(events), 1);
    }
}

static uint64_t intc_read(void *opaque, hwaddr addr, unsigned size)
{
    C674xState *s = opaque;
    C674xIntc *intc = &s->intc;
    unsigned n = addr / 4 % 4;

    switch (addr) {
    case EVTFLAG ... EVTFLAG + 0xc:
        return intc->flag[n];
    case EVTMASK ... EVTMASK + 0xc:
        return intc->mask[n];
    case MEVTFLAG ... MEVTFLAG + 0xc:
        return intc->flag[n] & ~intc->mask[n];
    case EXPMASK ... EXPMASK + 0xc:
        return intc->expmask[n];
    case MEXPFLAG ... MEXPFLAG + 0xc:
        return intc->flag[n] & ~intc->expmask[n];
    case INTMUX1 ... INTMUX3:
        return intc->mux[(addr - INTMUX1) / 4];
    case AEGMUX0 ... AEGMUX1:
        return intc->aegmux[n];
    case INTXSTAT:
        return intc->dropped;
    case INTDMASK:
        return intc->dropmask;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "c674x: read of 0x%03" HWADDR_PRIx
                      " of the interrupt controller\n", addr);
        return 0;
    }
}

static void intc_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    C674xState *s = opaque;
    C674xIntc *intc = &s->intc;
    unsigned n = addr / 4 % 4;

    switch (addr) {
    case EVTSET ... EVTSET + 0xc:
        set_events(s, n, value);
        break;
    case EVTCLR ... EVTCLR + 0xc:
        change(s, n, &intc->flag[n], intc->flag[n] & ~value);
        break;
    case EVTMASK ... EVTMASK + 0xc:
        change(s, n, &intc->mask[n], value);
        break;
    case EXPMASK ... EXPMASK + 0xc:
        intc->expmask[n] = value;
        break;
    case INTMUX1 ... INTMUX3:
        intc->mux[(addr - INTMUX1) / 4] = value & 0x7f7f7f7f;
        break;
    case AEGMUX0 ... AEGMUX1:
        intc->aegmux[n] = value;
        break;
    case INTXCLR:
        intc->dropped &= value & DROPPED ? 0 : UINT32_MAX;
        break;
    case INTDMASK:
        intc->dropmask = value & 0xfff0;
        break;
    case EVTASRT:
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "c674x: write of 0x%08" PRIx64
                      " to 0x%03" HWADDR_PRIx " of the interrupt controller\n",
                      value, addr);
        break;
    }
}

static const MemoryRegionOps intc_ops = {
    .read = intc_read,
    .write = intc_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 4, .max_access_size = 4 },
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

/* Each CPU interrupt is selected to the event of the same number. */
void c674x_intc_reset(C674xState *s)
{
    C674xIntc *intc = &s->intc;

    memset(intc->flag, 0, sizeof(intc->flag));
    memset(intc->mask, 0, sizeof(intc->mask));
    memset(intc->expmask, 0xff, sizeof(intc->expmask));
    intc->mux[0] = 0x07060504;
    intc->mux[1] = 0x0b0a0908;
    intc->mux[2] = 0x0f0e0d0c;
    intc->aegmux[0] = 0x03020100;
    intc->aegmux[1] = 0x07060504;
    intc->dropped = intc->dropmask = 0;
}

void c674x_intc_init(C674xState *s)
{
    memory_region_init_io(&s->intc.iomem, OBJECT(s), &intc_ops, s,
                          "c674x-intc", INTC_SIZE);
}
