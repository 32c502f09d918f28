/* SPDX-License-Identifier: GPL-2.0 */
/*
 * OMAP MMU.
 *
 * Registers: OMAP4430 TRM, "MMU Register Manual"; the same are used by Linux's
 * drivers/iommu/omap-iommu.c. A TLB of 32 entries is modelled because software
 * sees it: Linux looks for the entry of a page before it changes the page and
 * flushes nothing if there is none.
 *
 * Unlike the chip's, this MMU answers with a bus error whether or not GP_REG
 * bit 0 asks for it (without it the chip's processor hangs in the access), and
 * translates nothing while it is disabled (the chip's passes addresses on): a
 * processor that outlives its MMU is noticed instead of writing over Linux.
 */

#include "qemu/osdep.h"
#include "qemu/lockable.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "hw/irq.h"
#include "omap-mmu.h"

enum {
    REVISION    = 0x00,
    SYSCONFIG   = 0x10,     /* bit 1: soft reset */
    SYSSTATUS   = 0x14,     /* bit 0: reset done */
    IRQSTATUS   = 0x18,     /* 1 clears */
    IRQENABLE   = 0x1c,
    WALKING_ST  = 0x40,
    CNTL        = 0x44,
    FAULT_AD    = 0x48,
    TTB         = 0x4c,
    LOCK        = 0x50,
    LD_TLB      = 0x54,
    CAM         = 0x58,
    RAM         = 0x5c,
    GFLUSH      = 0x60,
    FLUSH_ENTRY = 0x64,
    READ_CAM    = 0x68,
    READ_RAM    = 0x6c,
    EMU_FAULT_AD = 0x70,
    GP_REG      = 0x88,
    REGION_SIZE = 0x100,
};

#define REVISION_OMAP4          0x20
#define SYSCONFIG_SOFTRESET     0x02
#define SYSCONFIG_KEPT          0x19
#define IRQ_NONE                0x80000000      /* a fault, but no event */
#define IRQ_TLBMISS             0x01    /* and no table walk to help */
#define IRQ_TRANSLATIONFAULT    0x02
#define IRQ_TABLEWALKFAULT      0x08
#define IRQ_ALL                 0x1f
#define CNTL_MMU_EN             0x02
#define CNTL_TWL_EN             0x04
#define CNTL_KEPT               0x0e
#define CAM_P                   0x08    /* survives a global flush */
#define CAM_V                   0x04

static uint32_t cam_size(uint32_t cam)
{
    static const uint32_t size[] = { 1 << 20, 1 << 16, 1 << 12, 1 << 24 };

    return size[cam & 3];
}

static uint32_t size_to_cam(uint32_t size)
{
    return size == 1 << 20 ? 0 : size == 1 << 16 ? 1 : size == 1 << 12 ? 2 : 3;
}

static bool tlb_hit(const OMAPMMUTLBEntry *e, uint32_t da)
{
    return (e->cam & CAM_V) && ((e->cam ^ da) & ~(cam_size(e->cam) - 1)) == 0;
}

static void tlb_drop(OMAPMMUState *s, OMAPMMUTLBEntry *e)
{
    if (e->cam & CAM_V) {
        e->cam = 0;
        e->ram = 0;
        omap_mmu_flush_cpus(s);
    }
}

static void tlb_load(OMAPMMUState *s, uint32_t cam, uint32_t ram)
{
    OMAPMMUTLBEntry *e = &s->tlb[s->victim];

    tlb_drop(s, e);
    e->cam = cam;
    e->ram = ram;
}

static void tlb_flush_all(OMAPMMUState *s, bool preserved_too)
{
    for (int i = 0; i < OMAP_MMU_TLB_ENTRIES; i++) {
        if (preserved_too || !(s->tlb[i].cam & CAM_P)) {
            tlb_drop(s, &s->tlb[i]);
        }
    }
}

static void tlb_flush_match(OMAPMMUState *s, uint32_t da)
{
    for (int i = 0; i < OMAP_MMU_TLB_ENTRIES; i++) {
        if (tlb_hit(&s->tlb[i], da)) {
            tlb_drop(s, &s->tlb[i]);
        }
    }
}

uint32_t omap_mmu_lookup(OMAPMMUState *s, uint32_t da, OMAPMMUPage *page)
{
    if (!(s->cntl & CNTL_MMU_EN)) {
        return IRQ_NONE;
    }
    for (int i = 0; i < OMAP_MMU_TLB_ENTRIES; i++) {
        const OMAPMMUTLBEntry *e = &s->tlb[i];

        if (tlb_hit(e, da)) {
            page->size = cam_size(e->cam);
            page->da = da & ~(page->size - 1);
            page->pa = e->ram & ~(page->size - 1);
            return 0;
        }
    }
    if (!(s->cntl & CNTL_TWL_EN)) {
        return IRQ_TLBMISS;
    }
    switch (omap_mmu_walk(s->ttb, da, page)) {
    case OMAP_MMU_WALK_OK:
        break;
    case OMAP_MMU_WALK_UNMAPPED:
        return IRQ_TRANSLATIONFAULT;
    default:
        return IRQ_TABLEWALKFAULT;
    }

    if (s->victim < s->base) {
        s->victim = s->base;
    }
    tlb_load(s, page->da | CAM_V | size_to_cam(page->size), page->pa);
    s->victim++;
    if (s->victim >= OMAP_MMU_TLB_ENTRIES) {
        s->victim = s->base;
    }
    return 0;
}

