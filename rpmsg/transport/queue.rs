// SPDX-License-Identifier: GPL-2.0

//! The work queue on which callbacks run.

use amp::{
    module_state::{
        Filled,
        ModuleState, //
    },
    rcu_arc::RcuArc,
    work::{
        Kind,
        OwnedQueue, //
    }, //
};
use kernel::prelude::*;

/// The queue, from the module's init to its exit.
static QUEUE: ModuleState<OwnedQueue> = ModuleState::new();

/// The queue's life.
pub(crate) struct Callbacks(#[expect(dead_code, reason = "for its Drop")] Filled<OwnedQueue>);

impl Callbacks {
    /// Makes the queue.
    pub(crate) fn start() -> Result<Self> {
        // On the CPU that took the interrupt, where the message is in the cache and the wake-up is
        // cheap. A callback that sleeps makes room for the next one at once, and one that computes
        // for long is found out after 10 ms (workqueue.cpu_intensive_thresh_us).
        // High, so that a task that has just sent gets the answer before it goes to sleep over it; a
        // mailbox's threaded interrupt, which calls the C implementation's callbacks, comes before
        // everything.
        Ok(Self(
            QUEUE.fill(OwnedQueue::new(c"rpmsg", Kind::PerCpuHigh)?)?,
        ))
    }
}

impl Drop for Callbacks {
    fn drop(&mut self) {
        // What is just returning may have the last reference to a host, which has one to the queue;
        // a queue can't end on itself.
        if let Some(queue) = QUEUE.get() {
            queue.flush();
        }
    }
}

/// The queue, for a host to keep.
///
/// # Errors
///
/// [`ENODEV`] when the module goes.
pub(super) fn queue() -> Result<RcuArc<OwnedQueue>> {
    QUEUE.get().ok_or(ENODEV)
}
