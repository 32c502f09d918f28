// SPDX-License-Identifier: GPL-2.0

//! The mailbox: a FIFO of four words in each direction.
//!
//! OMAP4430 TRM, chapter "Mailbox". This processor is user 2; it reads FIFO 0 and writes FIFO 1.
//! Of each FIFO m there are two events, "a word is there" (bit 2m) and "there is room" (2m + 1);
//! clearing an event has no effect as long as its condition holds.

use rpmsg_remote::Window;

use crate::port;

const MESSAGE: usize = 0x40;
const FIFOSTATUS: usize = 0x80;
const MSGSTATUS: usize = 0xc0;
const IRQSTATUS_CLR: usize = 0x124;
const IRQENABLE_SET: usize = 0x128;
const IRQENABLE_CLR: usize = 0x12c;

const RX: usize = 0;
const TX: usize = 1;
const RX_WORD: u32 = 1 << (2 * RX);
const TX_ROOM: u32 = 1 << (2 * TX + 1);

/// The mailbox that we share with Linux.
pub(crate) struct Mailbox {
    registers: Window,
    waiting: bool,
}

impl Mailbox {
    /// The mailbox, with an interrupt for each word that comes.
    pub(crate) fn new() -> Self {
        let registers = port::mailbox();
        registers.write_u32(IRQENABLE_CLR, TX_ROOM);
        registers.write_u32(IRQENABLE_SET, RX_WORD);
        Self {
            registers,
            waiting: false,
        }
    }

    /// The next word from Linux, `None` if there is none: the next one interrupts.
    pub(crate) fn receive(&self) -> Option<u32> {
        if self.registers.read_u32(MSGSTATUS + 4 * RX) == 0 {
            self.registers.write_u32(IRQSTATUS_CLR, RX_WORD);
            // One may have come since.
            if self.registers.read_u32(MSGSTATUS + 4 * RX) == 0 {
                return None;
            }
        }
        Some(self.registers.read_u32(MESSAGE + 4 * RX))
    }

    /// Sends a word if there is room for it.
    pub(crate) fn try_send(&self, word: u32) -> bool {
        let room = self.registers.read_u32(FIFOSTATUS + 4 * TX) == 0;
        if room {
            self.registers.write_u32(MESSAGE + 4 * TX, word);
        }
        room
    }

    /// Interrupts when there is room, or does not.
    pub(crate) fn wait_for_room(&mut self, wait: bool) {
        if wait {
            // What it says is old, unless there is room by now.
            self.registers.write_u32(IRQSTATUS_CLR, TX_ROOM);
        }
        if wait != self.waiting {
            self.waiting = wait;
            let register = if wait { IRQENABLE_SET } else { IRQENABLE_CLR };
            self.registers.write_u32(register, TX_ROOM);
        }
    }
}
