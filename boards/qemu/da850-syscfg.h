/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The system configuration module SYSCFG0 of the DA850: identification, the
 * DSP's boot address, and the signals between ARM and DSP.
 *
 * sysbus MMIO region 0: the registers, DA850_SYSCFG_SIZE bytes.
 * Named GPIO outputs "chipsig-arm" and "chipsig-dsp", one a bit each: the level
 * of the bits of CHIPSIG, for both to be connected to. Bits 0 to 3 interrupt the
 * ARM, bits 2 and 3 the DSP, bit 4 is the DSP's NMI.
 * Named GPIO input "dsp-crash": see below.
 *
 * What the signals mean between Linux and firmware: bit 0, look at the vrings
 * (DSP to ARM); bit 2, the same (ARM to DSP); bit 1 together with bit 0, the
 * firmware has crashed. The exception handler of good firmware does the latter.
 * Where the core itself cannot go on ("dsp-crash" rises), there is nobody left
 * to do it: SYSCFG does it in its place.
 */
#ifndef AMP_DA850_SYSCFG_H
#define AMP_DA850_SYSCFG_H

#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_DA850_SYSCFG "da850-syscfg"
OBJECT_DECLARE_SIMPLE_TYPE(DA850SyscfgState, DA850_SYSCFG)

#define DA850_SYSCFG_SIZE       0x1000
#define DA850_SYSCFG_CHIPSIGS   5

struct DA850SyscfgState {
    SysBusDevice parent_obj;

    MemoryRegion iomem;
    uint32_t regs[DA850_SYSCFG_SIZE / 4];
    uint32_t chipsig;
    qemu_irq arm[DA850_SYSCFG_CHIPSIGS];
    qemu_irq dsp[DA850_SYSCFG_CHIPSIGS];
    /* Told what HOST1CFG is, when it is written and after a reset. */
    void (*boot_address)(void *opaque, uint32_t address);
    void *opaque;
};

/* Who starts at HOST1CFG. */
void da850_syscfg_on_boot_address(DA850SyscfgState *s,
                                  void (*boot_address)(void *opaque,
                                                       uint32_t address),
                                  void *opaque);

#endif
