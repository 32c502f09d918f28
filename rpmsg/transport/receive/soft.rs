// SPDX-License-Identifier: GPL-2.0

//! Receiving in a softirq, for callbacks that never sleep.
//!
//! Waking a worker costs more than some callbacks take, as one that only puts the message where a reader
//! finds it. For those ([`Receiver::ATOMIC`](crate::Receiver::ATOMIC)) there is a third poller, which an
//! interrupt starts instead of one of the two threads if the last message was for such an endpoint.
//!
//! It looks at the transport once, for a batch of messages at most, so that nobody can keep it going
//! without end, and calls the callback of one such endpoint. All the rest it leaves to threads: other
//! callbacks, more messages, and to tell the other side of buffers, which may sleep. Who gets which
//! message first is settled as between the threads, by the transport's lock and the endpoints' queues;
//! all locks that it takes are such that who has them has softirqs disabled
//! ([`SpinLockBh`](amp::bottom_half::SpinLockBh)).

use super::Poller;
use crate::transport::{
    endpoint::Endpoint,
    Host, //
};
use amp::{
    bottom_half,
    once::Once,
    work, //
};
use kernel::{
    sync::Arc,
    workqueue::{
        self,
        impl_has_work,
        WorkItem, //
    }, //
};

/// The poller's number as a work item.
pub(in crate::transport) const SOFT: u64 = 2;

/// Which endpoints somebody may claim, to call their callbacks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::transport) enum Claims {
    /// None.
    None,
    /// Those whose callbacks never sleep, for a softirq.
    Atomic,
    /// Any, for the current task.
    Any,
}

impl_has_work! {
    impl HasWork<Self, SOFT> for Host { self.soft }
}

impl WorkItem<SOFT> for Host {
    type Pointer = Arc<Host>;

    fn run(this: Arc<Self>) {
        let mut poller = Poller::new(&this, Claims::Atomic, &this.counters.soft_polls);
        let more = poller.look(None);
        if let Some(claimed) = poller.claimed.take() {
            drop(poller.call(claimed));
        }
        if more {
            this.enqueue_other_than(this.caller.read_once());
        }
    }
}

impl Host {
    /// Queues the poller. Any context.
    pub(super) fn poll_in_softirq(self: &Arc<Self>) {
        // Who closes the transport waits for this, then for the poller.
        if let Some(_transport) = self.transport.enter() {
            let queued = self.clone();
            // Some mailboxes have their interrupts handled by a thread.
            bottom_half::promptly(|| {
                let _ = workqueue::system_bh().enqueue::<Arc<Host>, SOFT>(queued);
            });
        }
    }

    /// Waits for the poller, which nobody queues any more, since the transport is closed. It must not
    /// have the last reference to what can't end in a softirq. May sleep.
    pub(in crate::transport) fn end_softirq(self: &Arc<Self>) {
        work::cancel_sync::<_, SOFT>(self);
    }

    /// Notes for whom a message is.
    #[inline]
    pub(super) fn foresee(&self, endpoint: &Endpoint) {
        let atomic = endpoint.is_atomic();
        if self.soft_first.read_once() != atomic {
            self.soft_first.write_once(atomic);
        }
    }
}
