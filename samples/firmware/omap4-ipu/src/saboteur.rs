// SPDX-License-Identifier: GPL-2.0

//! A second virtio device, whose rings are damaged at the user's command: every field that a
//! remote processor can write. For tests of the host, see tests/boards/hostile-rings.sh.

use proto::omap_mailbox::Word;
use rpmsg_remote::Addr;
use rpmsg_remote::DeviceAddr;
use rpmsg_remote::Fault;
use rpmsg_remote::Layout;
use rpmsg_remote::Memory;
use rpmsg_remote::Outbox;
use rpmsg_remote::Service;
use rpmsg_remote::Windows;

use crate::linux;
use crate::mailbox::Mailbox;
use crate::port;

const ADDR: Addr = Addr(57);

/// Writes of the order "noise".
const NOISE: u32 = 64;

/// Takes orders: the number of a ring, a space, and what to do to it. Answers "done", or why not.
pub(crate) struct Saboteur {
    memory: Windows<2>,
    random: u32,
}

impl Saboteur {
    pub(crate) fn new() -> Self {
        Self {
            memory: port::shared(),
            random: 1,
        }
    }

    fn obey(&mut self, order: &[u8]) -> Result<&'static [u8], Fault> {
        let &[number @ b'0'..=b'1', b' ', ref what @ ..] = order else {
            return Ok(b"which ring?");
        };
        let number = u16::from(number - b'0');
        let Some((base, layout, notify_id)) = linux::second_vring(number) else {
            return Ok(b"no ring");
        };
        let ring = Ring {
            memory: &self.memory,
            base,
            layout,
        };

        match what {
            b"len long" => ring.give_next(u32::MAX)?,
            b"len short" => ring.give_next(8)?,
            b"id range" => ring.give(0xffff, 16)?,
            b"id twice" => {
                let id = ring.next()?;
                ring.give(id, 16)?;
                ring.give(id, 16)?;
            }
            b"idx jump" => {
                let idx = ring.read(layout.used_idx())?;
                ring.write(layout.used_idx(), idx.wrapping_add(1000))?;
            }
            b"desc" => ring.fill(0, layout.avail_flags())?,
            b"avail" => ring.fill(layout.avail_flags(), layout.used_event() + 2)?,
            b"used" => ring.fill(layout.used_flags(), layout.size())?,
            b"noise" => {
                for _ in 0..NOISE {
                    let (at, value) = (self.random >> 8, self.random >> 16);
                    // Numerical Recipes' generator of random numbers.
                    self.random = self.random.wrapping_mul(1664525).wrapping_add(1013904223);
                    let at = at % (layout.size() / 2) * 2;
                    // Half of it where Linux looks most.
                    let at = match value & 1 {
                        0 => layout.used_flags() + at % 16,
                        _ => at,
                    };
                    ring.write(at & !1, (value >> 1) as u16)?;
                }
            }
            _ => return Ok(b"do what?"),
        }
        let mailbox = Mailbox::new();
        while !mailbox.try_send(Word::Virtqueue(notify_id).encode()) {}
        Ok(b"done")
    }
}

impl Service for Saboteur {
    fn addr(&self) -> Addr {
        ADDR
    }

    fn receive(&mut self, from: Addr, payload: &[u8], out: &mut dyn Outbox) {
        let answer = self.obey(payload).unwrap_or(b"no such memory");
        // There is room for one message.
        let _ = out.send(ADDR, from, answer);
    }
}

/// A ring of which nothing is kept: Linux may set it up anew at any time.
struct Ring<'a> {
    memory: &'a Windows<2>,
    base: DeviceAddr,
    layout: Layout,
}

impl Ring<'_> {
    fn at(&self, offset: u32) -> DeviceAddr {
        DeviceAddr(self.base.0 + u64::from(offset))
    }

    fn read(&self, offset: u32) -> Result<u16, Fault> {
        self.memory.read_u16(self.at(offset))
    }

    fn write(&self, offset: u32, value: u16) -> Result<(), Fault> {
        self.memory.write_u16(self.at(offset), value)
    }

    /// Ones from one offset to another.
    fn fill(&self, from: u32, to: u32) -> Result<(), Fault> {
        (from..to)
            .step_by(2)
            .try_for_each(|offset| self.write(offset, 0xffff))
    }

    /// The buffer that would be used next.
    fn next(&self) -> Result<u16, Fault> {
        let idx = self.read(self.layout.used_idx())?;
        self.read(self.layout.avail_ring(idx))
    }

    fn give_next(&self, len: u32) -> Result<(), Fault> {
        self.give(self.next()?, len)
    }

    /// Gives a buffer back of which `len` bytes were written.
    fn give(&self, id: u16, len: u32) -> Result<(), Fault> {
        let idx = self.read(self.layout.used_idx())?;
        let element = self.layout.used_ring(idx);
        let words = [id, 0, len as u16, (len >> 16) as u16];
        for (offset, word) in (element..).step_by(2).zip(words) {
            self.write(offset, word)?;
        }
        self.memory.barrier();
        self.write(self.layout.used_idx(), idx.wrapping_add(1))
    }
}
