// SPDX-License-Identifier: GPL-2.0

//! Sending.
//!
//! A buffer is free, with a sender who fills it, or in the ring. It changes hands under a lock that
//! is held for no more than that; notifying, and copying more than a few bytes, happen outside of it.

use crate::{
    Queues,
    OUTPUT, //
};
use amp::{
    once::Once,
    virtio::{
        Buffers,
        Notifier,
        Virtqueue, //
    }, //
};
use core::ptr::NonNull;
use kernel::{
    fmt,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        new_spinlock,
        Arc,
        SpinLock,
        SpinLockGuard, //
    }, //
};
use proto::rpmsg::{
    Header,
    HEADER_LEN, //
};
use rpmsg::{
    transport::{
        Delivery,
        Transport,
        When, //
    },
    Addr, //
};

/// Messages up to this length, in bytes, are copied with the ring's lock held: to let go of it and take
/// it again costs more.
const SHORT: usize = 128;

/// The ring of messages to send, as long as there is one.
#[pin_data]
pub(crate) struct Tx {
    #[pin]
    ring: SpinLock<Option<Ring>>,
    /// Kicks that told of messages; zero again after the largest number.
    kicks: Atomic<usize>,
}

struct Ring {
    queue: Virtqueue,
    /// Whether the other side was asked for a callback when it has used buffers.
    callback: bool,
    /// Buffers that nobody has. Never grows beyond the room that it was given.
    free: KVec<u32>,
    /// The log has told that the ring is damaged.
    told: bool,
}

impl Ring {
    /// Takes back what the other side has read.
    ///
    /// # Errors
    ///
    /// [`EIO`] if that is not to be known any more, and there is no buffer.
    fn reclaim(&mut self) -> Result {
        while let Some(used) = self.queue.get_buf() {
            self.put(used.buffer);
        }
        if self.free.is_empty() && self.queue.is_broken() {
            return Err(EIO);
        }
        Ok(())
    }

    /// Whether the ring is damaged and the log has not told of it; from now on it has, and there
    /// are no free buffers.
    fn is_newly_broken(&mut self) -> bool {
        let is_new = self.queue.is_broken() && !core::mem::replace(&mut self.told, true);
        if is_new {
            self.free.clear();
        }
        is_new
    }

    fn put(&mut self, buffer: u32) {
        // There is room for all buffers, so this doesn't fail.
        let _ = self.free.push_within_capacity(buffer);
    }

    /// A free buffer. The other side's are looked at only when ours are used up, so that a stream
    /// of messages takes them back in large batches.
    #[inline]
    fn take(&mut self) -> Result<Option<u32>> {
        if self.free.is_empty() {
            self.take_back()?;
        }
        Ok(self.free.pop())
    }

    #[inline(never)]
    fn take_back(&mut self) -> Result {
        // Whoever else waits asks again when this one has its buffer. Before the other side's are
        // taken, or each would put off the callback for the next one.
        if core::mem::take(&mut self.callback) {
            self.queue.disable_cb();
        }
        self.reclaim()
    }

    /// Whether there is a free buffer; if not, there will be a callback when one comes free, or
    /// `when` says.
    fn has_buffer(&mut self, when: When) -> Result<bool> {
        if self.free.is_empty() {
            self.reclaim()?;
        }
        if self.free.is_empty() {
            self.callback = true;
            let nothing_came = match when {
                When::One => self.queue.enable_cb(),
                When::Many => self.queue.enable_cb_delayed(),
            };
            // Without event indices there may be no callback for what came before it was enabled.
            if !nothing_came || when == When::Many {
                self.reclaim()?;
            }
        }
        Ok(!self.free.is_empty())
    }
}

impl Tx {
    /// Without a ring.
    pub(crate) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            ring <- new_spinlock!(None),
            kicks: Atomic::new(0),
        })
    }

    /// Takes the queue with its buffers, all of which are free. Process context.
    pub(crate) fn start(&self, mut queue: Virtqueue, queues: Arc<Queues>) -> Result<Arc<Sender>> {
        let buffers = queue.buffers().ok_or(EINVAL)?.clone();
        let mut free = KVec::with_capacity(buffers.count().try_into()?, GFP_KERNEL)?;
        for buffer in (0..buffers.count()).rev() {
            free.push_within_capacity(buffer).map_err(|_| ENOMEM)?;
        }
        // Nobody waits yet.
        queue.disable_cb();

        let sender = Arc::new(
            Sender {
                buffers,
                notifier: queue.notifier(),
                queues,
            },
            GFP_KERNEL,
        )?;
        *self.ring.lock() = Some(Ring {
            queue,
            callback: false,
            free,
            told: false,
        });
        Ok(sender)
    }

    /// Lets the queue go.
    pub(crate) fn release(&self) {
        let ring = self.ring.lock().take();
        // Freeing memory under the lock is not needed.
        drop(ring);
    }
}

/// What senders use: the transport as long as there is one.
pub(crate) struct Sender {
    buffers: Buffers,
    notifier: Notifier,
    queues: Arc<Queues>,
}

impl Sender {
    /// Writes a message to a buffer.
    fn fill(&self, buffer: u32, header: &Header, payload: &[u8]) -> Result {
        self.buffers.write_words(buffer, &header.encode_words())?;
        self.buffers.copy_in(buffer, HEADER_LEN, payload)
    }

