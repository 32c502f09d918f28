# SPDX-License-Identifier: GPL-2.0
"""Registers of the virtual Pandaboard, as the A9 sees them.

Usage: panda.py QEMU [-v]. What takes a running Cortex-M3 (translation, faults,
resets that start it) is tested by the scenarios in tests/boards.
"""

import sys

from machine import Machine, run

MAILBOX = 0x4A0F4000
MESSAGE, FIFOSTATUS, MSGSTATUS = MAILBOX + 0x40, MAILBOX + 0x80, MAILBOX + 0xC0
DEPTH = 4
GIC_PENDING = 0x48241200
SPI_MAILBOX = 26
MMU = 0x55082000
CNTL, TTB, LOCK, LD_TLB, CAM, RAM = (MMU + r for r in (0x44, 0x4C, 0x50, 0x54, 0x58, 0x5C))
GFLUSH, FLUSH_ENTRY, READ_CAM, READ_RAM = (MMU + r for r in (0x60, 0x64, 0x68, 0x6C))
CAM_P, CAM_V, CAM_4K = 8, 4, 2
RM_DUCATI_RSTCTRL = 0x4A306700 + 0x210
RM_DUCATI_RSTST = RM_DUCATI_RSTCTRL + 4
L2RAM = 0x55020000
TESTDEV = 0x4A400000


