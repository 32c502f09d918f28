/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TMS320C674x megamodule: the DSP core with its L1P, L1D and L2 memories and
 * its interrupt controller, as in the OMAP-L138 and C6748.
 *
 * sysbus MMIO regions: C674X_MMIO_L2, _L1P and _L1D, the internal memories, for
 * the board to map at their global addresses (0x11800000, 0x11e00000 and
 * 0x11f00000 on the OMAP-L138). The core itself sees them there too, through
 * "memory", and at their local addresses 0x00800000, 0x00e00000, 0x00f00000.
 *
 * Properties:
 *  "memory"        link to the memory region that the core sees where it has
 *                  nothing of its own; without it the system memory
 *  "boot-address"  where the core starts when its reset is released; a board
 *                  with a register for it (HOST1CFG) calls
 *                  c674x_set_boot_address() instead
 *  "frequency"     cycles a second of virtual time; 0: as many as possible
 *  "auto-start"    whether the core starts with the machine if "reset" is low
 *                  then; false if a board drives it from the start
 *  "cycles", "instructions"  read only, since the machine's reset
 *
 * Named GPIO inputs:
 *  "reset"  high while the core is held; the board drives it from its PSC
 *  "event"  C674X_NUM_EVENTS lines, numbered as in the chip's "system events"
 *           of the interrupt controller (CHIPSIG bit 2 is
 *           C674X_EVENT_CHIPINT2, bit 3 is C674X_EVENT_CHIPINT3); a rising
 *           edge sets the event's flag
 *  "nmi"    rising edge (CHIPSIG bit 4)
 *
 * Named GPIO output:
 *  "crash"  high from the moment the core met an opcode or an address that it
 *           cannot execute until its next reset; QEMU's log says which
 *
 * The core starts when "reset" falls, at the boot address. An address that is
 * not 1 KiB aligned leaves it stopped, with a message, as on the chip.
 */
#ifndef AMP_C674X_H
#define AMP_C674X_H

#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_C674X "c674x"
OBJECT_DECLARE_SIMPLE_TYPE(C674xState, C674X)

enum {
    C674X_MMIO_L2,
    C674X_MMIO_L1P,
    C674X_MMIO_L1D,
};

#define C674X_L2_SIZE   0x40000
#define C674X_L1P_SIZE  0x8000
#define C674X_L1D_SIZE  0x8000

#define C674X_NUM_EVENTS      128
#define C674X_EVENT_CHIPINT2  5
#define C674X_EVENT_CHIPINT3  67

/*
 * The address that the next release of the reset starts at. It is kept over a
 * reset of the core, and set to "boot-address" by a reset of the machine.
 */
void c674x_set_boot_address(C674xState *s, uint32_t address);

/*
 * -M c674x-sim: the core, 128 MiB of DDR at C674X_SIM_DDR_BASE and these two
 * registers, for programs without a board. It loads the ELF file (machine 140)
 * given with -kernel and starts the core at its entry point (any address, no
 * alignment), with B15, the stack pointer, 16 bytes below the end of DDR.
 *
 * C674X_SIM_EXIT, 32 bits: a write of N ends QEMU with exit status N & 0xff.
 * C674X_SIM_CONSOLE, 32 bits: the low byte of what is written goes to the first
 * serial port (-serial stdio).
 * A crash of the core ends QEMU with status C674X_SIM_CRASHED.
 */
#define C674X_SIM_DDR_BASE  0xc0000000
#define C674X_SIM_DDR_SIZE  0x08000000
#define C674X_SIM_EXIT      0x01f00000
#define C674X_SIM_CONSOLE   0x01f00004
#define C674X_SIM_CRASHED   125

#endif
