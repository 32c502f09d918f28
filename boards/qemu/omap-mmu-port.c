/* SPDX-License-Identifier: GPL-2.0 */
/*
 * OMAP MMU: a processor's way through it (see omap-mmu.h for the memory map).
 *
 * TCG caches translations a second time. Its cache holds at most what the MMU's
 * own TLB holds: an entry that leaves the TLB flushes it. Flushes are queued to
 * the CPU, which runs no instruction before it has done them.
 */

#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/bswap.h"
#include "qemu/lockable.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "exec/address-spaces.h"
#include "exec/cputlb.h"
#include "yield.h"
#include "omap-mmu.h"

#define TYPE_OMAP_MMU_WINDOW "omap4-mmu-window"

static void flush_work(CPUState *cpu, run_on_cpu_data data)
{
    OMAPMMUPort *port = data.host_ptr;

    qatomic_set_mb(&port->flush_queued, false);
    tlb_flush(cpu);
}

void omap_mmu_flush_cpus(OMAPMMUState *s)
{
    for (int i = 0; i < s->num_ports; i++) {
        OMAPMMUPort *port = s->port[i];

        if (port->cpu && !qatomic_xchg(&port->flush_queued, true)) {
            async_run_on_cpu(port->cpu, flush_work, RUN_ON_CPU_HOST_PTR(port));
        }
    }
}

static IOMMUTLBEntry window_translate(IOMMUMemoryRegion *iommu, hwaddr addr,
                                      IOMMUAccessFlags flag, int iommu_idx)
{
    OMAPMMUPort *port = container_of(iommu, OMAPMMUPort, window);
    OMAPMMUState *s = port->mmu;
    OMAPMMUPage page;
    IOMMUTLBEntry entry = {
        .target_as = port->as,
        .iova = addr & ~0xfffull,
        .translated_addr = OMAP_MMU_FAULT_BASE + (addr & ~0xfffull),
        .addr_mask = 0xfff,
        .perm = IOMMU_RW,
    };

    if (!port->as) {
        /* The CPU is being made, and looks for its vectors already. */
        entry.target_as = &address_space_memory;
        entry.perm = IOMMU_NONE;
        return entry;
    }

    QEMU_LOCK_GUARD(&s->lock);
    if (!omap_mmu_lookup(s, addr, &page)) {
        entry.iova = page.da;
        entry.translated_addr = OMAP_MMU_BUS_BASE + page.pa;
        entry.addr_mask = page.size - 1;
    }
    return entry;
}

/*
 * An access ended up in the fault region. Returns whether the page has been
 * mapped since TCG cached that there was none; if not, Linux is told.
 */
static bool fault_is_stale(OMAPMMUPort *port, uint32_t da, hwaddr *pa)
{
    OMAPMMUState *s = port->mmu;
    OMAPMMUPage page;
    uint32_t cause;

    WITH_QEMU_LOCK_GUARD(&s->lock) {
        /* The chip's TLB holds no failures. */
        omap_mmu_flush_cpus(s);
        cause = omap_mmu_lookup(s, da, &page);
    }
    if (!cause) {
        *pa = page.pa + (da - page.da);
        return true;
    }
    qemu_log_mask(LOG_GUEST_ERROR, "omap4-mmu: no page for 0x%08x\n", da);
    omap_mmu_report(s, da, cause);
    yield_cpu();
    return false;
}

static MemTxResult fault_read(void *opaque, hwaddr addr, uint64_t *data,
                              unsigned size, MemTxAttrs attrs)
{
    uint8_t buf[8] = { 0 };
    MemTxResult result = MEMTX_ERROR;
    hwaddr pa;

    if (fault_is_stale(opaque, addr, &pa)) {
        result = address_space_read(&address_space_memory, pa, attrs, buf,
                                    size);
    }
    *data = ldn_le_p(buf, size);
    return result;
}

static MemTxResult fault_write(void *opaque, hwaddr addr, uint64_t data,
                               unsigned size, MemTxAttrs attrs)
{
    uint8_t buf[8];
    hwaddr pa;

    if (!fault_is_stale(opaque, addr, &pa)) {
        return MEMTX_ERROR;
    }
    stn_le_p(buf, size, data);
    return address_space_write(&address_space_memory, pa, attrs, buf, size);
}

static const MemoryRegionOps fault_ops = {
    .read_with_attrs = fault_read,
    .write_with_attrs = fault_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 1, .max_access_size = 8 },
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

void omap_mmu_add_port(OMAPMMUState *s, OMAPMMUPort *port, Object *owner,
                       MemoryRegion *view)
{
    assert(s->num_ports < OMAP_MMU_MAX_PORTS);
    port->mmu = s;
    s->port[s->num_ports++] = port;

    memory_region_init_iommu(&port->window, sizeof(port->window),
                             TYPE_OMAP_MMU_WINDOW, owner, "omap4-mmu-window",
                             OMAP_MMU_WINDOW_SIZE);
    memory_region_init_io(&port->fault, owner, &fault_ops, port,
                          "omap4-mmu-fault", 1ull << 32);
    memory_region_init_alias(&port->bus, owner, "omap4-mmu-bus",
                             get_system_memory(), 0, 1ull << 32);
    memory_region_add_subregion(view, 0, MEMORY_REGION(&port->window));
    memory_region_add_subregion(view, OMAP_MMU_FAULT_BASE, &port->fault);
    memory_region_add_subregion(view, OMAP_MMU_BUS_BASE, &port->bus);
}

void omap_mmu_connect(OMAPMMUPort *port, CPUState *cpu)
{
    port->cpu = cpu;
    port->as = cpu_get_address_space(cpu, 0);
}

/* All accesses are translated alike. TCG calls this without asking for it. */
static int window_attrs_to_index(IOMMUMemoryRegion *iommu, MemTxAttrs attrs)
{
    return 0;
}

static void window_class_init(ObjectClass *klass, void *data)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_CLASS(klass);

    imrc->translate = window_translate;
    imrc->attrs_to_index = window_attrs_to_index;
}

static const TypeInfo mmu_port_types[] = {
    {
        .name = TYPE_OMAP_MMU_WINDOW,
        .parent = TYPE_IOMMU_MEMORY_REGION,
        .class_init = window_class_init,
    },
};

DEFINE_TYPES(mmu_port_types)
