/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reset lines of one OMAP power domain's processor subsystem.
 *
 * sysbus MMIO region 0: the PRM instance, OMAP_PRM_SIZE bytes.
 * Properties: "rstctrl", the offset of its RM_x_RSTCTRL register (RM_x_RSTST is
 * the word after it); "num-resets", how many lines that has.
 * Named GPIO outputs "reset": one per line, high while the reset is asserted.
 */
#ifndef AMP_OMAP_PRM_H
#define AMP_OMAP_PRM_H

#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_OMAP_PRM "omap4-prm"
OBJECT_DECLARE_SIMPLE_TYPE(OMAPPRMState, OMAP_PRM)

#define OMAP_PRM_SIZE       0x300
#define OMAP_PRM_MAX_RESETS 8

struct OMAPPRMState {
    SysBusDevice parent_obj;

    MemoryRegion iomem;
    uint32_t rstctrl;
    uint32_t num_resets;
    uint32_t regs[OMAP_PRM_SIZE / 4];
    qemu_irq reset[OMAP_PRM_MAX_RESETS];
};

#endif
