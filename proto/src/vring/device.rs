// SPDX-License-Identifier: GPL-2.0

//! The device side of a ring, over any memory.

use core::fmt;

use super::need_event;
use super::Desc;
use super::Layout;
use super::Used;
use super::AVAIL_F_NO_INTERRUPT;
use super::DESC_F_INDIRECT;
use super::DESC_F_NEXT;
use super::F_EVENT_IDX;
use super::USED_F_NO_NOTIFY;
use crate::DeviceAddr;

/// What [`Queue::mark`] leaves. Even, as bit 0 of the flags means something.
const MARK: u16 = 0x5aa4;

/// Memory that another processor reads and writes at the same time.
///
/// Each access is one that the compiler neither drops nor splits. Hence `&self` also for writes:
/// that the contents change at any time is what this memory is about.
pub trait Memory {
    /// Reads a little-endian u16 that is aligned to two bytes.
    fn read_u16(&self, at: DeviceAddr) -> Result<u16, Fault>;
    /// Writes a little-endian u16 that is aligned to two bytes.
    fn write_u16(&self, at: DeviceAddr, value: u16) -> Result<(), Fault>;
    /// Copies `to.len()` bytes out.
    fn read(&self, at: DeviceAddr, to: &mut [u8]) -> Result<(), Fault>;
    /// Copies all of `from` in.
    fn write(&self, at: DeviceAddr, from: &[u8]) -> Result<(), Fault>;
    /// Orders everything before it against everything behind it, as the other processor sees it.
    fn barrier(&self);
}

/// What can be wrong with a ring that the other side fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no memory that the device may touch.
    Address {
        /// Where the access began.
        at: DeviceAddr,
        /// Its size in bytes.
        len: usize,
    },
    /// A descriptor that the ring does not have.
    Head {
        /// Its number.
        id: u16,
        /// How many there are.
        num: u16,
    },
    /// More buffers available than the ring has entries.
    Index {
        /// How many the driver says there are.
        available: u16,
        /// How many entries the ring has.
        num: u16,
    },
    /// A descriptor of a kind that rpmsg does not use.
    Chained {
        /// Its number.
        id: u16,
        /// Its flags.
        flags: u16,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Address { at, len } => {
                write!(f, "no memory for an access of {len:#x} bytes at {at}")
            }
            Self::Head { id, num } => {
                write!(f, "descriptor {id} in a ring that has only {num}")
            }
            Self::Index { available, num } => {
                write!(f, "{available} buffers available in a ring of {num}")
            }
            Self::Chained { id, flags } => write!(
                f,
                "descriptor {id} with flags {flags:#x}, a message must be in one plain buffer"
            ),
        }
    }
}

/// One buffer taken from a ring, to be given back with [`Queue::push`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a buffer that is not given back is lost to the driver"]
pub struct Chain {
    /// Which descriptor.
    pub head: u16,
    /// Its contents when it was taken.
    pub desc: Desc,
}

/// The device side of a ring of single buffers, as rpmsg uses it.
///
/// The driver is not trusted: indices are masked, descriptors are read once and bounded.
#[derive(Debug)]
pub struct Queue {
    base: DeviceAddr,
    layout: Layout,
    /// Whether [`F_EVENT_IDX`] is in use.
    events: bool,
    next_avail: u16,
    /// The driver's index when it was last read.
    avail_idx: u16,
    next_used: u16,
    /// `next_used` when it was last shown to the driver.
    shown: u16,
}

impl Queue {
    /// The device side of a fresh ring at `base`, for a driver that has taken `features`: bits by
    /// number, of which [`F_EVENT_IDX`] counts here.
    pub const fn new(base: DeviceAddr, layout: Layout, features: u32) -> Self {
        Self {
            base,
            layout,
            events: features & (1 << F_EVENT_IDX) != 0,
            next_avail: 0,
            avail_idx: 0,
            next_used: 0,
            shown: 0,
        }
    }

    #[inline]
    fn at(&self, offset: u32) -> DeviceAddr {
        DeviceAddr(self.base.0.wrapping_add(u64::from(offset)))
    }

    /// How many buffers are available.
    ///
    /// # Errors
    ///
    /// [`Fault::Index`] if there would be more than the ring has entries.
    pub fn available(&self, memory: &impl Memory) -> Result<u16, Fault> {
        let num = self.layout.num();
        let idx = memory.read_u16(self.at(self.layout.avail_idx()))?;
        let available = idx.wrapping_sub(self.next_avail);
        if available > num {
            return Err(Fault::Index { available, num });
        }
        Ok(available)
    }

