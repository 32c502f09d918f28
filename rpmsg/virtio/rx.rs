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
    /// Buffers that the ring did not take back, to be offered again. Never grows beyond the room
    /// that it was given.
    refused: KVec<u32>,
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
        let refused = KVec::with_capacity(buffers.count().try_into()?, GFP_KERNEL)?;

        for buffer in 0..buffers.count() {
            queue.add_inbuf(buffer)?;
        }
        let notify = queue.kick_prepare().then(|| notifier.clone());
        *self.ring.lock() = Some(Ring {
            queue,
            buffers,
            notifier,
            host,
            refused,
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
        while let Some(buffer) = self.refused.pop() {
            if !self.give_back(buffer) {
                break;
            }
        }
        // All buffers at once is a lot, too.
        let batch = BATCH.min(self.buffers.count());
        while received < batch {
            let Some(used) = self.queue.get_buf() else {
                break;
            };
            received += 1;
            self.take(used, delivery);
            self.give_back(used.buffer);
        }
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

    /// Offers a buffer to the other side. If the ring doesn't take it, that is tried again with the
    /// next message.
    #[inline(always)]
    fn give_back(&mut self, buffer: u32) -> bool {
        match self.queue.add_inbuf(buffer) {
            Ok(()) => {
                self.given_back += 1;
                true
            }
            Err(error) => {
                self.keep(buffer, error);
                false
            }
        }
    }

    /// Keeps a buffer that the ring did not take.
    #[cold]
    fn keep(&mut self, buffer: u32, error: Error) {
        // There is room for all buffers, so this doesn't fail.
        let _ = self.refused.push_within_capacity(buffer);
        if self.host.may_complain() {
            dev_err!(
                self.host.device(),
                "the ring did not take a buffer to receive in: {}\n",
                error.to_errno()
            );
        }
    }

    /// Takes a message out of a buffer and hands it to its endpoint.
    fn take(&self, used: Used, delivery: &mut Delivery<'_, '_>) {
        let size = self.buffers.size();

        let received = usize::try_from(used.len).unwrap_or(usize::MAX);
        if received > size {
            if self.host.dropped(Malformed::Length) {
                dev_warn!(
                    self.host.device(),
                    "the ring claims {} bytes in a buffer of {}\n",
                    received,
                    size
                );
            }
            return;
        }
        let Some(mut message) = delivery.memory(received) else {
            return;
        };
        let bytes = message.bytes_mut().get_mut(..received).unwrap_or_default();
        if self.buffers.copy_out(used.buffer, 0, bytes).is_err() {
            // There is no such buffer.
            return delivery.discard(message);
        }

        match parse(bytes) {
            Ok((header, payload)) => delivery.deliver(message, header.src, header.dst, payload),
            Err(error) => {
                delivery.discard(message);
                if self.host.dropped(Malformed::Header) {
                    dev_warn!(
                        self.host.device(),
                        "dropped a message: {}\n",
                        format_args!("{error}")
                    );
                }
            }
        }
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
