// SPDX-License-Identifier: GPL-2.0

//! Others who use the bus while a test looks at something else.

use crate::{
    rpmsg_bus::{
        Channel,
        FOREVER, //
    },
    spawn::spawn, //
};
use amp::completion::Completion;
use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            AtomicFlag,
            Relaxed, //
        },
        Arc, //
    }, //
};

/// Two threads that use the bus until the test says enough, or ends.
pub(crate) struct Running(pub(crate) Arc<Load>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.enough.store(true, Relaxed);
        let _ = self.0.creator.wait_timeout(FOREVER);
        // If it is blocked, it gives up after 15 s.
        let _ = self.0.sender.wait_timeout(2 * FOREVER);
    }
}

/// What the two threads do.
#[pin_data]
pub(crate) struct Load {
    /// They end.
    pub(crate) enough: AtomicFlag,
    /// Messages that were sent.
    pub(crate) sent: Atomic<u32>,
    /// Something did not work.
    pub(crate) failed: AtomicFlag,
    /// Done when the one that creates has ended.
    #[pin]
    pub(crate) creator: Completion,
    /// Done when the one that sends has ended.
    #[pin]
    pub(crate) sender: Completion,
}

impl Load {
    /// One thread creates with `create` what it lets go at once, over and over; the other one sends.
    pub(crate) fn start(
        channel: &Arc<Channel>,
        create: impl Fn(&Channel) -> Result + Send + 'static,
    ) -> Result<Running> {
        let load = Arc::pin_init(
            pin_init!(Self {
                enough: AtomicFlag::new(false),
                sent: Atomic::new(0),
                failed: AtomicFlag::new(false),
                creator <- Completion::new(),
                sender <- Completion::new(),
            }),
            GFP_KERNEL,
        )?;

        let (this, bound) = (load.clone(), channel.clone());
        spawn(move || {
            while !this.enough.load(Relaxed) {
                if create(&bound).is_err() {
                    this.failed.store(true, Relaxed);
                }
            }
            this.creator.complete_all();
        })?;
        let (this, bound) = (load.clone(), channel.clone());
        spawn(move || {
            while !this.enough.load(Relaxed) {
                match bound.bound().send(b"load") {
                    Ok(()) => _ = this.sent.fetch_add(1, Relaxed),
                    Err(_) => this.failed.store(true, Relaxed),
                }
            }
            this.sender.complete_all();
        })?;
        Ok(Running(load))
    }
}
