/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x: the memory that the core sees. RAM is accessed through host pointers,
 * cached per page; everything else through the memory API.
 *
 * A page that is written is mapped with address_space_map() from its first
 * write to the end of the core's turn: unmapping tells QEMU that it has
 * changed, so that migration and the ARM's translated code learn of it.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "qapi/error.h"
#include "qemu/rcu.h"
#include "exec/address-spaces.h"
#include "c674x-core.h"

#define PAGE_SIZE       (1u << C674X_PAGE_BITS)
#define NO_PAGE         1       /* no page's address */
#define ATTRS           MEMTXATTRS_UNSPECIFIED

#define L2_LOCAL        0x00800000
#define L1P_LOCAL       0x00e00000
#define L1D_LOCAL       0x00f00000
#define INTC_LOCAL      0x01800000
#define CACHE_LOCAL     0x01840000

static C674xPage *page_of(C674xState *s, uint32_t addr)
{
    return &s->page[(addr >> C674X_PAGE_BITS) % C674X_NUM_PAGES];
}

static bool within(uint32_t addr, unsigned size)
{
    return (addr & (PAGE_SIZE - 1)) + size <= PAGE_SIZE;
}

static void end_writing(C674xState *s, C674xPage *p)
{
    if (p->write != NO_PAGE) {
        address_space_unmap(&s->as, p->host, PAGE_SIZE, true, PAGE_SIZE);
        p->write = NO_PAGE;
    }
}

/* The end of a turn: what was written is known to the rest of QEMU. */
void c674x_memory_sync(C674xState *s)
{
    unsigned i;

    for (i = 0; i < s->num_written; i++) {
        end_writing(s, &s->page[s->written[i]]);
    }
    s->num_written = 0;
}

static void forget_pages(C674xState *s)
{
    unsigned i;

    c674x_memory_sync(s);
    for (i = 0; i < C674X_NUM_PAGES; i++) {
        s->page[i].read = NO_PAGE;
    }
}

/* Whether the page is RAM as a whole; then its host address goes to @host. */
static bool is_ram(C674xState *s, uint32_t page, bool is_write, uint8_t **host)
{
    hwaddr xlat, len = PAGE_SIZE;
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(&s->as, page, &xlat, &len, is_write, ATTRS);
    if (len < PAGE_SIZE || !memory_access_is_direct(mr, is_write, ATTRS)) {
        return false;
    }
    *host = (uint8_t *)memory_region_get_ram_ptr(mr) + xlat;
    return true;
}

static uint8_t *map_read(C674xState *s, uint32_t addr)
{
    C674xPage *p = page_of(s, addr);
    uint32_t page = addr & -PAGE_SIZE;
    uint8_t *host;

    if (!is_ram(s, page, false, &host)) {
        return NULL;
    }
    end_writing(s, p);
    p->read = page;
    p->host = host;
    return host + (addr - page);
}

static uint8_t *map_write(C674xState *s, uint32_t addr)
{
    C674xPage *p = page_of(s, addr);
    uint32_t page = addr & -PAGE_SIZE;
    hwaddr len = PAGE_SIZE;
    uint8_t *host;

    if (!is_ram(s, page, true, &host)) {
        return NULL;
    }
    end_writing(s, p);
    if (s->num_written == C674X_NUM_PAGES) {
        c674x_memory_sync(s);
    }
    host = address_space_map(&s->as, page, &len, true, ATTRS);
    assert(host && len == PAGE_SIZE);
    p->read = p->write = page;
    p->host = host;
    s->written[s->num_written++] = p - s->page;
    return host + (addr - page);
}

static void complain(uint32_t addr, unsigned size, const char *what)
{
    qemu_log_mask(LOG_GUEST_ERROR, "c674x: %s of %u bytes at 0x%08x, where "
                  "nothing answers\n", what, size, addr);
}

static uint64_t read_device(C674xState *s, uint32_t addr, unsigned size)
{
    uint8_t bytes[8] = { };

    if (address_space_read(&s->as, addr, ATTRS, bytes, size) != MEMTX_OK) {
        complain(addr, size, "read");
    }
    return ldn_le_p(bytes, size);
}

