// SPDX-License-Identifier: GPL-2.0

//! What the other side signals: a number, which belongs to a virtqueue or not.

use crate::virtio::own;
use amp_bindings as bindings;
use kernel::{
    prelude::*,
    static_lock_class,
    sync::{
        atomic::{
            Acquire,
            Atomic,
            Relaxed,
            Release, //
        },
        Srcu, //
    }, //
};

/// How many rings can signal through one [`Interrupts`].
pub const MAX_RINGS: usize = 64;

/// A static, as each module that makes an [`Interrupts`] would have its own copy of a literal, but
/// lockdep wants one name for one lock class.
static SRCU_NAME: &CStr = c"amp::virtio::Interrupts";

/// Connects numbers that the other side sends to virtqueues that exist at the moment.
#[pin_data]
pub struct Interrupts {
    /// Virtqueues by number, as addresses, 0 for none.
    ///
    /// Invariant: an address that a reader of `srcu` finds here is that of a virtqueue which is
    /// not deleted before the reader is done.
    queues: [Atomic<usize>; MAX_RINGS],
    #[pin]
    srcu: Srcu,
}

impl Interrupts {
    /// A table without virtqueues.
    pub fn new() -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            queues: [const { Atomic::new(0) }; MAX_RINGS],
            srcu <- Srcu::new(SRCU_NAME, static_lock_class!()),
        })
    }

    /// Runs the callback of virtqueue `id`, if there is one and if its ring has something new.
    ///
    /// Any context but NMI. The callback runs in the caller's context; some virtio drivers' want
    /// one that may sleep. `id` may be any number that the other side made up.
    pub fn raise(&self, id: u32) -> bool {
        let Some(slot) = self.slot(id) else {
            return false;
        };
        let _reading = self.srcu.read_lock();
        let vq = slot.load(Acquire);
        if vq == 0 {
            return false;
        }

        // SAFETY: By the invariant of `queues` this is a living virtqueue of this transport.
        unsafe { own::interrupt(vq as *mut bindings::virtqueue) }
    }

    fn slot(&self, id: u32) -> Option<&Atomic<usize>> {
        self.queues.get(usize::try_from(id).ok()?)
    }

    /// From now on `id` is for `vq`.
    pub(super) fn set(&self, id: u32, vq: *mut bindings::virtqueue) -> Result {
        let slot = self.slot(id).ok_or(EINVAL)?;
        if slot.load(Relaxed) != 0 {
            return Err(EBUSY);
        }
        slot.store(vq as usize, Release);
        Ok(())
    }

    /// Forgets `vq`; it may be deleted after the next [`Interrupts::wait`].
    pub(super) fn forget(&self, vq: *mut bindings::virtqueue) {
        for slot in &self.queues {
            if slot.load(Relaxed) == vq as usize {
                slot.store(0, Relaxed);
            }
        }
    }

    /// Waits until no callback runs that was started before this call. May sleep.
    pub(super) fn wait(&self) {
        self.srcu.synchronize();
    }
}
