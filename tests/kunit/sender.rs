// SPDX-License-Identifier: GPL-2.0

//! Senders that may have to wait.

use crate::{
    rpmsg_bus::{
        Channel,
        FOREVER, //
    },
    spawn::spawn, //
};
use amp::completion::Completion;
use kernel::{
    error::to_result,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    }, //
};

/// A thread that sends one message.
#[pin_data]
pub(crate) struct Sender {
    #[pin]
    done: Completion,
    errno: Atomic<i32>,
}

impl Sender {
    /// Sends to the other end of a channel, waiting for a buffer.
    pub(crate) fn spawn(channel: &Arc<Channel>, payload: &'static [u8]) -> Result<Arc<Self>> {
        let this = Arc::pin_init(
            pin_init!(Self {
                done <- Completion::new(),
                errno: Atomic::new(0),
            }),
            GFP_KERNEL,
        )?;
        let (sender, channel) = (this.clone(), channel.clone());

        spawn(move || {
            if let Err(error) = channel.bound().send(payload) {
                sender.errno.store(error.to_errno(), Relaxed);
            }
            sender.done.complete_all();
        })?;
        Ok(this)
    }

    /// Waits until it has, or has failed.
    pub(crate) fn join(&self) -> Result {
        self.done.wait_timeout(FOREVER)?;
        to_result(self.errno.load(Relaxed))
    }
}
