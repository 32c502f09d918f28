/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x megamodule: the cache control registers (SPRUFK5, chapters 2 to 4), at
 * 0x01840000 in the core's view.
 *
 * There are no caches in the way of data here, so what writes back or
 * invalidates is done when it is written: the registers that a program polls
 * (word counts, global commands) read 0. Instructions are decoded once, which
 * is a cache: everything that invalidates L1P makes them be fetched again.
 * The other registers, configuration and MARs, read back what was written; all
 * of L1 and L2 stays addressable memory whatever the configuration says.
 */

#include "qemu/osdep.h"
#include "c674x-core.h"

#define CACHE_SIZE      0x10000

#define L1PCFG          0x0020
#define L1PIWC          0x4024  /* L1PIBAR is the word before */
#define BLOCK_FIRST     0x4000  /* base address and word count registers */
#define BLOCK_LAST      0x404c
#define L2WB            0x5000
#define L1PINV          0x5028
#define L1DINV          0x5048
#define MAR0            0x8000
#define MAR255          0x83fc

/* Word counts are at the odd words of the blocks. */
static bool is_command(hwaddr addr)
{
    if (addr >= BLOCK_FIRST && addr <= BLOCK_LAST) {
        return addr & 4;
    }
    return addr >= L2WB && addr <= L1DINV;
}

static uint32_t *stored(C674xState *s, hwaddr addr)
{
    if (addr < 0x400) {
        return &s->cache_regs[addr / 4];
    }
    if (addr >= BLOCK_FIRST && addr <= BLOCK_LAST) {
        return &s->cache_regs[(0x400 + addr - BLOCK_FIRST) / 4];
    }
    if (addr >= MAR0 && addr <= MAR255) {
        return &s->cache_regs[(0x800 + addr - MAR0) / 4];
    }
    return NULL;
}

static uint64_t cache_read(void *opaque, hwaddr addr, unsigned size)
{
    C674xState *s = opaque;
    uint32_t *reg = is_command(addr) ? NULL : stored(s, addr);

    return reg ? *reg : 0;
}

static void cache_write(void *opaque, hwaddr addr, uint64_t value,
                        unsigned size)
{
    C674xState *s = opaque;
    uint32_t *reg = is_command(addr) ? NULL : stored(s, addr);

    if (addr == L1PIWC || addr == L1PINV || addr == L1PCFG) {
        c674x_invalidate(s);
    }
    if (reg) {
        *reg = value;
    }
}

static const MemoryRegionOps cache_ops = {
    .read = cache_read,
    .write = cache_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 4, .max_access_size = 4 },
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

void c674x_cache_init(C674xState *s)
{
    memory_region_init_io(&s->cache, OBJECT(s), &cache_ops, s, "c674x-cache",
                          CACHE_SIZE);
}
