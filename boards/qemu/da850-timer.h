/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A 64-bit timer of the DA850 ("Timer64P") in its mode of two independent
 * 32-bit timers, which is how Linux uses it.
 *
 * sysbus MMIO region 0: the registers, DA850_TIMER_SIZE bytes.
 * sysbus IRQs 0 and 1: TINT12 and TINT34, pulses.
 */
#ifndef AMP_DA850_TIMER_H
#define AMP_DA850_TIMER_H

#include "qemu/timer.h"
#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_DA850_TIMER "da850-timer"
OBJECT_DECLARE_SIMPLE_TYPE(DA850TimerState, DA850_TIMER)

#define DA850_TIMER_SIZE 0x1000
#define DA850_TIMER_HZ   24000000   /* the crystal, by way of PLL0's AUXCLK */

/* One of the two. */
typedef struct DA850TimerHalf {
    QEMUTimer *timer;
    qemu_irq irq;
    uint32_t mode;      /* ENAMODE */
    uint32_t period;
    uint32_t count;     /* at start_ns, or now if it does not run */
    int64_t start_ns;
} DA850TimerHalf;

struct DA850TimerState {
    SysBusDevice parent_obj;

    MemoryRegion iomem;
    DA850TimerHalf half[2];     /* TIM12, TIM34 */
    uint32_t tcr;
    uint32_t tgcr;
};

#endif
