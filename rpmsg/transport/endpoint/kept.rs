// SPDX-License-Identifier: GPL-2.0

//! Messages that a driver keeps beyond its callback.

use super::{
    Buffer,
    Endpoint,
    QUEUE_LIMIT, //
};
use amp::once::Once;
use kernel::{
    prelude::*,
    sync::atomic::Relaxed, //
};

impl Endpoint {
    /// Keeps the message with its payload at this address, which the callback has at hand.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if it is another one, [`EBUSY`] if it is kept already, [`ENOSPC`] if too many are.
    pub(in crate::transport) fn hold(&self, payload: usize) -> Result {
        let inbox = self.inbox.lock();
        if payload == 0 || self.at_hand.read_once() != payload {
            return Err(EINVAL);
        }
        if self.hold.read_once() {
            return Err(EBUSY);
        }
        if inbox.kept.len() >= QUEUE_LIMIT {
            return Err(ENOSPC);
        }
        self.hold.write_once(true);
        Ok(())
    }

    /// Keeps what the callback had at hand when it returned. Returns it if somebody has let go of it
    /// meanwhile.
    #[cold]
    pub(super) fn keep(&self, buffer: KBox<Buffer>) -> Option<KBox<Buffer>> {
        let mut inbox = self.inbox.lock();
        let hold = self.hold.xchg(false, Relaxed);
        self.at_hand.write_once(0);
        if hold {
            inbox.kept.push(buffer);
            None
        } else {
            drop(inbox);
            Some(buffer)
        }
    }
}

/// Lets go of the message with its payload at this address, which was [kept](Endpoint::hold). Process
/// context.
///
/// # Errors
///
/// [`EINVAL`] if it was not.
pub(in crate::transport) fn let_go(endpoint: &Endpoint, payload: usize) -> Result {
    let mut inbox = endpoint.inbox.lock();
    if endpoint.at_hand.read_once() == payload && endpoint.hold.xchg(false, Relaxed) {
        // The callback has it still.
        return Ok(());
    }
    let buffer = inbox.kept.take(|buffer| buffer.payload_addr() == payload);
    drop(inbox);
    endpoint.host.recycle(buffer.ok_or(EINVAL)?);
    Ok(())
}