uint64_t c674x_memory_read(C674xState *s, uint32_t addr, unsigned size)
{
    const C674xPage *p = page_of(s, addr);
    uint8_t *host;

    if (likely(p->read == (addr & -PAGE_SIZE) && within(addr, size))) {
        host = p->host + (addr & (PAGE_SIZE - 1));
        return likely(size == 4) ? (uint32_t)ldl_le_p(host)
                                 : ldn_le_p(host, size);
    }
    if (!within(addr, size)) {
        uint64_t value = 0;

        while (size--) {
            value = value << 8 | c674x_memory_read(s, addr + size, 1);
        }
        return value;
    }
    host = map_read(s, addr);
    return host ? ldn_le_p(host, size) : read_device(s, addr, size);
}

void c674x_memory_write(C674xState *s, uint32_t addr, uint64_t value,
                        unsigned size)
{
    const C674xPage *p = page_of(s, addr);
    uint8_t *host, bytes[8];

    if (likely(p->write == (addr & -PAGE_SIZE) && within(addr, size))) {
        host = p->host + (addr & (PAGE_SIZE - 1));
        if (likely(size == 4)) {
            stl_le_p(host, value);
        } else {
            stn_le_p(host, size, value);
        }
        return;
    }
    if (!within(addr, size)) {
        for (; size--; value >>= 8) {
            c674x_memory_write(s, addr++, (uint8_t)value, 1);
        }
        return;
    }
    host = map_write(s, addr);
    if (host) {
        stn_le_p(host, size, value);
        return;
    }
    stn_le_p(bytes, size, value);
    if (address_space_write(&s->as, addr, ATTRS, bytes, size) != MEMTX_OK) {
        complain(addr, size, "write");
    }
}

/* Instructions come from RAM only. */
bool c674x_memory_fetch(C674xState *s, uint32_t addr, uint32_t *word)
{
    const C674xPage *p = page_of(s, addr);
    uint8_t *host = p->read == (addr & -PAGE_SIZE)
        ? p->host + (addr & (PAGE_SIZE - 1)) : map_read(s, addr);

    if (host) {
        *word = ldl_le_p(host);
    }
    return host;
}

static void topology_changed(MemoryListener *listener)
{
    forget_pages(container_of(listener, C674xState, listener));
}

static void add_local(C674xState *s, MemoryRegion *alias, MemoryRegion *ram,
                      const char *name, uint32_t base)
{
    memory_region_init_alias(alias, OBJECT(s), name, ram, 0,
                             memory_region_size(ram));
    memory_region_add_subregion_overlap(&s->view, base, alias, 1);
}

/* The view is complete once the board has set "memory". */
bool c674x_memory_realize(C674xState *s, Error **errp)
{
    SysBusDevice *sbd = SYS_BUS_DEVICE(s);

    if (!memory_region_init_ram(&s->l2, OBJECT(s), "c674x-l2", C674X_L2_SIZE,
                                errp) ||
        !memory_region_init_ram(&s->l1p, OBJECT(s), "c674x-l1p",
                                C674X_L1P_SIZE, errp) ||
        !memory_region_init_ram(&s->l1d, OBJECT(s), "c674x-l1d",
                                C674X_L1D_SIZE, errp)) {
        return false;
    }
    sysbus_init_mmio(sbd, &s->l2);
    sysbus_init_mmio(sbd, &s->l1p);
    sysbus_init_mmio(sbd, &s->l1d);

    memory_region_init(&s->view, OBJECT(s), "c674x-view", 1ull << 32);
    memory_region_init_alias(&s->board, OBJECT(s), "c674x-board",
                             s->memory ?: get_system_memory(), 0, 1ull << 32);
    memory_region_add_subregion(&s->view, 0, &s->board);
    add_local(s, &s->l2_local, &s->l2, "c674x-l2-local", L2_LOCAL);
    add_local(s, &s->l1p_local, &s->l1p, "c674x-l1p-local", L1P_LOCAL);
    add_local(s, &s->l1d_local, &s->l1d, "c674x-l1d-local", L1D_LOCAL);
    memory_region_add_subregion_overlap(&s->view, INTC_LOCAL, &s->intc.iomem,
                                        1);
    memory_region_add_subregion_overlap(&s->view, CACHE_LOCAL, &s->cache, 1);
    address_space_init(&s->as, &s->view, "c674x");

    for (unsigned i = 0; i < C674X_NUM_PAGES; i++) {
        s->page[i].read = s->page[i].write = NO_PAGE;
    }
    s->listener = (MemoryListener) {
        .name = "c674x",
        .commit = topology_changed,
    };
    memory_listener_register(&s->listener, &s->as);
    return true;
}
