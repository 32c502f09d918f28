/* SPDX-License-Identifier: GPL-2.0 */
/*
 * OMAP MMU: the walk through a two-level translation table.
 *
 * Format: OMAP4430 TRM, "MMU Functional Description", which is the short
 * descriptor format of the ARM architecture without its permissions; Linux
 * writes it in drivers/iommu/omap-iommu.c.
 *
 * First level, 4096 words, one per MiB (16 equal ones for a supersection):
 *   bits 1:0 = 1: second-level table at bits 31:10
 *   bits 1:0 = 2: section at bits 31:20, with bit 18 supersection at bits 31:24
 * Second level, 256 words, one per 4 KiB (16 equal ones for a large page):
 *   bits 1:0 = 1: large page at bits 31:16
 *   bits 1:0 = 2 or 3: small page at bits 31:12
 * All else is no page.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "omap-mmu.h"

#define PGD_ALIGN       (16 * KiB)
#define PTE_ALIGN       (1 * KiB)
#define SUPERSECTION    (1u << 18)

/*
 * Reads a word of a table. The walker reads RAM and nothing else: a table that
 * somebody has put into a device's registers must not reach that device (it
 * might be this one) from within a CPU's memory access.
 */
static bool read_entry(uint32_t pa, uint32_t *entry)
{
    hwaddr xlat, len = sizeof(*entry);
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(&address_space_memory, pa, &xlat, &len, false,
                                 MEMTXATTRS_UNSPECIFIED);
    if (!memory_region_is_ram(mr) || len < sizeof(*entry)) {
        return false;
    }
    *entry = ldl_le_p(memory_region_get_ram_ptr(mr) + xlat);
    return true;
}

static OMAPMMUWalk found(OMAPMMUPage *page, uint32_t da, uint32_t entry,
                         uint32_t size)
{
    page->da = da & ~(size - 1);
    page->pa = entry & ~(size - 1);
    page->size = size;
    return OMAP_MMU_WALK_OK;
}

OMAPMMUWalk omap_mmu_walk(uint32_t ttb, uint32_t da, OMAPMMUPage *page)
{
    uint32_t entry;

    if (!read_entry((ttb & ~(PGD_ALIGN - 1)) + (da >> 20) * 4, &entry)) {
        return OMAP_MMU_WALK_NO_TABLE;
    }
    switch (entry & 3) {
    case 2:
        return found(page, da, entry,
                     entry & SUPERSECTION ? 16 * MiB : 1 * MiB);
    case 1:
        break;
    default:
        return OMAP_MMU_WALK_UNMAPPED;
    }

    if (!read_entry((entry & ~(PTE_ALIGN - 1)) + (da >> 12 & 0xff) * 4,
                    &entry)) {
        return OMAP_MMU_WALK_NO_TABLE;
    }
    switch (entry & 3) {
    case 0:
        return OMAP_MMU_WALK_UNMAPPED;
    case 1:
        return found(page, da, entry, 64 * KiB);
    default:
        return found(page, da, entry, 4 * KiB);
    }
}