    /// What `f` makes of the ring.
    ///
    /// # Errors
    ///
    /// [`ENXIO`] if it is gone; those of `f`.
    fn with<R>(&self, f: impl FnOnce(&mut Ring) -> Result<R>) -> Result<R> {
        let mut guard = self.queues.tx.ring.lock();
        let ring = (*guard).as_mut().ok_or(ENXIO)?;
        let result = f(ring);
        let breaks = result.is_err() && ring.is_newly_broken();
        drop(guard);

        if breaks {
            self.tell_of_damage();
        }
        result
    }

    /// The ring's code has given up on the ring: says what follows, and has those end who wait.
    #[cold]
    fn tell_of_damage(&self) {
        if let Some(host) = self.queues.host.as_ref() {
            dev_err!(
                host.device(),
                "the remote has damaged the ring of messages to it: nothing is sent until it restarts or the driver is bound anew\n"
            );
            host.sending_ends();
        }
    }

    /// Puts a buffer with `len` bytes of payload into the ring, if it was filled.
    fn add(&self, buffer: u32, len: usize, filled: Result) -> Result {
        self.add_locked(self.queues.tx.ring.lock(), buffer, len, filled)
    }

    fn add_locked(
        &self,
        mut guard: SpinLockGuard<'_, Option<Ring>>,
        buffer: u32,
        len: usize,
        filled: Result,
    ) -> Result {
        let ring = (*guard).as_mut().ok_or(ENXIO)?;
        let added = filled.and_then(|()| ring.queue.add_outbuf(buffer, HEADER_LEN + len));
        let notify = match added {
            Ok(()) => ring.queue.kick_prepare(),
            Err(error) => {
                // Not in the ring, hence still ours.
                ring.put(buffer);
                let (is_broken, breaks) = (ring.queue.is_broken(), ring.is_newly_broken());
                drop(guard);
                if breaks {
                    self.tell_of_damage();
                }
                if let Some(host) = self.queues.host.as_ref().filter(|_| !is_broken) {
                    host.buffer_is_free();
                    if host.may_complain() {
                        dev_err!(
                            host.device(),
                            "the ring did not take a message of {} bytes: {}\n",
                            len,
                            error.to_errno()
                        );
                    }
                }
                return Err(error);
            }
        };
        if notify {
            let kicks = &self.queues.tx.kicks;
            // The lock is ours.
            kicks.write_once(kicks.read_once().wrapping_add(1));
        }
        drop(guard);

        if notify {
            if let Some(host) = self.queues.host.as_ref() {
                host.note_kick(OUTPUT);
            }
            if let Err(error) = self.notifier.notify() {
                // Which breaks the ring.
                return self.with(|_| Err(error));
            }
        }
        Ok(())
    }
}

impl Transport for Sender {
    fn mtu(&self) -> usize {
        self.buffers.size().saturating_sub(HEADER_LEN)
    }

    fn take_buffer(&self) -> Result<Option<u32>> {
        self.with(Ring::take)
    }

    fn has_buffer(&self, when: When) -> Result<bool> {
        self.with(|ring| ring.has_buffer(when))
    }

    #[inline]
    fn send_at_once(&self, src: Addr, dst: Addr, payload: &[u8]) -> Option<Result> {
        let len = u16::try_from(payload.len()).ok()?;
        if payload.len() > SHORT {
            return None;
        }
        let mut guard = self.queues.tx.ring.lock();
        // Who gets an error asks in the ordinary way, and hears of it.
        let buffer = (*guard).as_mut()?.take().ok()??;
        let filled = self.fill(buffer, &Header::new(src, dst, len), payload);
        Some(self.add_locked(guard, buffer, payload.len(), filled))
    }

    fn send(&self, buffer: u32, src: Addr, dst: Addr, payload: &[u8]) -> Result {
        let filled = u16::try_from(payload.len())
            .map_err(|_| EMSGSIZE)
            .and_then(|len| self.fill(buffer, &Header::new(src, dst, len), payload));
        self.add(buffer, payload.len(), filled)
    }

    fn payload(&self, buffer: u32) -> Option<NonNull<u8>> {
        self.buffers.as_ptr(buffer, HEADER_LEN)
    }

    fn send_filled(&self, buffer: u32, src: Addr, dst: Addr, len: usize) -> Result {
        let filled = u16::try_from(len).map_err(|_| EMSGSIZE).and_then(|len| {
            let header = Header::new(src, dst, len);
            self.buffers.write_words(buffer, &header.encode_words())
        });
        self.add(buffer, len, filled)
    }

    fn put_buffer(&self, buffer: u32) {
        if let Some(ring) = (*self.queues.tx.ring.lock()).as_mut() {
            ring.put(buffer);
        }
        if let Some(host) = self.queues.host.as_ref() {
            host.buffer_is_free();
        }
    }

    fn receive(&self, delivery: Delivery<'_, '_>) -> bool {
        self.queues.rx.receive(delivery)
    }

    fn tell_of_buffers(&self) {
        self.queues.rx.tell_of_buffers();
    }

    fn show_statistics(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "kicks_for_messages: {}",
            self.queues.tx.kicks.load(Relaxed)
        )?;
        writeln!(
            f,
            "kicks_for_buffers: {}",
            self.queues.rx.kicks.load(Relaxed)
        )?;
        let to_remote = (*self.queues.tx.ring.lock())
            .as_ref()
            .is_some_and(|ring| ring.told);
        let from_remote = self.queues.rx.is_damaged();
        writeln!(f, "damaged_ring_to_remote: {}", u8::from(to_remote))?;
        writeln!(f, "damaged_ring_from_remote: {}", u8::from(from_remote))
    }
}
