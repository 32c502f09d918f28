// SPDX-License-Identifier: GPL-2.0

//! Receiving.
//!
//! A message is copied to private memory, header and all, and handed on, and its buffer goes back into the ring at
//! once, whatever the message was like.

use crate::INPUT;
use amp::{
    bottom_half::{
        new_spinlock_bh,
        LockWith,
        SpinLockBh, //
    },
    virtio::{
        Buffers,
        Notifier,
        Used,
        Virtqueue, //
    }, //
};
use core::{
    mem::take,
    ops::Range, //
};
use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    }, //
};
use proto::rpmsg::{
    self as wire,
    Header, //
};
use rpmsg::transport::{
    Delivery,
    Host,
    Malformed, //
};

/// Messages that are received at most before others get a turn.
const BATCH: u32 = 64;

/// The ring of messages to receive, as long as there is one.
#[pin_data]
pub(crate) struct Rx {
    #[pin]
    ring: SpinLockBh<Option<Ring>>,
    /// Kicks that told of buffers given back; zero again after the largest number.
    pub(crate) kicks: Atomic<usize>,
}

struct Ring {
    queue: Virtqueue,
    buffers: Buffers,
    notifier: Notifier,
    host: Arc<Host>,
    /// The log has told that the ring is damaged.
    told: bool,
    /// Whether the other side was asked for interrupts.
    interrupts: bool,
    /// Buffers given back since it was last asked whether the other side wants to know of some.
    given_back: u32,
}

impl Rx {
    /// Without a ring.
    pub(crate) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            ring <- new_spinlock_bh!(None),
            kicks: Atomic::new(0),
        })
    }

    /// Takes the queue and offers all its buffers to the other side. Process context.
    ///
    /// Returns how to tell the other side when the device is ready, if it wants to be told.
    pub(crate) fn start(&self, mut queue: Virtqueue, host: Arc<Host>) -> Result<Option<Notifier>> {
        debug_assert_eq!(queue.index(), INPUT);
        let buffers = queue.buffers().ok_or(EINVAL)?.clone();
        let notifier = queue.notifier();

        for buffer in 0..buffers.count() {
            queue.add_inbuf(buffer)?;
        }
        let notify = queue.kick_prepare().then(|| notifier.clone());
        *self.ring.lock() = Some(Ring {
            queue,
            buffers,
            notifier,
            host,
            told: false,
            interrupts: true,
            given_back: 0,
        });
        Ok(notify)
    }

    /// Receives some messages; see [`Transport::receive`](rpmsg::transport::Transport::receive).
    pub(crate) fn receive(&self, mut delivery: Delivery<'_, '_>) -> bool {
        (*self.ring.lock_with(delivery.bottom_halves_disabled()))
            .as_mut()
            .is_some_and(|ring| ring.receive(&mut delivery))
    }

    /// Tells the other side of buffers that were given back. May sleep.
    pub(crate) fn tell_of_buffers(&self) {
        let notifier = (*self.ring.lock())
            .as_ref()
            .map(|ring| ring.notifier.clone());
        if let Some(notifier) = notifier {
            self.kicks.fetch_add(1, Relaxed);
            // On failure the queue is broken, which the ring's code has reported.
            let _ = notifier.notify();
        }
    }

    /// Whether the ring turned out to be damaged.
    pub(crate) fn is_damaged(&self) -> bool {
        (*self.ring.lock()).as_ref().is_some_and(|ring| ring.told)
    }

    /// Lets the queue go.
    pub(crate) fn release(&self) {
        let ring = self.ring.lock().take();
        // Freeing memory under the lock is not needed.
        drop(ring);
    }
}

impl Ring {
    /// Receives some messages. Returns whether there are more.
    fn receive(&mut self, delivery: &mut Delivery<'_, '_>) -> bool {
        let mut received = 0;

        // As long as there are messages somebody comes to look, no interrupt is needed for that.
        if take(&mut self.interrupts) {
            self.queue.disable_cb();
        }
        // All buffers at once is a lot, too.
        let batch = BATCH.min(self.buffers.count());
        let (buffers, host) = (&self.buffers, &*self.host);
        while received < batch
            && (self.queue).recycle(|used| take_message(buffers, host, used, delivery))
        {
            received += 1;
        }
        self.queue.publish();
        self.given_back += received;
        // The lock is held while messages are handed on, which is short, and keeps them in order.
        delivery.finish();

        let busy = received == batch || (received > 0 && delivery.is_busy());
        if !busy && self.queue.is_broken() && !core::mem::replace(&mut self.told, true) {
            dev_err!(
                self.host.device(),
                "the remote has damaged the ring of messages from it: nothing is received until it restarts or the driver is bound anew\n"
            );
        }
        // Who waits for a buffer has used up all of them, so that many come in a row. While a few come
        // at a time nobody waits, and asking can.
        let ask = self.given_back > 0 && (!busy || self.given_back > batch / 2);
        if ask && self.kick_prepare() {
            delivery.tell_of_buffers();
        }
        busy || !self.enable_cb()
    }

    /// Whether the other side wants to be told of the buffers that were given back.
    fn kick_prepare(&mut self) -> bool {
        self.given_back = 0;
        let notify = self.queue.kick_prepare();
        if notify {
            self.host.note_kick(INPUT);
        }
        notify
    }

    /// Asks for interrupts. Returns whether there is nothing to receive yet.
    fn enable_cb(&mut self) -> bool {
        self.interrupts = true;
        self.queue.enable_cb()
    }
}

/// Takes a message out of a buffer and hands it to its endpoint.
#[inline(always)]
fn take_message(buffers: &Buffers, host: &Host, used: Used, delivery: &mut Delivery<'_, '_>) {
    let received = usize::try_from(used.len).unwrap_or(usize::MAX);
    let Ok(from) = buffers.part(used.buffer, 0, received) else {
        return too_long(host, received, buffers.size());
    };
    let Some(mut message) = delivery.memory(received) else {
        return;
    };
    let Some(bytes) = message.bytes_mut().get_mut(..received) else {
        return delivery.discard(message);
    };
    if from.copy_out(bytes).is_err() {
        return delivery.discard(message);
    }

    match parse(bytes) {
        Ok((header, payload)) => delivery.deliver(message, header.src, header.dst, payload),
        Err(error) => {
            delivery.discard(message);
            malformed(host, error);
        }
    }
}

#[cold]
fn too_long(host: &Host, received: usize, size: usize) {
    if host.dropped(Malformed::Length) {
        dev_warn!(
            host.device(),
            "the ring claims {} bytes in a buffer of {}\n",
            received,
            size
        );
    }
}

#[cold]
fn malformed(host: &Host, error: wire::Error) {
    if host.dropped(Malformed::Header) {
        dev_warn!(
            host.device(),
            "dropped a message: {}\n",
            format_args!("{error}")
        );
    }
}

/// The header of a message, and where its payload is.
#[inline]
fn parse(message: &[u8]) -> Result<(Header, Range<usize>), wire::Error> {
    let received = message.len();
    let header = Header::from_prefix(message).ok_or(wire::Error::Short { received })?;
    let payload = header.payload(received)?;
    Ok((header, payload))
}