class Panda(Machine):
    BOARD = "panda"
    TESTDEV = TESTDEV

    def irq(self, spi):
        """Whether the interrupt is pending at the GIC."""
        spi += 32
        return bool(self.read(GIC_PENDING + spi // 32 * 4) >> spi % 32 & 1)


def user(n, reg):
    return MAILBOX + 0x100 + 0x10 * n + reg


RAW, STATUS, ENABLE, DISABLE = 0x0, 0x4, 0x8, 0xC


def fifo_keeps_order(m):
    for word in (11, 22, 33):
        m.write(MESSAGE + 4, word)
    assert m.read(MSGSTATUS + 4) == 3
    assert [m.read(MESSAGE + 4) for _ in range(3)] == [11, 22, 33]
    assert m.read(MSGSTATUS + 4) == 0
    assert m.read(MSGSTATUS + 0) == 0, "another FIFO got something"


def full_fifo_loses_the_word(m):
    for word in range(DEPTH + 1):
        assert m.read(FIFOSTATUS) == (1 if word >= DEPTH else 0)
        m.write(MESSAGE, word)
    assert m.read(MSGSTATUS) == DEPTH
    assert [m.read(MESSAGE) for _ in range(DEPTH)] == list(range(DEPTH))


def empty_fifo_can_be_read(m):
    m.read(MESSAGE + 8)
    assert m.read(MSGSTATUS + 8) == 0


def new_message_interrupts_until_cleared(m):
    m.write(user(0, ENABLE), 1 << 2)
    assert not m.irq(SPI_MAILBOX)
    m.write(MESSAGE + 4, 1)
    assert m.irq(SPI_MAILBOX)
    m.write(user(0, STATUS), 1 << 2)
    assert m.read(user(0, STATUS)) == 1 << 2, "cleared although a message waits"
    m.read(MESSAGE + 4)
    assert m.read(user(0, STATUS)) == 1 << 2, "cleared by reading the message"
    m.write(user(0, STATUS), 1 << 2)
    assert m.read(user(0, STATUS)) == 0
    assert not m.irq(SPI_MAILBOX)


def not_full_interrupts_when_there_is_room(m):
    for word in range(DEPTH):
        m.write(MESSAGE, word)
    m.write(user(0, STATUS), 1 << 1)
    m.write(user(0, ENABLE), 1 << 1)
    assert m.read(user(0, STATUS)) == 0
    m.read(MESSAGE)
    assert m.read(user(0, STATUS)) == 1 << 1
    m.write(user(0, DISABLE), 1 << 1)
    assert m.read(user(0, ENABLE)) == 0
    assert m.read(user(0, STATUS)) == 0, "reads a status that is not enabled"


def users_are_apart(m):
    m.write(user(2, ENABLE), 1 << 2)
    m.write(MESSAGE + 4, 1)
    assert not m.irq(SPI_MAILBOX)
    assert m.read(user(2, STATUS)) == 1 << 2
    m.write(user(0, STATUS), 1 << 2)
    assert m.read(user(2, RAW)) & 1 << 2


def mailbox_soft_reset_empties(m):
    m.write(MESSAGE, 1)
    m.write(user(0, ENABLE), 1)
    m.write(MAILBOX + 0x10, 1)
    assert m.read(MSGSTATUS) == 0
    assert m.read(user(0, ENABLE)) == 0
    assert m.read(MAILBOX + 0x10) & 1 == 0, "the reset never ends"


def load(m, entry, cam, ram):
    m.write(LOCK, entry << 4)
    m.write(CAM, cam)
    m.write(RAM, ram)
    m.write(LD_TLB, 1)


def entry_at(m, entry):
    m.write(LOCK, entry << 4)
    return m.read(READ_CAM), m.read(READ_RAM)


def tlb_entry_loads_and_flushes(m):
    load(m, 5, 0x12345000 | CAM_V | CAM_4K, 0x98801000)
    load(m, 6, 0x12346000 | CAM_V | CAM_4K, 0x98802000)
    assert entry_at(m, 5) == (0x12345000 | CAM_V | CAM_4K, 0x98801000)
    m.write(CAM, 0x12345000 | CAM_V | CAM_4K)
    m.write(FLUSH_ENTRY, 1)
    assert entry_at(m, 5)[0] & CAM_V == 0
    assert entry_at(m, 6)[0] & CAM_V, "the neighbour was flushed too"


def large_entries_match_inside(m):
    load(m, 0, 0x80000000 | CAM_V | 3, 0x98000000)  # 16 MiB
    m.write(CAM, 0x80FFF000)
    m.write(FLUSH_ENTRY, 1)
    assert entry_at(m, 0)[0] & CAM_V == 0


def global_flush_spares_preserved(m):
    load(m, 1, 0x1000 | CAM_V | CAM_4K, 0)
    load(m, 2, 0x2000 | CAM_V | CAM_P | CAM_4K, 0)
    m.write(GFLUSH, 1)
    assert entry_at(m, 1)[0] & CAM_V == 0
    assert entry_at(m, 2)[0] & CAM_V


def mmu_reset_line_clears(m):
    m.write(RM_DUCATI_RSTCTRL, 3)  # releases the MMU
    m.write(TTB, 0x80004000)
    m.write(CNTL, 6)
    load(m, 31, 0x1000 | CAM_V | CAM_4K, 0)
    m.write(RM_DUCATI_RSTCTRL, 3)
    assert m.read(TTB) == 0x80004000, "cleared by a write that moves no line"
    m.write(RM_DUCATI_RSTCTRL, 7)
    assert (m.read(TTB), m.read(CNTL), entry_at(m, 31)[0]) == (0, 0, 0)


def resets_are_asserted_at_first(m):
    assert m.read(RM_DUCATI_RSTCTRL) == 7
    assert m.read(RM_DUCATI_RSTST) == 0
    m.write(RM_DUCATI_RSTCTRL, 6)
    assert m.read(RM_DUCATI_RSTST) == 1
    m.write(RM_DUCATI_RSTST, 1)
    assert m.read(RM_DUCATI_RSTST) == 0


def memories_and_holes(m):
    m.write(L2RAM + 0xFFFC, 0xCAFE)
    assert m.read(L2RAM + 0xFFFC) == 0xCAFE
    m.write(0x9FFFFFFC, 0xBEEF)
    assert m.read(0x9FFFFFFC) == 0xBEEF
    assert m.read(0x4A000000) == 0, "an unmodelled part of the L4 is not 0"


def any_register_takes_anything(m):
    for base, size in ((MAILBOX, 0x200), (MMU, 0x100), (0x4A306700, 0x300), (0x4A306400, 0x300)):
        for value in (0xFFFFFFFF, 0, 0xA5A5A5A5):
            for addr in range(base, base + size, 4):
                m.write(addr, value)
                m.read(addr)


def exit_register_ends_qemu(m):
    assert m.end(0x12A) == 0x2A


sys.exit(run(Panda, globals(), sys.argv))
