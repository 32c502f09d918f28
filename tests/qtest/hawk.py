# SPDX-License-Identifier: GPL-2.0
"""Registers of the virtual Hawkboard, as the ARM sees them.

Usage: hawk.py QEMU [-v]. What takes a DSP with firmware is tested by the
scenarios in tests/boards.
"""

import sys

from machine import Machine, run

TESTDEV = 0x01F80000
PSC0, PSC1 = 0x01C10000, 0x01E27000
PTCMD, PTSTAT, PDSTAT0, MDSTAT, MDCTL = 0x120, 0x128, 0x200, 0x800, 0xA00
DSP = 4 * 15
PLL0 = 0x01C11000
PLLM, PLLSTAT = 0x110, 0x13C
SYSCFG0 = 0x01C14000
JTAG_ID, HOST1CFG, PINMUX0 = SYSCFG0 + 0x18, SYSCFG0 + 0x44, SYSCFG0 + 0x120
CHIPSIG, CHIPSIG_CLR = SYSCFG0 + 0x174, SYSCFG0 + 0x178
TIMER = 0x01C20000
TIM12, TIM34, PRD12, PRD34, TCR, TGCR = (TIMER + r for r in (0x10, 0x14, 0x18, 0x1C, 0x20, 0x24))
ONCE12, AGAIN34 = 1 << 6, 2 << 22
INTC = 0xFFFEE000
GER, SICR, EISR, EICR, HIEISR, GPIR, STATUS, CHANNEL, POLARITY, EDGE = (
    INTC + r for r in (0x10, 0x24, 0x28, 0x2C, 0x34, 0x80, 0x200, 0x400, 0xD00, 0xD80))
NONE = 1 << 31
IRQ_TINT12, IRQ_CHIPSIG0 = 21, 28
MICROSECOND = 1000