    /// Whether a buffer is available. Looks at the ring only if none is known of, since the driver
    /// never takes one back.
    ///
    /// # Errors
    ///
    /// As [`Queue::available`].
    #[inline]
    pub fn has_available(&mut self, memory: &impl Memory) -> Result<bool, Fault> {
        if self.avail_idx == self.next_avail {
            let available = self.available(memory)?;
            self.avail_idx = self.next_avail.wrapping_add(available);
        }
        Ok(self.avail_idx != self.next_avail)
    }

    /// The next available buffer, or `None` if there is none.
    ///
    /// # Errors
    ///
    /// If the ring makes no sense. The bad element has then been skipped, except after
    /// [`Fault::Index`] and [`Fault::Address`], which end the ring's use.
    pub fn pop(&mut self, memory: &impl Memory) -> Result<Option<Chain>, Fault> {
        if !self.has_available(memory)? {
            return Ok(None);
        }
        let num = self.layout.num();
        // The index must be read before what it covers.
        memory.barrier();
        let id = memory.read_u16(self.at(self.layout.avail_ring(self.next_avail)))?;
        self.next_avail = self.next_avail.wrapping_add(1);
        let offset = self.layout.desc(id).ok_or(Fault::Head { id, num })?;
        let mut bytes = [0; Desc::LEN];
        memory.read(self.at(offset), &mut bytes)?;
        let desc = Desc::decode(&bytes);
        if desc.flags & (DESC_F_NEXT | DESC_F_INDIRECT) != 0 {
            return Err(Fault::Chained {
                id,
                flags: desc.flags,
            });
        }
        Ok(Some(Chain { head: id, desc }))
    }

    /// Gives a buffer back, with `len` bytes written into it. The driver sees it after
    /// [`Queue::publish`].
    pub fn push(&mut self, memory: &impl Memory, chain: Chain, len: u32) -> Result<(), Fault> {
        let used = Used {
            id: u32::from(chain.head),
            len,
        };
        let at = self.at(self.layout.used_ring(self.next_used));
        memory.write(at, &used.encode())?;
        self.next_used = self.next_used.wrapping_add(1);
        Ok(())
    }

    /// Shows the driver all the buffers given back so far, and says whether it wants a kick.
    pub fn publish(&mut self, memory: &impl Memory) -> Result<bool, Fault> {
        // What the index covers must be written before it.
        memory.barrier();
        memory.write_u16(self.at(self.layout.used_idx()), self.next_used)?;
        // The index must be written before the driver's wish is read, or both sides might wait.
        memory.barrier();
        let old = core::mem::replace(&mut self.shown, self.next_used);
        if self.events {
            let event = memory.read_u16(self.at(self.layout.used_event()))?;
            return Ok(need_event(event, self.next_used, old));
        }
        let flags = memory.read_u16(self.at(self.layout.avail_flags()))?;
        Ok(flags & AVAIL_F_NO_INTERRUPT == 0)
    }

    /// Asks the driver to kick, or not to, when it makes a buffer available.
    ///
    /// After asking for kicks look with [`Queue::pop`] once more: a buffer may have come between.
    /// With event indices a wish is fulfilled once, by the next buffer, and there is nothing to
    /// take back.
    pub fn want_kicks(&self, memory: &impl Memory, want: bool) -> Result<(), Fault> {
        match (self.events, want) {
            (true, true) => {
                memory.write_u16(self.at(self.layout.avail_event()), self.next_avail)?
            }
            (true, false) => {}
            (false, true) => memory.write_u16(self.at(self.layout.used_flags()), 0)?,
            (false, false) => {
                memory.write_u16(self.at(self.layout.used_flags()), USED_F_NO_NOTIFY)?;
            }
        }
        if want {
            // The wish must be written before the index is read once more.
            memory.barrier();
        }
        Ok(())
    }

    /// Leaves a mark in the ring, which [`Queue::is_marked`] finds until the driver sets the ring
    /// up anew, since that begins with zeroes.
    ///
    /// A driver that comes and goes says so only in the device's status, and nobody tells the
    /// device to look at that.
    ///
    /// First reads all of the device's part: what a cache has of a ring that was here before must
    /// not be written back around the mark.
    pub fn mark(&self, memory: &impl Memory) -> Result<(), Fault> {
        for offset in (self.layout.used_flags()..self.layout.size()).step_by(2) {
            memory.read_u16(self.at(offset))?;
        }
        memory.write_u16(self.at(self.mark_field()), MARK)
    }

    /// Whether the ring is still the one that was marked.
    pub fn is_marked(&self, memory: &impl Memory) -> Result<bool, Fault> {
        Ok(memory.read_u16(self.at(self.mark_field()))? == MARK)
    }

    /// The device's field in which there is nothing for the driver: its event index or its flags,
    /// whichever is not in use.
    #[inline]
    const fn mark_field(&self) -> u32 {
        if self.events {
            self.layout.used_flags()
        } else {
            self.layout.avail_event()
        }
    }
}
