/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ARM's interrupt controller of the DA850 ("AINTC", "ti,cp-intc").
 *
 * sysbus MMIO region 0: the registers, DA850_CP_INTC_SIZE bytes.
 * sysbus IRQs 0 and 1: the CPU's FIQ and IRQ.
 * GPIO inputs: the system interrupts, DA850_CP_INTC_IRQS of them.
 */
#ifndef AMP_DA850_CP_INTC_H
#define AMP_DA850_CP_INTC_H

#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_DA850_CP_INTC "da850-cp-intc"
OBJECT_DECLARE_SIMPLE_TYPE(DA850CpIntcState, DA850_CP_INTC)

#define DA850_CP_INTC_SIZE  0x2000
#define DA850_CP_INTC_IRQS  101
#define DA850_CP_INTC_WORDS 4

struct DA850CpIntcState {
    SysBusDevice parent_obj;

    MemoryRegion iomem;
    qemu_irq out[2];                            /* FIQ, IRQ */
    uint32_t lines[DA850_CP_INTC_WORDS];        /* inputs as they are */
    uint32_t status[DA850_CP_INTC_WORDS];       /* latched */
    uint32_t enable[DA850_CP_INTC_WORDS];
    uint32_t polarity[DA850_CP_INTC_WORDS];     /* set: active high */
    uint32_t edge[DA850_CP_INTC_WORDS];         /* set: edge, clear: level */
    uint8_t channel[DA850_CP_INTC_WORDS * 32];  /* 0, 1: FIQ; 2..31: IRQ */
    uint32_t control;
    uint32_t global_enable;
    uint32_t host_enable;                       /* bit 0: FIQ, bit 1: IRQ */
};

#endif
