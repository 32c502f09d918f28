// SPDX-License-Identifier: GPL-2.0

//! Messages where they lie, in the buffers that both sides share.

use core::cmp::min;

use proto::rpmsg::Addr;
use proto::vring::Chain;
use proto::vring::Fault;
use proto::vring::Memory;
use proto::DeviceAddr;

/// Bytes that are moved at a time from one buffer to another.
const CHUNK: usize = 64;

/// What becomes of a message while a service has it.
pub(crate) struct Delivery {
    /// Its buffer, unless the service holds it.
    pub(crate) chain: Option<Chain>,
    /// Whether it turned out that nobody could take it.
    pub(crate) dropped: bool,
}

/// A message that has come, in a buffer of Linux's.
///
/// What is read twice may have changed in between.
pub struct Incoming<'a> {
    pub(crate) memory: &'a dyn Memory,
    /// Room for a private copy.
    pub(crate) copy: &'a mut [u8],
    pub(crate) delivery: &'a mut Delivery,
    pub(crate) from: Addr,
    pub(crate) payload: DeviceAddr,
    pub(crate) len: usize,
    pub(crate) epoch: u32,
}

impl<'a> Incoming<'a> {
    /// The endpoint of Linux that has sent it.
    pub const fn from(&self) -> Addr {
        self.from
    }

    /// Bytes of payload.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no payload.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Copies `to.len()` bytes of payload from offset `at`.
    ///
    /// # Errors
    ///
    /// If the payload does not have them, or if there is no memory.
    pub fn read(&self, at: usize, to: &mut [u8]) -> Result<(), Fault> {
        self.memory
            .read(inside(self.payload, self.len, at, to.len())?, to)
    }

    /// Copies all of the payload into `buffer`, as far as there is room in it.
    pub fn copy_to(&self, buffer: &mut Buffer<'_>) -> Result<(), Fault> {
        let len = min(self.len, buffer.room);
        let mut chunk = [0; CHUNK];
        let mut at = 0;
        while at < len {
            let (chunk, _) = chunk.split_at_mut(min(CHUNK, len - at));
            self.read(at, chunk)?;
            buffer.write(at, chunk)?;
            at += chunk.len();
        }
        Ok(())
    }

    /// The payload as a copy that nobody changes; `None` if it is longer than what
    /// [`Remote::new`](crate::Remote::new) was given for copies: then the message counts as
    /// dropped.
    pub fn copy(self) -> Result<Option<&'a [u8]>, Fault> {
        let Some(copy) = self.copy.get_mut(..self.len) else {
            self.delivery.dropped = true;
            return Ok(None);
        };
        self.memory.read(self.payload, copy)?;
        Ok(Some(copy))
    }

    /// Keeps the message beyond [`Service::receive_in_place`](crate::Service::receive_in_place):
    /// its buffer is not Linux's again before
    /// [`Outbox::release`](crate::Outbox::release).
    ///
    /// Linux has no other buffer in its place: whoever keeps many makes senders wait.
    pub fn hold(self) -> Option<Held> {
        Some(Held {
            chain: self.delivery.chain.take()?,
            from: self.from,
            payload: self.payload,
            len: self.len,
            epoch: self.epoch,
        })
    }
}

/// A message that is kept, see [`Incoming::hold`].
#[derive(Debug)]
#[must_use = "a buffer that is not released is lost to Linux"]
pub struct Held {
    pub(crate) chain: Chain,
    from: Addr,
    payload: DeviceAddr,
    len: usize,
    /// To which driver the buffer belongs.
    pub(crate) epoch: u32,
}

impl Held {
    /// The endpoint of Linux that has sent it.
    pub const fn from(&self) -> Addr {
        self.from
    }

    /// Bytes of payload.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no payload.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn read(&self, memory: &impl Memory, at: usize, to: &mut [u8]) -> Result<(), Fault> {
        memory.read(inside(self.payload, self.len, at, to.len())?, to)
    }
}

/// Room for the payload of a message to Linux, in the buffer in which it will go.
pub struct Buffer<'a> {
    pub(crate) memory: &'a dyn Memory,
    pub(crate) payload: DeviceAddr,
    pub(crate) room: usize,
}

impl Buffer<'_> {
    /// The most bytes of payload that fit.
    pub const fn room(&self) -> usize {
        self.room
    }

    /// Writes `bytes` at offset `at` of the payload.
    ///
    /// # Errors
    ///
    /// If there is no room for them, or no memory.
    pub fn write(&mut self, at: usize, bytes: &[u8]) -> Result<(), Fault> {
        let at = inside(self.payload, self.room, at, bytes.len())?;
        self.memory.write(at, bytes)
    }
}

/// Where `len` bytes at offset `at` of `size` bytes at `base` are, if they are all in there.
fn inside(base: DeviceAddr, size: usize, at: usize, len: usize) -> Result<DeviceAddr, Fault> {
    let address = DeviceAddr(base.0.wrapping_add(at as u64));
    match at.checked_add(len) {
        Some(end) if end <= size => Ok(address),
        _ => Err(Fault::Address { at: address, len }),
    }
}
