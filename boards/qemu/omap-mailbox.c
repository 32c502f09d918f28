/* SPDX-License-Identifier: GPL-2.0 */
/*
 * OMAP4 mailbox.
 *
 * Registers: OMAP4430 TRM, chapter "Mailbox"; Linux's omap-mailbox driver uses
 * the same ones. Each FIFO has two events, "a message is there" (bit 2m) and
 * "there is room" (bit 2m + 1), which every user can enable for itself. A
 * status bit stays set until it is cleared, and clearing has no effect for as
 * long as its condition holds: no message that arrives between the last look
 * at a FIFO and the acknowledge is lost.
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "hw/irq.h"
#include "yield.h"
#include "omap-mailbox.h"

enum {
    REVISION        = 0x000,
    SYSCONFIG       = 0x010,
    MESSAGE         = 0x040,    /* one word per FIFO each */
    FIFOSTATUS      = 0x080,    /* bit 0: full */
    MSGSTATUS       = 0x0c0,    /* words waiting */
    IRQ_USER        = 0x100,    /* per user 0x10 bytes: */
    IRQ_STATUS_RAW  = 0x0,
    IRQ_STATUS_CLR  = 0x4,      /* reads as raw & enabled, 1 clears */
    IRQ_ENABLE_SET  = 0x8,
    IRQ_ENABLE_CLR  = 0xc,
    IRQ_END         = IRQ_USER + 0x10 * OMAP_MAILBOX_USERS,
    REGION_SIZE     = 0x200,
};

#define REVISION_OMAP4      0x00000400
#define SYSCONFIG_SOFTRESET 0x1
#define SYSCONFIG_KEPT      0xc     /* SIDLEMODE */
#define EVENTS              ((1u << 2 * OMAP_MAILBOX_FIFOS) - 1)

/* The events whose condition holds now. */
static uint32_t conditions(OMAPMailboxState *s)
{
    uint32_t now = 0;

    for (int m = 0; m < OMAP_MAILBOX_FIFOS; m++) {
        if (s->fifo[m].count > 0) {
            now |= 1u << (2 * m);
        }
        if (s->fifo[m].count < OMAP_MAILBOX_DEPTH) {
            now |= 1u << (2 * m + 1);
        }
    }
    return now;
}

static void update(OMAPMailboxState *s)
{
    uint32_t now = conditions(s);

    for (int u = 0; u < OMAP_MAILBOX_USERS; u++) {
        s->user[u].status |= now;
        qemu_set_irq(s->user[u].irq,
                     (s->user[u].status & s->user[u].enable) != 0);
    }
}

static uint32_t fifo_pop(OMAPMailboxFIFO *f)
{
    uint32_t word = f->word[f->head];

    /* The last word stays readable in an empty FIFO, as on the chip. */
    if (f->count > 0) {
        f->count--;
        f->head = (f->head + 1) % OMAP_MAILBOX_DEPTH;
    }
    return word;
}

static void fifo_push(OMAPMailboxState *s, int m, uint32_t word)
{
    OMAPMailboxFIFO *f = &s->fifo[m];

    if (f->count == OMAP_MAILBOX_DEPTH) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "omap4-mailbox: FIFO %d is full, 0x%08x is lost\n",
                      m, word);
        return;
    }
    f->word[(f->head + f->count) % OMAP_MAILBOX_DEPTH] = word;
    f->count++;
}

static void mailbox_clear(OMAPMailboxState *s)
{
    s->sysconfig = 0;
    memset(s->fifo, 0, sizeof(s->fifo));
    for (int u = 0; u < OMAP_MAILBOX_USERS; u++) {
        s->user[u].status = 0;
        s->user[u].enable = 0;
    }
}

static bool is_word_of(hwaddr addr, hwaddr first)
{
    return addr >= first && addr < first + 4 * OMAP_MAILBOX_FIFOS;
}

