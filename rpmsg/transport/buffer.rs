// SPDX-License-Identifier: GPL-2.0

//! Memory of messages between the transport and the callbacks.

use crate::Addr;
use core::{
    mem::{
        forget,
        replace,
        ManuallyDrop, //
    },
    ops::Range, //
};
use kernel::{
    alloc::Flags,
    prelude::*, //
};

/// A received message, in memory that only we can write.
pub(super) struct Buffer {
    next: Option<KBox<Buffer>>,
    /// Who sent it.
    pub(super) src: Addr,
    /// Where in `bytes` the payload begins, and its length.
    start: usize,
    len: usize,
    bytes: KVec<u8>,
}

impl Buffer {
    /// Memory for messages of up to `size` bytes, with what the transport puts around them.
    pub(super) fn new(size: usize, flags: Flags) -> Result<KBox<Self>> {
        Ok(KBox::new(
            Self {
                next: None,
                src: Addr::ANY,
                start: 0,
                len: 0,
                bytes: KVec::from_elem(0, size, flags)?,
            },
            flags,
        )?)
    }

    /// All of the memory.
    #[inline]
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// Bytes of payload.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Notes who sent the message, and where its payload is.
    #[inline]
    pub(super) fn set(&mut self, src: Addr, payload: Range<usize>) {
        self.src = src;
        self.start = payload.start;
        self.len = payload.len();
    }

    /// The address of the payload.
    pub(super) fn payload_addr(&self) -> usize {
        self.bytes
            .get(self.start..)
            .map_or(0, |rest| rest.as_ptr().addr())
    }

    /// The payload. [`None`] if it is not within the memory, contrary to what the transport has said.
    #[inline]
    pub(super) fn payload_mut(&mut self) -> Option<&mut [u8]> {
        self.bytes.get_mut(self.start..)?.get_mut(..self.len)
    }
}

/// Any number of messages, the last one first.
///
/// Adding to it needs no memory, which is why this isn't a vector: it is done where an interrupt is
/// handled.
#[derive(Default)]
pub(super) struct Chain {
    /// Our own drop sees to it.
    top: ManuallyDrop<Option<KBox<Buffer>>>,
    len: usize,
}

impl Chain {
    /// No messages.
    pub(super) const fn new() -> Self {
        Self {
            top: ManuallyDrop::new(None),
            len: 0,
        }
    }

    /// How many messages there are.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Adds a message.
    #[inline]
    pub(super) fn push(&mut self, mut buffer: KBox<Buffer>) {
        // What is overwritten is `None`: forgetting it saves the look whether it must be dropped.
        forget(replace(&mut buffer.next, self.top.take()));
        forget(replace(&mut *self.top, Some(buffer)));
        self.len = self.len.wrapping_add(1);
    }

    /// Takes the message that was added last.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<KBox<Buffer>> {
        let mut buffer = self.top.take()?;
        forget(replace(&mut *self.top, buffer.next.take()));
        self.len = self.len.wrapping_sub(1);
        Some(buffer)
    }

    /// Whether no message has more than `most` bytes of payload.
    pub(super) fn is_within(&self, most: usize) -> bool {
        let mut next = self.top.as_ref();
        while let Some(buffer) = next {
            if buffer.len() > most {
                return false;
            }
            next = buffer.next.as_ref();
        }
        true
    }

    /// Takes the first message out that `is_it` says it is.
    pub(super) fn take(&mut self, mut is_it: impl FnMut(&Buffer) -> bool) -> Option<KBox<Buffer>> {
        let mut others = Self::new();
        let mut found = None;
        while let Some(buffer) = self.pop() {
            if is_it(&buffer) {
                found = Some(buffer);
                break;
            }
            others.push(buffer);
        }
        while let Some(buffer) = others.pop() {
            self.push(buffer);
        }
        found
    }

    /// The same messages the other way round: the first one first. Also returns how many bytes of
    /// payload they have.
    pub(super) fn reversed(self) -> (Self, usize) {
        // Nothing is left in there to drop.
        let mut this = ManuallyDrop::new(self);
        let mut reversed = Self::new();
        let mut bytes = 0usize;
        while let Some(buffer) = this.pop() {
            bytes = bytes.wrapping_add(buffer.len());
            reversed.push(buffer);
        }
        (reversed, bytes)
    }
}

impl Drop for Chain {
    #[inline]
    fn drop(&mut self) {
        // One after the other: left to itself each box would drop the next one inside of its own
        // drop, on a stack of 8 KiB.
        while let Some(buffer) = self.pop() {
            drop(buffer);
        }
    }
}

/// Chains that there may be of memory that is set aside.
const CHAINS: usize = 32;

/// Memory that is set aside for messages to come.
///
/// It comes and goes in chains, whatever their lengths, so that messages in a row need not be counted
/// out one by one.
pub(super) struct Spare {
    /// None is empty. Never grows beyond the room that it was given.
    chains: KVec<Chain>,
    count: usize,
    target: usize,
}

impl Spare {
    /// Sets memory aside for `target` messages of up to `size` bytes. May sleep.
    pub(super) fn new(target: usize, size: usize) -> Result<Self> {
        let mut all = Chain::new();
        for _ in 0..target {
            all.push(Buffer::new(size, GFP_KERNEL)?);
        }
        let mut spare = Self {
            chains: KVec::with_capacity(CHAINS, GFP_KERNEL)?,
            count: 0,
            target,
        };
        spare.put(&mut all);
        Ok(spare)
    }

    /// Takes memory for a message.
    pub(super) fn take_one(&mut self) -> Option<KBox<Buffer>> {
        let chain = self.chains.last_mut()?;
        let buffer = chain.pop();
        if chain.len() == 0 {
            self.chains.pop();
        }
        self.count -= usize::from(buffer.is_some());
        buffer
    }

    /// Takes memory for messages, for none if there is none.
    pub(super) fn take(&mut self) -> Chain {
        let chain = self.chains.pop().unwrap_or_default();
        self.count -= chain.len();
        chain
    }

    /// Puts memory back. What is left in `chain` is more than is wanted.
    pub(super) fn put(&mut self, chain: &mut Chain) {
        if chain.len() == 0 {
            return;
        }
        if self.count.saturating_add(chain.len()) <= self.target
            && self.chains.len() < self.chains.capacity()
        {
            self.count += chain.len();
            // There is room.
            let _ = self.chains.push_within_capacity(core::mem::take(chain));
            return;
        }
        let Some(last) = self.chains.last_mut() else {
            // More than is wanted, all in one.
            return;
        };
        while self.count < self.target {
            let Some(buffer) = chain.pop() else {
                break;
            };
            last.push(buffer);
            self.count += 1;
        }
    }
}