static void update_irq(OMAPMMUState *s)
{
    qemu_set_irq(s->irq, (s->irqstatus & s->irqenable) != 0);
}

void omap_mmu_report(OMAPMMUState *s, uint32_t da, uint32_t cause)
{
    WITH_QEMU_LOCK_GUARD(&s->lock) {
        /* The first fault is the one that explains the others. */
        if (!s->irqstatus) {
            s->fault_ad = da;
        }
        s->irqstatus |= cause & IRQ_ALL;
    }
    update_irq(s);
}

static void mmu_clear(OMAPMMUState *s)
{
    WITH_QEMU_LOCK_GUARD(&s->lock) {
        s->sysconfig = s->irqstatus = s->irqenable = s->cntl = 0;
        s->fault_ad = s->ttb = s->cam = s->ram = s->gp_reg = 0;
        s->base = s->victim = 0;
        tlb_flush_all(s, true);
        omap_mmu_flush_cpus(s);
    }
    update_irq(s);
}

static void mmu_reset_hold(Object *obj, ResetType type)
{
    mmu_clear(OMAP_MMU(obj));
}

static uint64_t mmu_read(void *opaque, hwaddr addr, unsigned size)
{
    OMAPMMUState *s = opaque;

    QEMU_LOCK_GUARD(&s->lock);
    switch (addr) {
    case REVISION:
        return REVISION_OMAP4;
    case SYSCONFIG:
        return s->sysconfig;
    case SYSSTATUS:
        return 1;
    case IRQSTATUS:
        return s->irqstatus;
    case IRQENABLE:
        return s->irqenable;
    case CNTL:
        return s->cntl;
    case FAULT_AD:
    case EMU_FAULT_AD:
        return s->fault_ad;
    case TTB:
        return s->ttb;
    case LOCK:
        return s->base << 10 | s->victim << 4;
    case CAM:
        return s->cam;
    case RAM:
        return s->ram;
    case READ_CAM:
        return s->tlb[s->victim].cam;
    case READ_RAM:
        return s->tlb[s->victim].ram;
    case GP_REG:
        return s->gp_reg;
    default:    /* WALKING_ST: a walk takes no time; the rest reads as 0 */
        return 0;
    }
}

static void mmu_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    OMAPMMUState *s = opaque;

    if (addr == SYSCONFIG && (value & SYSCONFIG_SOFTRESET)) {
        mmu_clear(s);
    }

    WITH_QEMU_LOCK_GUARD(&s->lock) {
        switch (addr) {
        case SYSCONFIG:
            s->sysconfig = value & SYSCONFIG_KEPT;
            break;
        case IRQSTATUS:
            s->irqstatus &= ~value;
            break;
        case IRQENABLE:
            s->irqenable = value & IRQ_ALL;
            break;
        case CNTL:
            /*
             * A fault that nobody looked at must not meet the next owner: Linux
             * has no domain yet when it enables the interrupt. On the chip the
             * MMU's reset, pulled by mach-omap2 at this point, sees to that.
             */
            if ((s->cntl & ~value) & CNTL_MMU_EN) {
                s->irqstatus = 0;
            }
            s->cntl = value & CNTL_KEPT;
            omap_mmu_flush_cpus(s);
            break;
        case TTB:
            s->ttb = value & ~0x7fu;
            break;
        case LOCK:
            s->base = value >> 10 & 0x1f;
            s->victim = value >> 4 & 0x1f;
            break;
        case LD_TLB:
            if (value & 1) {
                tlb_load(s, s->cam, s->ram);
            }
            break;
        case CAM:
            s->cam = value & 0xfffff00f;
            break;
        case RAM:
            s->ram = value & 0xfffff3c0;
            break;
        case GFLUSH:
            if (value & 1) {
                tlb_flush_all(s, false);
            }
            break;
        case FLUSH_ENTRY:
            if (value & 1) {
                tlb_flush_match(s, s->cam);
            }
            break;
        case GP_REG:
            s->gp_reg = value & 1;
            break;
        default:
            qemu_log_mask(LOG_GUEST_ERROR,
                          "omap4-mmu: write of 0x%08x to no register, 0x%02x\n",
                          (uint32_t)value, (unsigned)addr);
        }
    }
    update_irq(s);
}

static const MemoryRegionOps mmu_ops = {
    .read = mmu_read,
    .write = mmu_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 4, .max_access_size = 4 },
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

/* The reset line, high while asserted. */
static void mmu_set_reset(void *opaque, int n, int level)
{
    if (level) {
        mmu_clear(opaque);
    }
}

static void mmu_init(Object *obj)
{
    OMAPMMUState *s = OMAP_MMU(obj);
    SysBusDevice *sbd = SYS_BUS_DEVICE(obj);

    qemu_mutex_init(&s->lock);
    memory_region_init_io(&s->iomem, obj, &mmu_ops, s, TYPE_OMAP_MMU,
                          REGION_SIZE);
    sysbus_init_mmio(sbd, &s->iomem);
    sysbus_init_irq(sbd, &s->irq);
    qdev_init_gpio_in_named(DEVICE(obj), mmu_set_reset, "reset", 1);
}

static void mmu_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    dc->desc = "OMAP4 MMU of a remote processor";
    rc->phases.hold = mmu_reset_hold;
}

static const TypeInfo mmu_types[] = {
    {
        .name = TYPE_OMAP_MMU,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(OMAPMMUState),
        .instance_init = mmu_init,
        .class_init = mmu_class_init,
    },
};

DEFINE_TYPES(mmu_types)