static uint64_t mailbox_read(void *opaque, hwaddr addr, unsigned size)
{
    OMAPMailboxState *s = opaque;
    uint32_t value = 0;

    if (addr == REVISION) {
        value = REVISION_OMAP4;
    } else if (addr == SYSCONFIG) {
        value = s->sysconfig;
    } else if (is_word_of(addr, MESSAGE)) {
        value = fifo_pop(&s->fifo[(addr - MESSAGE) / 4]);
        update(s);
    } else if (is_word_of(addr, FIFOSTATUS)) {
        value = s->fifo[(addr - FIFOSTATUS) / 4].count == OMAP_MAILBOX_DEPTH;
        if (value) {
            /* Whoever waits for room waits for another processor. */
            yield_cpu();
        }
    } else if (is_word_of(addr, MSGSTATUS)) {
        value = s->fifo[(addr - MSGSTATUS) / 4].count;
    } else if (addr >= IRQ_USER && addr < IRQ_END) {
        OMAPMailboxUser *user = &s->user[(addr - IRQ_USER) / 0x10];

        switch (addr & 0xc) {
        case IRQ_STATUS_RAW:
            value = user->status;
            break;
        case IRQ_STATUS_CLR:
            value = user->status & user->enable;
            break;
        case IRQ_ENABLE_SET:
        case IRQ_ENABLE_CLR:
            value = user->enable;
            break;
        }
    } else {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "omap4-mailbox: read of no register, 0x%03x\n",
                      (unsigned)addr);
    }
    return value;
}

static void mailbox_write(void *opaque, hwaddr addr, uint64_t value,
                          unsigned size)
{
    OMAPMailboxState *s = opaque;

    if (addr == SYSCONFIG) {
        if (value & SYSCONFIG_SOFTRESET) {
            mailbox_clear(s);
        }
        s->sysconfig = value & SYSCONFIG_KEPT;
    } else if (is_word_of(addr, MESSAGE)) {
        fifo_push(s, (addr - MESSAGE) / 4, value);
        /*
         * On the chip the other processor sees the word while the writer goes
         * on. When QEMU runs one CPU at a time (-icount), the writer would keep
         * its turn for up to 134 million instructions.
         */
        yield_cpu();
    } else if (addr >= IRQ_USER && addr < IRQ_END) {
        OMAPMailboxUser *user = &s->user[(addr - IRQ_USER) / 0x10];

        switch (addr & 0xc) {
        case IRQ_STATUS_RAW:    /* sets, for debugging */
            user->status |= value & EVENTS;
            break;
        case IRQ_STATUS_CLR:
            user->status &= ~value;
            break;
        case IRQ_ENABLE_SET:
            user->enable |= value & EVENTS;
            break;
        case IRQ_ENABLE_CLR:
            user->enable &= ~value;
            break;
        }
    } else {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "omap4-mailbox: write of 0x%08x to no register, 0x%03x\n",
                      (uint32_t)value, (unsigned)addr);
        return;
    }
    update(s);
}

static const MemoryRegionOps mailbox_ops = {
    .read = mailbox_read,
    .write = mailbox_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 4, .max_access_size = 4 },
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void mailbox_reset_hold(Object *obj, ResetType type)
{
    OMAPMailboxState *s = OMAP_MAILBOX(obj);

    mailbox_clear(s);
    update(s);
}

static void mailbox_init(Object *obj)
{
    OMAPMailboxState *s = OMAP_MAILBOX(obj);
    SysBusDevice *sbd = SYS_BUS_DEVICE(obj);

    memory_region_init_io(&s->iomem, obj, &mailbox_ops, s, TYPE_OMAP_MAILBOX,
                          REGION_SIZE);
    sysbus_init_mmio(sbd, &s->iomem);
    for (int u = 0; u < OMAP_MAILBOX_USERS; u++) {
        sysbus_init_irq(sbd, &s->user[u].irq);
    }
}

static void mailbox_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    dc->desc = "OMAP4 mailbox";
    rc->phases.hold = mailbox_reset_hold;
}

static const TypeInfo mailbox_types[] = {
    {
        .name = TYPE_OMAP_MAILBOX,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(OMAPMailboxState),
        .instance_init = mailbox_init,
        .class_init = mailbox_class_init,
    },
};

DEFINE_TYPES(mailbox_types)
