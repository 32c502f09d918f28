/* SPDX-License-Identifier: GPL-2.0 */
/*
 * OMAP4's IPU ("Ducati"): one or two Cortex-M3 behind one MMU.
 *
 * sysbus MMIO region 0: the L2 RAM, 64 KiB.
 * Properties: "mmu", the MMU that the cores are behind; "num-cores".
 * Named GPIO inputs: "reset", one per core, high while the core is held;
 * "mailbox", the mailbox's interrupt.
 *
 * Realize it after arm_load_kernel(): that function would start the cores of
 * an M-profile as secondary processors of Linux.
 */
#ifndef AMP_OMAP_IPU_H
#define AMP_OMAP_IPU_H

#include "hw/arm/armv7m.h"
#include "hw/clock.h"
#include "hw/cpu/cluster.h"
#include "hw/sysbus.h"
#include "omap-mmu.h"
#include "qom/object.h"

#define TYPE_OMAP_IPU "omap4-ipu"
OBJECT_DECLARE_SIMPLE_TYPE(OMAPIPUState, OMAP_IPU)

#define OMAP_IPU_MAX_CORES  OMAP_MMU_MAX_PORTS
#define OMAP_IPU_L2RAM_SIZE 0x10000
#define OMAP_IPU_MAILBOX_IRQ 26     /* of the NVIC */

typedef struct OMAPIPUCore {
    OMAPIPUState *ipu;
    CPUClusterState cluster;
    ARMv7MState armv7m;
    MemoryRegion view;
    MemoryRegion id;
    OMAPMMUPort port;
    bool realized;
    bool held;          /* the reset line; guarded by the big lock */
} OMAPIPUCore;

struct OMAPIPUState {
    SysBusDevice parent_obj;

    MemoryRegion l2ram;
    OMAPMMUState *mmu;
    uint32_t num_cores;
    Clock *cpuclk;
    int mailbox_level;
    OMAPIPUCore core[OMAP_IPU_MAX_CORES];
};

#endif