class Hawk(Machine):
    BOARD = "hawk"
    TESTDEV = TESTDEV

    def enable(self, *irqs):
        """Makes these interrupts, and no others, reach the ARM's IRQ."""
        self.write(GER, 1)
        self.write(HIEISR, 1)
        for word in range(0, 101 // 4 + 1):
            self.write(CHANNEL + 4 * word, 0x07070707)
        for irq in irqs:
            self.write(EISR, irq)

    def pending(self, irq):
        return bool(self.read(STATUS + irq // 32 * 4) >> irq % 32 & 1)


def level_latches_again_after_ack(m):
    m.enable(IRQ_CHIPSIG0)
    assert m.read(GPIR) & NONE
    m.write(CHIPSIG, 1)
    assert m.read(GPIR) == IRQ_CHIPSIG0
    m.write(SICR, IRQ_CHIPSIG0)
    assert m.read(GPIR) == IRQ_CHIPSIG0, "lost although the line is still active"
    m.write(CHIPSIG_CLR, 1)
    assert m.read(GPIR) == IRQ_CHIPSIG0, "gone without an acknowledge"
    m.write(SICR, IRQ_CHIPSIG0)
    assert m.read(GPIR) & NONE


def edge_interrupts_once(m):
    m.enable(IRQ_CHIPSIG0)
    m.write(EDGE, 1 << IRQ_CHIPSIG0)
    m.write(CHIPSIG, 1)
    m.write(SICR, IRQ_CHIPSIG0)
    assert m.read(GPIR) & NONE
    m.write(CHIPSIG_CLR, 1)
    assert m.read(GPIR) & NONE, "the falling edge interrupted"


def polarity_inverts(m):
    m.enable(IRQ_CHIPSIG0)
    m.write(POLARITY, 0xFFFFFFFF & ~(1 << IRQ_CHIPSIG0))
    assert m.read(GPIR) == IRQ_CHIPSIG0


def disabled_interrupt_waits(m):
    m.enable(IRQ_CHIPSIG0)
    m.write(EICR, IRQ_CHIPSIG0)
    m.write(CHIPSIG, 1)
    assert m.read(GPIR) & NONE
    assert m.pending(IRQ_CHIPSIG0)
    m.write(EISR, IRQ_CHIPSIG0)
    assert m.read(GPIR) == IRQ_CHIPSIG0


def lower_channel_comes_first(m):
    m.enable(IRQ_CHIPSIG0, IRQ_CHIPSIG0 + 1)
    m.write(CHIPSIG, 3)
    assert m.read(GPIR) == IRQ_CHIPSIG0, "of one channel the lower number comes first"
    m.write(CHANNEL + IRQ_CHIPSIG0, 0x07070207)
    assert m.read(GPIR) == IRQ_CHIPSIG0 + 1


def signals_are_bits(m):
    m.write(CHIPSIG, 0xFFFFFFFF)
    assert m.read(CHIPSIG) == 0x1F
    m.write(CHIPSIG_CLR, 1 << 2)
    assert m.read(CHIPSIG) == 0x1B
    m.write(CHIPSIG, 0)
    assert m.read(CHIPSIG) == 0x1B, "a written 0 took a signal back"
    assert [m.pending(IRQ_CHIPSIG0 + n) for n in range(4)] == [True] * 4


def chip_is_an_omap_l138(m):
    assert m.read(JTAG_ID) == 0x1B7D102F
    m.write(JTAG_ID, 0)
    assert m.read(JTAG_ID) == 0x1B7D102F
    m.write(HOST1CFG, 0xC3100000)
    assert m.read(HOST1CFG) == 0xC3100000
    m.write(PINMUX0, 0x12345678)
    assert m.read(PINMUX0) == 0x12345678


def module_changes_by_command(m):
    assert m.read(PSC0 + MDSTAT + DSP) & 0x3F == 0, "the DSP has a clock from the start"
    assert m.read(PSC0 + PDSTAT0) != 0
    m.write(PSC0 + MDCTL + DSP, 3)
    assert m.read(PSC0 + MDSTAT + DSP) & 0x3F == 0, "changed before the command"
    m.write(PSC0 + PTCMD, 2)
    assert m.read(PSC0 + PTSTAT) == 0
    assert m.read(PSC0 + MDSTAT + DSP) & 0x103F == 0x1003
    m.write(PSC0 + MDCTL + DSP, 2)
    m.write(PSC0 + PTCMD, 2)
    assert m.read(PSC0 + MDSTAT + DSP) & 0x103F == 2, "there is still a clock"


def dsp_does_not_start_anywhere(m):
    def release():
        m.write(PSC0 + MDCTL + DSP, 3)
        m.write(PSC0 + PTCMD, 2)
        m.write(PSC0 + MDCTL + DSP, 0x103)
        m.write(PSC0 + PTCMD, 2)

    m.write(HOST1CFG, 0xC3100004)
    release()
    assert "the boot address 0xc3100004 is not 1 KiB aligned" in m.said()
    m.write(HOST1CFG, 0xC3100400)
    release()
    assert "0xc3100400" not in m.said()


def others_run_from_the_start(m):
    assert m.read(PSC0 + MDSTAT + 4 * 9) & 0x103F == 0x1003
    assert m.read(PSC1 + MDSTAT + 4 * 13) & 0x103F == 0x1003


def pll_is_never_busy(m):
    m.write(PLL0 + PLLSTAT, 1)
    assert m.read(PLL0 + PLLSTAT) & 1 == 0
    m.write(PLL0 + PLLM, 11)
    assert m.read(PLL0 + PLLM) == 11


def timer_once(m):
    m.enable(IRQ_TINT12)
    m.write(TGCR, 7)
    m.write(PRD12, 240)
    m.write(TCR, ONCE12)
    m.wait(5 * MICROSECOND)
    assert m.read(TIM12) == 120
    assert not m.pending(IRQ_TINT12)
    m.wait(6 * MICROSECOND)
    assert m.read(GPIR) == IRQ_TINT12
    m.write(SICR, IRQ_TINT12)
    m.wait(100 * MICROSECOND)
    assert not m.pending(IRQ_TINT12), "it came a second time"
    m.write(TCR, 0)
    m.write(TIM12, 0)
    m.write(TCR, ONCE12)
    m.wait(11 * MICROSECOND)
    assert m.pending(IRQ_TINT12), "it can't be started again"


def clock_is_not_disturbed(m):
    m.write(TGCR, 7)
    m.write(PRD34, 0xFFFFFFFF)
    m.write(TCR, AGAIN34)
    for n in range(1, 6):
        m.write(TCR, AGAIN34 | (ONCE12 if n % 2 else 0))
        m.wait(10 * MICROSECOND)
        assert m.read(TIM34) == 240 * n


def clock_goes_through_its_period(m):
    m.write(TGCR, 7)
    m.write(PRD34, 99)
    m.write(TCR, AGAIN34)
    m.wait(1000 * MICROSECOND)
    assert m.read(TIM34) == 24000 % 100


def timer_in_reset_stands_still(m):
    m.write(PRD34, 0xFFFFFFFF)
    m.write(TCR, AGAIN34)
    m.wait(10 * MICROSECOND)
    assert m.read(TIM34) == 0


def memories_and_holes(m):
    for last in (0x1183FFFC, 0x11E07FFC, 0x11F07FFC, 0x8001FFFC, 0xC7FFFFFC):
        m.write(last, last)
        assert m.read(last) == last
    assert m.read(0x01C00000) == 0, "an unmodelled peripheral is not 0"


def any_register_takes_anything(m):
    for base, size in ((PSC0, 0x1000), (PSC1, 0x1000), (PLL0, 0x200), (SYSCFG0, 0x200),
                       (TIMER, 0x80), (INTC, 0x2000)):
        for value in (0xFFFFFFFF, 0, 0xA5A5A5A5):
            for addr in range(base, base + size, 4):
                m.write(addr, value)
                m.read(addr)


def exit_register_ends_qemu(m):
    assert m.end(0x12A) == 0x2A


sys.exit(run(Hawk, globals(), sys.argv))
