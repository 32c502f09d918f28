// SPDX-License-Identifier: GPL-2.0

//! Messages that wait for a reader, bounded.
//!
//! The policy: the oldest are kept. What comes while there is no room is dropped and counted, so
//! that a reader gets what the other side sent first without a gap in it, and nobody can make the
//! kernel keep more than the limits say. A single message always has room in an empty queue, however
//! long it is.

use kernel::{
    alloc::Flags,
    list::{
        impl_list_arc_safe,
        impl_list_item,
        List,
        ListArc,
        ListLinks, //
    },
    prelude::*, //
};

/// How much may wait.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// Messages.
    pub(crate) messages: usize,
    /// Bytes of payload in them.
    pub(crate) bytes: usize,
}

/// A message that waits.
#[pin_data]
pub(crate) struct Message {
    #[pin]
    links: ListLinks,
    payload: KVVec<u8>,
}

impl_list_arc_safe! {
    impl ListArcSafe<0> for Message { untracked; }
}
impl_list_item! {
    impl ListItem<0> for Message { using ListLinks { self.links }; }
}

impl Message {
    /// A copy of `payload`. May sleep if `flags` say so.
    pub(crate) fn new(payload: &[u8], flags: Flags) -> Result<ListArc<Self>> {
        let mut copy = KVVec::with_capacity(payload.len(), flags)?;

        copy.extend_from_slice(payload, flags)?;
        ListArc::pin_init(
            try_pin_init!(Self {
                links <- ListLinks::new(),
                payload: copy,
            }),
            flags,
        )
    }

    /// What was sent.
    pub(crate) fn payload(&self) -> &[u8] {
        &self.payload
    }
}

/// The next message does not fit what the reader has for it, and was left where it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TooLong;

/// Messages in the order in which they came.
pub(crate) struct Queue {
    list: List<Message>,
    limits: Limits,
    messages: usize,
    bytes: usize,
    dropped: u64,
}

impl Queue {
    /// An empty queue.
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            list: List::new(),
            limits,
            messages: 0,
            bytes: 0,
            dropped: 0,
        }
    }

    /// Whether a message of `len` bytes has room. One that has not counts as dropped.
    pub(crate) fn admits(&mut self, len: usize) -> bool {
        let room = self.messages == 0
            || (self.messages < self.limits.messages
                && self.bytes.saturating_add(len) <= self.limits.bytes);

        if !room {
            self.dropped = self.dropped.saturating_add(1);
        }
        room
    }

    /// Adds a message at the end, if it has room; else it counts as dropped and comes back.
    pub(crate) fn push(&mut self, message: ListArc<Message>) -> Result<(), ListArc<Message>> {
        if !self.admits(message.payload.len()) {
            return Err(message);
        }
        self.messages += 1;
        self.bytes += message.payload.len();
        self.list.push_back(message);
        Ok(())
    }

    /// The length of the first message in bytes, if there is one.
    pub(crate) fn first_len(&self) -> Option<usize> {
        Some(self.list.iter().next()?.payload.len())
    }

    /// Takes the first message, if it is not longer than `room`.
    pub(crate) fn pop(&mut self, room: usize) -> Option<Result<ListArc<Message>, TooLong>> {
        let len = self.first_len()?;
        if len > room {
            return Some(Err(TooLong));
        }
        let message = self.list.pop_front()?;
        self.messages -= 1;
        self.bytes -= len;
        Some(Ok(message))
    }

    /// Puts a message back that was taken just now: it is the first one again.
    pub(crate) fn put_back(&mut self, message: ListArc<Message>) {
        self.messages += 1;
        self.bytes += message.payload.len();
        self.list.push_front(message);
    }

    /// Empties the queue; the result is what was in it.
    pub(crate) fn take(&mut self) -> List<Message> {
        self.messages = 0;
        self.bytes = 0;
        core::mem::replace(&mut self.list, List::new())
    }

    /// Messages that were dropped for lack of room, ever.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }
}
