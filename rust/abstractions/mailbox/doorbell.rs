// SPDX-License-Identifier: GPL-2.0

//! Doorbells: notifications that may be merged, over a mailbox.
//!
//! A virtqueue's kick says "look at this ring" and carries nothing else, so a kick that has not
//! been sent yet makes a further one superfluous. With one pending bit a doorbell, the number of
//! words that wait in the mailbox framework is bounded by one, however fast a driver rings: a
//! queue of messages would overflow, as mainline's OMAP driver does under load.

use kernel::{
    prelude::*,
    sync::atomic::{
        Atomic,
        Full,
        Relaxed, //
    }, //
};

/// A set of up to [`Doorbells::COUNT`] doorbells that share a mailbox channel.
///
/// The protocol: [`ring`](Self::ring) to notify, [`sent`](Self::sent) when the mailbox has taken a
/// word (from [`Client::sent`](super::Client::sent)). Both get a function that hands the word of a
/// doorbell to the mailbox; it is called at most once at a time, so the mailbox never has more
/// than one word to queue.
///
/// A ring after the word of an earlier one was handed over gives another word, since the remote
/// may have looked already. Rings in between are merged.
///
/// # Examples
///
/// ```
/// use amp::mailbox::Doorbells;
///
/// let bells = Doorbells::new();
/// let mut words = [0, 0];
///
/// // The first ring goes out, the next ones are merged until the mailbox has taken it.
/// bells.ring(1, |bell| { words[0] = bell; Ok(()) })?;
/// bells.ring(1, |_| panic!())?;
/// bells.ring(1, |_| panic!())?;
/// bells.sent(|bell| { words[1] = bell; Ok(()) })?;
/// bells.sent(|_| panic!())?;
/// assert_eq!(words, [1, 1]);
/// # Ok::<(), Error>(())
/// ```
pub struct Doorbells {
    state: Atomic<u32>,
}

/// Content of [`Doorbells::state`]: which doorbells wait, which was the last one handed over, and
/// whether the mailbox has a word that it has not taken yet.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State(u32);

impl State {
    const BUSY: u32 = 1 << 31;
    const LAST_SHIFT: u32 = Doorbells::COUNT;
    const WAITING: u32 = (1 << Doorbells::COUNT) - 1;

    /// The state after `bell` rang, and whether whoever rang it has to hand a word over.
    fn ring(self, bell: u32) -> (Self, bool) {
        (
            Self(self.0 | (1 << bell) | Self::BUSY),
            self.0 & Self::BUSY == 0,
        )
    }

    /// The state in which `bell` has rung and is being handed over, if this one is idle.
    fn take_at_once(self, bell: u32) -> Option<Self> {
        (self.0 & (Self::BUSY | Self::WAITING) == 0)
            .then_some(Self(Self::BUSY | (bell << Self::LAST_SHIFT)))
    }

    /// The doorbell to hand over next and the state with it taken out, or none and the idle state.
    ///
    /// The search starts behind the last one, so that a doorbell that rings all the time does not
    /// silence the others.
    fn next(self) -> (Self, Option<u32>) {
        let waiting = self.0 & Self::WAITING;
        let last = (self.0 & !Self::BUSY) >> Self::LAST_SHIFT;

        if waiting == 0 {
            return (Self(last << Self::LAST_SHIFT), None);
        }

        // COUNT is below 32: the bits that rotate in from above are zero.
        let first = (last + 1) % u32::BITS;
        let bell = (waiting.rotate_right(first).trailing_zeros() + first) % u32::BITS;

        (
            Self(Self::BUSY | (bell << Self::LAST_SHIFT) | (waiting & !(1 << bell))),
            Some(bell),
        )
    }
}

impl Doorbells {
    /// Number of doorbells: they are numbered from 0 up to this.
    pub const COUNT: u32 = 26;

    /// Creates the set with no doorbell rung.
    pub const fn new() -> Self {
        Self {
            state: Atomic::new(0),
        }
    }

    /// Rings `bell`: calls `send` with it now, or leaves it to [`Doorbells::sent`].
    ///
    /// May be called from any context that `send` can run in. What was written to memory before
    /// is visible before the word is handed over.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if there is no such doorbell; else what `send` says of the last word it was
    /// called for. A word that could not be sent is gone, others are tried.
    pub fn ring(&self, bell: u32, send: impl FnMut(u32) -> Result) -> Result {
        if bell >= Self::COUNT {
            return Err(EINVAL);
        }

        let mut send = send;
        // Nothing waits and nothing is underway, as most of the time: one step is enough.
        let idle = State(self.state.load(Relaxed));
        if let Some(taken) = idle.take_at_once(bell) {
            if self.state.cmpxchg(idle.0, taken.0, Full).is_ok() {
                let result = send(bell);
                return match result {
                    Ok(()) => result,
                    // It is gone; others may have come.
                    Err(_) => self.hand_over(send).and(result),
                };
            }
        }

        if self.update(|state| state.ring(bell)) {
            self.hand_over(send)
        } else {
            Ok(())
        }
    }

    /// The mailbox took a word: hands over the next one, if a doorbell waits.
    ///
    /// To be called once for each word for which `send` returned [`Ok`]. Any context that `send`
    /// can run in.
    ///
    /// # Errors
    ///
    /// As [`Doorbells::ring`].
    pub fn sent(&self, send: impl FnMut(u32) -> Result) -> Result {
        self.hand_over(send)
    }

    /// Only called by whoever owns the busy bit.
    fn hand_over(&self, mut send: impl FnMut(u32) -> Result) -> Result {
        let mut result = Ok(());

        while let Some(bell) = self.update(State::next) {
            result = send(bell);
            if result.is_ok() {
                break;
            }
        }
        result
    }

    fn update<T>(&self, change: impl Fn(State) -> (State, T)) -> T {
        let mut old = self.state.load(Relaxed);

        loop {
            let (new, value) = change(State(old));

            match self.state.cmpxchg(old, new.0, Full) {
                Ok(_) => return value,
                Err(current) => old = current,
            }
        }
    }
}

impl Default for Doorbells {
    fn default() -> Self {
        Self::new()
    }
}
