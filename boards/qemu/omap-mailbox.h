/* SPDX-License-Identifier: GPL-2.0 */
/*
 * OMAP4 mailbox: FIFOs of 32-bit words between the processors of the SoC.
 *
 * sysbus MMIO region 0: the registers, 0x200 bytes.
 * sysbus IRQ u: the interrupt of user u (on OMAP4: 0 the A9s, 1 the DSP, 2 the
 * Cortex-M3s).
 */
#ifndef AMP_OMAP_MAILBOX_H
#define AMP_OMAP_MAILBOX_H

#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_OMAP_MAILBOX "omap4-mailbox"
OBJECT_DECLARE_SIMPLE_TYPE(OMAPMailboxState, OMAP_MAILBOX)

#define OMAP_MAILBOX_FIFOS 8
#define OMAP_MAILBOX_USERS 3
#define OMAP_MAILBOX_DEPTH 4

typedef struct OMAPMailboxFIFO {
    uint32_t word[OMAP_MAILBOX_DEPTH];
    unsigned head;      /* the oldest word */
    unsigned count;     /* words waiting, 0 to OMAP_MAILBOX_DEPTH */
} OMAPMailboxFIFO;

typedef struct OMAPMailboxUser {
    uint32_t status;    /* raw: what has happened and was not cleared */
    uint32_t enable;
    qemu_irq irq;
} OMAPMailboxUser;

struct OMAPMailboxState {
    SysBusDevice parent_obj;

    MemoryRegion iomem;
    uint32_t sysconfig;
    OMAPMailboxFIFO fifo[OMAP_MAILBOX_FIFOS];
    OMAPMailboxUser user[OMAP_MAILBOX_USERS];
};

#endif
