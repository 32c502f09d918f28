// SPDX-License-Identifier: GPL-2.0

//! What is counted, for `/sys/kernel/debug/rpmsg`.

use amp::once::Once;
use kernel::{
    fmt,
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    }, //
};

/// A number that only grows, and starts again at zero after 2³² (2⁶⁴ on 64-bit machines).
pub(super) type Count = Atomic<usize>;

/// Adds to what nobody else counts at the same time.
#[inline]
pub(super) fn grow(count: &Count, by: usize) {
    count.write_once(count.read_once().wrapping_add(by));
}

/// What an endpoint has sent and received.
pub(super) struct Counters {
    /// Messages that were sent, and their payload in bytes.
    sent: Count,
    sent_bytes: Count,
    /// Messages that the callback got, and their payload in bytes.
    received: Count,
    received_bytes: Count,
    /// Sends that had to wait for a buffer.
    pub(super) waits: Count,
    /// Sends that the other side's flow control made wait, or fail at once.
    pub(super) pauses: Count,
    /// Sends that failed for lack of a buffer: at once, and after waiting.
    no_buffer: Count,
    timeouts: Count,
    /// Sends that failed otherwise: signals, wrong lengths, the other side's end.
    failed: Count,
    /// Messages that were dropped since too many waited for the callback.
    pub(super) dropped: Count,
}

impl Counters {
    /// All zero.
    pub(super) const fn new() -> Self {
        Self {
            sent: Count::new(0),
            sent_bytes: Count::new(0),
            received: Count::new(0),
            received_bytes: Count::new(0),
            waits: Count::new(0),
            pauses: Count::new(0),
            no_buffer: Count::new(0),
            timeouts: Count::new(0),
            failed: Count::new(0),
            dropped: Count::new(0),
        }
    }

    /// Counts a message of `len` bytes that was or was not sent.
    pub(super) fn count_sent(&self, len: usize, result: &Result) {
        match result {
            Ok(()) => {
                self.sent.fetch_add(1, Relaxed);
                self.sent_bytes.fetch_add(len, Relaxed);
            }
            Err(ENOMEM) => {
                self.no_buffer.fetch_add(1, Relaxed);
            }
            Err(ETIMEDOUT) => {
                self.timeouts.fetch_add(1, Relaxed);
            }
            // Among `pauses` already.
            Err(EAGAIN) => (),
            Err(_) => {
                self.failed.fetch_add(1, Relaxed);
            }
        }
    }

    /// Counts messages of `bytes` bytes altogether that the callback gets now, one after the other.
    /// One at a time calls this.
    pub(super) fn count_received(&self, messages: usize, bytes: usize) {
        grow(&self.received, messages);
        grow(&self.received_bytes, bytes);
    }

    /// Adds what an endpoint that goes has counted.
    pub(super) fn add(&self, other: &Self) {
        for (sum, count) in self.all().into_iter().zip(other.all()) {
            sum.1.fetch_add(count.1.load(Relaxed), Relaxed);
        }
    }

    fn all(&self) -> [(&'static str, &Count); 10] {
        [
            ("sent", &self.sent),
            ("sent_bytes", &self.sent_bytes),
            ("received", &self.received),
            ("received_bytes", &self.received_bytes),
            ("waits", &self.waits),
            ("pauses", &self.pauses),
            ("no_buffer", &self.no_buffer),
            ("timeouts", &self.timeouts),
            ("failed", &self.failed),
            ("dropped", &self.dropped),
        ]
    }

    /// Writes all as `name=number`, with spaces between.
    pub(super) fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, count)) in self.all().into_iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{}={}", name, count.load(Relaxed))?;
        }
        Ok(())
    }
}

/// What a host has seen beside the messages of its endpoints.
pub(super) struct HostCounters {
    /// What endpoints had counted that are gone.
    pub(super) gone: Counters,
    /// Messages that were dropped: longer than their buffer, with a header that does not fit, to
    /// an address that nobody has, and for lack of memory.
    pub(super) bad_length: Count,
    pub(super) bad_header: Count,
    pub(super) no_endpoint: Count,
    pub(super) no_memory: Count,
    /// Flow control from which nothing followed.
    pub(super) flow_control: Count,
    /// Announcements that were refused.
    pub(super) refusals: Refusals,
    /// Interrupts that said that there are messages.
    pub(super) interrupts: Count,
    /// Looks at the ring of each poller, which counts its own: of the two threads, and in softirqs.
    pub(super) polls: [Count; 2],
    pub(super) soft_polls: Count,
    /// Interrupts that said that there are buffers to send in.
    pub(super) buffer_interrupts: Count,
}

impl HostCounters {
    pub(super) const fn new() -> Self {
        Self {
            gone: Counters::new(),
            bad_length: Count::new(0),
            bad_header: Count::new(0),
            no_endpoint: Count::new(0),
            no_memory: Count::new(0),
            flow_control: Count::new(0),
            refusals: Refusals::new(),
            interrupts: Count::new(0),
            polls: [const { Count::new(0) }; 2],
            soft_polls: Count::new(0),
            buffer_interrupts: Count::new(0),
        }
    }
}

/// Why an announcement of the other side's name service was refused.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The message is too short or too long.
    Length,
    /// The service has no name.
    Name,
    /// There are too many channels.
    TooMany,
    /// There is such a channel.
    Duplicate,
    /// There is no such channel to be removed.
    Unknown,
    /// Anything else: no memory, a channel of the transport's.
    Other,
}

/// Announcements that were refused, by reason.
pub(super) struct Refusals([Count; 6]);

impl Refusals {
    const fn new() -> Self {
        Self([const { Count::new(0) }; 6])
    }

    /// One more. Returns how many of its kind there are.
    pub(super) fn count(&self, refusal: Refusal) -> usize {
        let [length, name, too_many, duplicate, unknown, other] = &self.0;
        let count = match refusal {
            Refusal::Length => length,
            Refusal::Name => name,
            Refusal::TooMany => too_many,
            Refusal::Duplicate => duplicate,
            Refusal::Unknown => unknown,
            Refusal::Other => other,
        };
        count.fetch_add(1, Relaxed).wrapping_add(1)
    }

    /// Their names in debugfs and their values, in the order of [`Refusal`].
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, &Count)> {
        [
            "refused_length",
            "refused_name",
            "refused_too_many",
            "refused_duplicate",
            "refused_unknown",
            "refused_other",
        ]
        .into_iter()
        .zip(&self.0)
    }
}
