/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A PLL controller of the DA850: registers that say how fast the chip's clocks
 * are. No clock here depends on them.
 *
 * sysbus MMIO region 0: the registers, DA850_PLL_SIZE bytes.
 * Property "number": 0 or 1, which PLL it is.
 */
#ifndef AMP_DA850_PLL_H
#define AMP_DA850_PLL_H

#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_DA850_PLL "da850-pll"
OBJECT_DECLARE_SIMPLE_TYPE(DA850PllState, DA850_PLL)

#define DA850_PLL_SIZE 0x1000

struct DA850PllState {
    SysBusDevice parent_obj;

    MemoryRegion iomem;
    uint8_t number;
    uint32_t regs[DA850_PLL_SIZE / 4];
};

#endif
