/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A power and sleep controller of the DA850: clocks and local resets of the
 * chip's modules.
 *
 * sysbus MMIO region 0: the registers, DA850_PSC_SIZE bytes.
 * Property "num-modules": 16 for PSC0, 32 for PSC1.
 * Named GPIO outputs, one a module: "hold", high while the module does not run,
 * that is while it has no clock or its local reset is asserted.
 */
#ifndef AMP_DA850_PSC_H
#define AMP_DA850_PSC_H

#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_DA850_PSC "da850-psc"
OBJECT_DECLARE_SIMPLE_TYPE(DA850PscState, DA850_PSC)

#define DA850_PSC_SIZE          0x1000
#define DA850_PSC_MAX_MODULES   32
#define DA850_PSC_DOMAINS       2   /* always on; the DSP's, or the RAM's */

#define DA850_PSC0_DSP          15

struct DA850PscState {
    SysBusDevice parent_obj;

    MemoryRegion iomem;
    uint32_t num_modules;
    uint32_t mdctl[DA850_PSC_MAX_MODULES];
    uint32_t mdstat[DA850_PSC_MAX_MODULES];
    uint32_t pdctl[DA850_PSC_DOMAINS];
    uint32_t pdstat[DA850_PSC_DOMAINS];
    uint32_t epcpr;
    qemu_irq hold[DA850_PSC_MAX_MODULES];
};

#endif
