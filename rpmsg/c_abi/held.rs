// SPDX-License-Identifier: GPL-2.0

//! Messages that a driver keeps beyond its callback.

use crate::{
    transport::nocopy,
    Addr,
    Message, //
};
use core::{
    ops::Deref,
    ptr::NonNull, //
};
use kernel::prelude::*;

/// A received message that was [held](Message::hold): its payload, which nobody writes any more.
/// Dropping it gives the memory back, in process context.
///
/// It is memory of Linux alone, so that the ring does not run dry however long it is held. It may
/// outlive the endpoint.
///
/// # Invariants
///
/// The `len` bytes at `payload` do not change and stay until `keeper` lets go of them, which only
/// this asks for.
pub struct Held {
    keeper: nocopy::Keeper,
    payload: NonNull<u8>,
    len: usize,
    /// Who sent it.
    pub src: Addr,
}

// SAFETY: The payload is only read.
unsafe impl Send for Held {}
// SAFETY: As above.
unsafe impl Sync for Held {}

impl Message<'_> {
    /// Keeps the message beyond its callback, without a copy.
    ///
    /// # Errors
    ///
    /// [`ENOSPC`] if 1024 messages of the endpoint are held, [`EBUSY`] if this one is held already,
    /// [`EINVAL`] if it is empty, [`EOPNOTSUPP`] on a transport in C.
    pub fn hold(&self) -> Result<Held> {
        let payload = NonNull::from(self.payload).cast::<u8>();

        // SAFETY: The port's endpoint is valid.
        let keeper = unsafe { nocopy::hold(self.port.as_raw(), payload.addr().get()) }?;
        // INVARIANT: The endpoint's callback has this message at hand, so it is that one which is
        // held, until its keeper is told to let go.
        Ok(Held {
            keeper,
            payload,
            len: self.payload.len(),
            src: self.src,
        })
    }
}

impl Deref for Held {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: By the type invariants.
        unsafe { core::slice::from_raw_parts(self.payload.as_ptr(), self.len) }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.keeper.let_go(self.payload.addr().get());
    }
}
