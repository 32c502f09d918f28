// SPDX-License-Identifier: GPL-2.0

//! What has come for the reader of a device: messages, and the other side's flow control.

use crate::{
    module_parameters,
    queue::{
        Limits,
        Message,
        Queue,
        TooLong, //
    }, //
};
use amp::{
    bottom_half::{
        new_spinlock_bh,
        SpinLockBh, //
    },
    new_wait_queue,
    wait::WaitQueue, //
};
use kernel::{
    list::ListArc,
    prelude::*,
    sync::atomic::{
        AtomicFlag,
        Relaxed, //
    },
    time::Jiffies, //
};

/// Messages and news for readers.
#[pin_data]
pub(crate) struct Inbox {
    #[pin]
    queue: SpinLockBh<Queue>,
    /// Readers and pollers.
    #[pin]
    pub(crate) readers: WaitQueue,
    /// The other side wants us to pause.
    paused: AtomicFlag,
    /// Nobody has asked about that since it changed.
    news: AtomicFlag,
}

impl Inbox {
    /// An empty one, with the limits that the module's parameters say.
    pub(crate) fn new() -> impl PinInit<Self> {
        let limits = Limits {
            messages: module_parameters::rx_messages.value() as usize,
            bytes: module_parameters::rx_bytes.value() as usize,
        };

        pin_init!(Self {
            queue <- new_spinlock_bh!(Queue::new(limits)),
            readers <- new_wait_queue!("rpmsg readers"),
            paused: AtomicFlag::new(false),
            news: AtomicFlag::new(false),
        })
    }

    /// Adds a message. Process context, or a softirq if it has at most [`rpmsg::ATOMIC_LEN`] bytes.
    ///
    /// # Errors
    ///
    /// [`ENOBUFS`] if there is no room: the message is dropped.
    pub(crate) fn push(&self, payload: &[u8]) -> Result {
        // A flood is not worth the memory.
        if !self.queue.lock().admits(payload.len()) {
            return Err(ENOBUFS);
        }
        // Those are all that come in a softirq.
        let flags = if payload.len() <= rpmsg::ATOMIC_LEN {
            GFP_ATOMIC
        } else {
            GFP_KERNEL
        };
        let message = Message::new(payload, flags)?;
        // The lock is gone when the message comes back.
        let refused = self.queue.lock().push(message).err();
        if refused.is_some() {
            return Err(ENOBUFS);
        }
        self.readers.wake_one();
        Ok(())
    }

    /// Takes the first message if `room` bytes are enough for it; waits for one until `is_over`.
    /// `None` if there is none and `wait` says not to wait.
    ///
    /// # Errors
    ///
    /// - [`EPIPE`] if it is over.
    /// - [`EMSGSIZE`] if the message is longer than `room`; it stays the first one.
    /// - [`ERESTARTSYS`] if there was a signal first.
    pub(crate) fn take(
        &self,
        room: usize,
        wait: bool,
        is_over: impl Fn() -> bool,
    ) -> Result<Option<ListArc<Message>>> {
        let take = || {
            if is_over() {
                return Some(Err(EPIPE));
            }
            let first = self.queue.lock().pop(room)?;
            Some(first.map_err(|TooLong| EMSGSIZE))
        };

        let taken = if wait {
            self.readers.wait(Jiffies::MAX, take)?
        } else {
            match take() {
                None => return Ok(None),
                Some(taken) => taken,
            }
        };
        // The wake-up was for the message, which is still there.
        taken.inspect_err(|_| self.readers.wake_one()).map(Some)
    }

    /// Puts a message back that could not be handed on.
    pub(crate) fn put_back(&self, message: ListArc<Message>) {
        self.queue.lock().put_back(message);
        self.readers.wake_one();
    }

    /// Throws away what is waiting.
    pub(crate) fn clear(&self) {
        let all = self.queue.lock().take();
        drop(all);
        self.news.store(false, Relaxed);
    }

    /// The length of the first message in bytes, if there is one.
    pub(crate) fn first_len(&self) -> Option<usize> {
        self.queue.lock().first_len()
    }

    /// Messages that were dropped for lack of room.
    pub(crate) fn dropped(&self) -> u64 {
        self.queue.lock().dropped()
    }

    /// The other side wants us to pause, or to go on.
    pub(crate) fn set_paused(&self, paused: bool) {
        self.paused.store(paused, Relaxed);
        self.news.store(true, Relaxed);
        self.readers.wake_all();
    }

    /// The other side wants nothing of us, as of an endpoint that is new.
    pub(crate) fn unpause(&self) {
        self.paused.store(false, Relaxed);
        self.news.store(false, Relaxed);
    }

    /// Whether the other side wants us to pause; that is no news any more.
    pub(crate) fn paused(&self) -> bool {
        self.news.store(false, Relaxed);
        self.paused.load(Relaxed)
    }

    /// Whether [`paused`](Inbox::paused) has changed since somebody asked.
    pub(crate) fn has_news(&self) -> bool {
        self.news.load(Relaxed)
    }
}
