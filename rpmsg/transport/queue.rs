// SPDX-License-Identifier: GPL-2.0

//! The work queue on which callbacks run.

use amp::work::{
    Kind,
    OwnedQueue, //
};
use kernel::{
    prelude::*,
    sync::atomic::{
        Acquire,
        Atomic,
        Relaxed,
        Release, //
    },
    workqueue::Queue, //
};

/// The queue, or NULL.
///
/// Invariant: what is loaded from here by somebody who takes part in a transport, or runs on the
/// queue itself, is valid for as long as that lasts. Transports depend on this module, and the queue
/// ends with the module, waiting for what runs on it.
static QUEUE: Atomic<*const OwnedQueue> = Atomic::new(core::ptr::null());

/// The queue's life, from the module's init to its exit.
pub(crate) struct Callbacks(KBox<OwnedQueue>);

impl Callbacks {
    /// Makes the queue.
    pub(crate) fn start() -> Result<Self> {
        // On the CPU that took the interrupt, where the message is in the cache and the wake-up is
        // cheap. A callback that sleeps makes room for the next one at once, and one that computes
        // for long is found out after 10 ms (workqueue.cpu_intensive_thresh_us).
        let queue = KBox::new(OwnedQueue::new(c"rpmsg", Kind::PerCpu)?, GFP_KERNEL)?;

        QUEUE.store(&raw const *queue, Release);
        Ok(Self(queue))
    }
}

impl Drop for Callbacks {
    fn drop(&mut self) {
        debug_assert!(core::ptr::eq(QUEUE.load(Relaxed), &raw const *self.0));
        QUEUE.store(core::ptr::null(), Relaxed);
        // Dropping the queue waits for callbacks that are just returning.
    }
}

/// The queue; `None` when the module goes.
pub(super) fn queue() -> Option<&'static Queue> {
    // SAFETY: By the invariant of `QUEUE`.
    unsafe { QUEUE.load(Acquire).as_ref() }.map(|queue| &**queue)
}
