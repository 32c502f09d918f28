// SPDX-License-Identifier: GPL-2.0

//! Memory of messages between the transport and the callbacks.

use crate::Addr;
use core::mem::{
    forget,
    replace, //
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
    len: usize,
    bytes: KVec<u8>,
}

impl Buffer {
    /// Memory for payloads of up to `size` bytes.
    pub(super) fn new(size: usize, flags: Flags) -> Result<KBox<Self>> {
        Ok(KBox::new(
            Self {
                next: None,
                src: Addr::ANY,
                len: 0,
                bytes: KVec::from_elem(0, size, flags)?,
            },
            flags,
        )?)
    }

    /// Sets the length of the payload, at most the memory's size.
    pub(super) fn set_len(&mut self, len: usize) {
        self.len = len.min(self.bytes.len());
    }

    /// The address of the payload.
    pub(super) fn payload_addr(&self) -> usize {
        self.bytes.as_ptr().addr()
    }

    /// The payload.
    pub(super) fn payload_mut(&mut self) -> &mut [u8] {
        self.bytes.get_mut(..self.len).unwrap_or_default()
    }
}

/// Any number of messages, the last one first.
///
/// Adding to it needs no memory, which is why this isn't a vector: it is done where an interrupt is
/// handled.
#[derive(Default)]
pub(super) struct Chain {
    top: Option<KBox<Buffer>>,
    len: usize,
}

impl Chain {
    /// No messages.
    pub(super) const fn new() -> Self {
        Self { top: None, len: 0 }
    }

    /// How many messages there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Adds a message.
    pub(super) fn push(&mut self, mut buffer: KBox<Buffer>) {
        // What is overwritten is `None`: forgetting it saves the look whether it must be dropped.
        forget(replace(&mut buffer.next, self.top.take()));
        forget(replace(&mut self.top, Some(buffer)));
        self.len += 1;
    }

    /// Takes the message that was added last.
    pub(super) fn pop(&mut self) -> Option<KBox<Buffer>> {
        let mut buffer = self.top.take()?;
        forget(replace(&mut self.top, buffer.next.take()));
        self.len -= 1;
        Some(buffer)
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

    /// The same messages the other way round: the first one first.
    pub(super) fn reversed(mut self) -> Self {
        let mut reversed = Self::new();
        while let Some(buffer) = self.pop() {
            reversed.push(buffer);
        }
        reversed
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        // One after the other: left to itself each box would drop the next one inside of its own
        // drop, on a stack of 8 KiB.
        while self.pop().is_some() {}
    }
}

/// Memory that is set aside for messages to come.
pub(super) struct Spare {
    chain: Chain,
    target: usize,
}

impl Spare {
    /// Sets memory aside for `target` messages of up to `size` bytes. May sleep.
    pub(super) fn new(target: usize, size: usize) -> Result<Self> {
        let mut chain = Chain::new();
        for _ in 0..target {
            chain.push(Buffer::new(size, GFP_KERNEL)?);
        }
        Ok(Self { chain, target })
    }

    /// Takes memory for a message.
    pub(super) fn take(&mut self) -> Option<KBox<Buffer>> {
        self.chain.pop()
    }

    /// Puts memory back; returns it if there is enough.
    pub(super) fn put(&mut self, buffer: KBox<Buffer>) -> Option<KBox<Buffer>> {
        if self.chain.len() >= self.target {
            return Some(buffer);
        }
        self.chain.push(buffer);
        None
    }
}
