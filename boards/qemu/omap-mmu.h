/* SPDX-License-Identifier: GPL-2.0 */
/*
 * OMAP MMU: what stands between a remote processor and the rest of the SoC.
 *
 * sysbus MMIO region 0: the registers, 0x100 bytes.
 * sysbus IRQ 0: the fault interrupt.
 * Named GPIO input "reset": clears registers and TLB when it goes high.
 *
 * A processor gets at the SoC through a port. Its view of memory is a container
 * of its own:
 *
 *   0x0_0000_0000  the window: addresses that the MMU translates
 *   0x1_0000_0000  the fault region: what the MMU could not translate
 *   0x2_0000_0000  the SoC's memory and devices, by physical address
 *
 * The last two are out of reach of a 32-bit processor. They are in the same
 * container because QEMU's TCG looks up where a translation ends in the address
 * space of the CPU itself, whatever address space the translation names.
 */
#ifndef AMP_OMAP_MMU_H
#define AMP_OMAP_MMU_H

#include "exec/memory.h"
#include "hw/core/cpu.h"
#include "hw/sysbus.h"
#include "qemu/thread.h"
#include "qom/object.h"

#define TYPE_OMAP_MMU "omap4-mmu"
OBJECT_DECLARE_SIMPLE_TYPE(OMAPMMUState, OMAP_MMU)

#define OMAP_MMU_TLB_ENTRIES 32
#define OMAP_MMU_MAX_PORTS   2

/* Cortex-M keeps 0xe0000000 and up to itself: all below goes to the MMU. */
#define OMAP_MMU_WINDOW_SIZE 0xe0000000ull
#define OMAP_MMU_FAULT_BASE  0x100000000ull
#define OMAP_MMU_BUS_BASE    0x200000000ull

/* A translation: the page that holds an address. */
typedef struct OMAPMMUPage {
    uint32_t da;        /* first device address */
    uint32_t pa;        /* first physical address */
    uint32_t size;      /* 4 KiB, 64 KiB, 1 MiB or 16 MiB */
} OMAPMMUPage;

/* Reads the two-level table at @ttb; see omap-mmu-table.c. */
typedef enum OMAPMMUWalk {
    OMAP_MMU_WALK_OK,
    OMAP_MMU_WALK_UNMAPPED,     /* the table has no page there */
    OMAP_MMU_WALK_NO_TABLE,     /* the table itself is not in RAM */
} OMAPMMUWalk;

OMAPMMUWalk omap_mmu_walk(uint32_t ttb, uint32_t da, OMAPMMUPage *page);

typedef struct OMAPMMUPort {
    OMAPMMUState *mmu;
    IOMMUMemoryRegion window;
    MemoryRegion fault;
    MemoryRegion bus;
    CPUState *cpu;      /* NULL until it exists; so is .as */
    AddressSpace *as;
    bool flush_queued;
} OMAPMMUPort;

/* The contents of the TLB's CAM and RAM registers. */
typedef struct OMAPMMUTLBEntry {
    uint32_t cam;
    uint32_t ram;
} OMAPMMUTLBEntry;

struct OMAPMMUState {
    SysBusDevice parent_obj;

    MemoryRegion iomem;
    qemu_irq irq;
    OMAPMMUPort *port[OMAP_MMU_MAX_PORTS];
    unsigned num_ports;

    /*
     * Guards all below: translate() runs in the processor's thread, with or
     * without the big lock. No device and no guest memory that might be a
     * device is accessed with it held.
     */
    QemuMutex lock;
    uint32_t sysconfig;
    uint32_t irqstatus;
    uint32_t irqenable;
    uint32_t cntl;
    uint32_t fault_ad;
    uint32_t ttb;
    unsigned base;      /* entries below it are locked */
    unsigned victim;    /* the entry that is next read, loaded or replaced */
    uint32_t cam;
    uint32_t ram;
    uint32_t gp_reg;
    OMAPMMUTLBEntry tlb[OMAP_MMU_TLB_ENTRIES];
};

/*
 * Fills @view, a container that the caller has made, with the MMU's window for
 * one processor. Comes before the processor is made.
 */
void omap_mmu_add_port(OMAPMMUState *s, OMAPMMUPort *port, Object *owner,
                       MemoryRegion *view);

/* Tells the port who is behind it. Until then nothing is translated. */
void omap_mmu_connect(OMAPMMUPort *port, CPUState *cpu);

/* Between the MMU's own files; the first two with the lock held. */

/* Finds the page of @da, or returns a non-zero cause for omap_mmu_report(). */
uint32_t omap_mmu_lookup(OMAPMMUState *s, uint32_t da, OMAPMMUPage *page);

/* Has every processor forget the translations that TCG has cached for it. */
void omap_mmu_flush_cpus(OMAPMMUState *s);

/* Notes a fault and raises the interrupt. With the big lock held. */
void omap_mmu_report(OMAPMMUState *s, uint32_t da, uint32_t cause);

#endif
