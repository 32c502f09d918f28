// SPDX-License-Identifier: GPL-2.0

//! The hardware: FIFOs of four words, and for each user (an interrupt line) events of each FIFO.
//!
//! OMAP4430 TRM, chapter "Mailbox". Clearing an event has no effect as long as its condition holds.

use kernel::{
    io::{
        mem::{
            DevresIoMem,
            IoRequest, //
        },
        Io,
        IoBase, //
    },
    prelude::*, //
};

/// FIFOs that a mailbox module has at most.
pub(crate) const MAX_FIFOS: u32 = 16;
/// Users that a mailbox module has at most.
pub(crate) const MAX_USERS: u32 = 4;

/// Bytes of registers: up to the last user's last one.
const LEN: usize = 0x140;

const MESSAGE: usize = 0x40;
const FIFO_STATUS: usize = 0x80;
const MSG_STATUS: usize = 0xc0;
const IRQ_STATUS: usize = 0x104;
const IRQ_ENABLE_SET: usize = 0x108;
const IRQ_ENABLE_CLR: usize = 0x10c;

/// The registers, as long as the device is bound: afterwards they read as zero.
pub(crate) struct Registers(DevresIoMem<LEN>);

impl Registers {
    /// Maps the registers.
    pub(crate) fn map(request: IoRequest<'_>) -> Result<Self> {
        Ok(Self(request.iomap_sized()?.into_devres()?))
    }

    // Offsets come from a `Fifo`, whose numbers were checked, so nothing here fails.

    fn read(&self, offset: usize) -> u32 {
        self.0
            .try_access()
            .and_then(|io| (&*io).as_view().relaxed().try_read32(offset).ok())
            .unwrap_or(0)
    }

    fn write(&self, offset: usize, value: u32) {
        if let Some(io) = self.0.try_access() {
            let _ = (&*io).as_view().relaxed().try_write32(value, offset);
        }
    }
}

/// One FIFO as one user sees it.
#[derive(Clone, Copy)]
pub(crate) struct Fifo {
    number: usize,
    user: usize,
}

impl Fifo {
    /// FIFO `number`, seen by `user`.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if there is no such FIFO or user.
    pub(crate) fn new(number: u32, user: u32) -> Result<Self> {
        if number >= MAX_FIFOS || user >= MAX_USERS {
            return Err(EINVAL);
        }
        // CAST: `u32` to `usize`, which is never narrower in the kernel.
        Ok(Self {
            number: number as usize,
            user: user as usize,
        })
    }

    /// The event "a word is there".
    fn word_bit(self) -> u32 {
        1 << (2 * self.number)
    }

    /// The event "there is room".
    fn room_bit(self) -> u32 {
        2 << (2 * self.number)
    }

    fn user_register(self, first: usize) -> usize {
        first + 0x10 * self.user
    }

    /// Interrupts when a word is there, or does not.
    pub(crate) fn want_words(self, regs: &Registers, want: bool) {
        self.enable(regs, self.word_bit(), want);
    }

    /// Interrupts when there is room, or does not.
    pub(crate) fn want_room(self, regs: &Registers, want: bool) {
        self.enable(regs, self.room_bit(), want);
    }

    fn enable(self, regs: &Registers, bit: u32, want: bool) {
        let register = if want { IRQ_ENABLE_SET } else { IRQ_ENABLE_CLR };
        regs.write(self.user_register(register), bit);
    }

    /// Events that are enabled and pending: of a FIFO to read, and to write.
    pub(crate) fn pending(self, regs: &Registers) -> u32 {
        regs.read(self.user_register(IRQ_STATUS))
    }

    /// Whether `pending` has the event "a word is there".
    pub(crate) fn has_word(self, pending: u32) -> bool {
        pending & self.word_bit() != 0
    }

    /// Whether `pending` has the event "there is room".
    pub(crate) fn has_room(self, pending: u32) -> bool {
        pending & self.room_bit() != 0
    }

    /// Acknowledges the event "a word is there".
    pub(crate) fn clear_word(self, regs: &Registers) {
        self.clear(regs, self.word_bit());
    }

    /// Acknowledges the event "there is room".
    pub(crate) fn clear_room(self, regs: &Registers) {
        self.clear(regs, self.room_bit());
    }

    fn clear(self, regs: &Registers, bit: u32) {
        regs.write(self.user_register(IRQ_STATUS), bit);
        // The write has to arrive before the interrupt line is looked at again.
        regs.read(self.user_register(IRQ_STATUS));
    }

    /// The next word, if there is one.
    pub(crate) fn pop(self, regs: &Registers) -> Option<u32> {
        (regs.read(MSG_STATUS + 4 * self.number) != 0).then(|| regs.read(MESSAGE + 4 * self.number))
    }

    /// Writes a word if there is room. What was written to memory before is visible before it.
    pub(crate) fn push(self, regs: &Registers, word: u32) -> Result {
        if regs.read(FIFO_STATUS + 4 * self.number) != 0 {
            return Err(EBUSY);
        }
        let io = regs.0.try_access().ok_or(ENXIO)?;
        (&*io).try_write32(word, MESSAGE + 4 * self.number)
    }
}
